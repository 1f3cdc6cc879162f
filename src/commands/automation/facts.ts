/** Workspaces as programs see them: short, without a secret, by the alias that ssh knows. Pure. */
import * as l10n from '@vscode/l10n';
import type { BerthWorkspace } from '../../../media/api/berth.d.ts';
import type { FleetTarget } from '../../engine/fleetMember.ts';
import { formFields } from '../../workspace/draft.ts';
import { BerthError } from '../../workspace/error.ts';
import { appliesTo } from '../../workspace/field.ts';
import { withoutLogin } from '../../workspace/gitAddress.ts';
import { valueWords } from '../../workspace/review.ts';
import { withoutSecrets } from '../../workspace/secrets.ts';
import { stopWords } from '../../workspace/timeLeft.ts';
import { type Workspace, workspaceAlias } from '../../workspace/workspace.ts';
import { isOpen } from './inputs.ts';

const maxListed = 100;
const maxText = 500;

export function briefOf(workspace: Workspace): BerthWorkspace {
  const { name, target, state, image, createdBy, createdAt, startedAt, settings } = workspace;
  return {
    alias: workspaceAlias(workspace),
    name,
    target,
    state: state.kind,
    reason: state.reason,
    image,
    description: settings?.description ?? '',
    createdBy,
    createdAt,
    ...(startedAt !== undefined && { startedAt }),
  };
}

/** What there is to run workspaces on, and the first of them all. */
export function listOf(targets: readonly FleetTarget[]): unknown {
  const workspaces = targets.flatMap(target => target.workspaces);
  return {
    targets: targets.map(({ target, health, problem, facts }) => ({
      id: target.id,
      title: target.title,
      kind: target.kind,
      health,
      ...(problem && { problem: shortened(problem.message) }),
      ...(facts?.freeMemoryBytes !== undefined && {
        freeMemoryMiB: Math.floor(facts.freeMemoryBytes / 1024 ** 2),
      }),
    })),
    workspaces: workspaces.slice(0, maxListed).map(workspace => tidied(briefOf(workspace))),
    ...(workspaces.length > maxListed && { notListed: workspaces.length - maxListed }),
  };
}

/** Everything that is worth knowing of one. Variables are named without their values: what is no secret may hold one. */
export function wholeOf(workspace: Workspace, { target }: Pick<FleetTarget, 'target'>, now: number): unknown {
  const { login, settings, resolved, time } = workspace;
  const shown = settings && withoutSecrets(settings);
  const rows = [...formFields].flatMap(([key, meta]) => {
    if (!shown || !(key in shown) || !isOpen(meta) || !appliesTo(meta, target.kind)) return [];
    const value = key === 'env' ? shown.env.map(({ name }) => name).join(', ') : valueWords(key, shown);
    return value === '' ? [] : [[key, shortened(withoutLogin(value))] as const];
  });
  return {
    ...tidied(briefOf(workspace)),
    targetTitle: target.title,
    engine: target.kind,
    ssh: `ssh ${workspaceAlias(workspace)}`,
    ...(login && { user: login.name, home: login.home }),
    ...(resolved && { digest: resolved.digest }),
    ...(time?.endsAt !== undefined && { timeLimit: stopWords(time, now) }),
    settings: Object.fromEntries(rows),
  };
}

/** The one that is meant by an alias or a name. Refuses what is none, or more than one. */
export function findWorkspace(text: string, workspaces: readonly Workspace[]): Workspace {
  const fits = workspaces.filter(workspace => text === workspaceAlias(workspace) || text === workspace.name);
  const [found] = fits;
  if (!found) {
    throw new BerthError(l10n.t('There is no workspace “{0}”', shortened(text)), { code: 'not-found' });
  }
  if (fits.length > 1) {
    throw new BerthError(
      l10n.t(
        'There are several workspaces “{0}”: say which of {1}',
        text,
        fits.map(workspaceAlias).join(', '),
      ),
      { code: 'invalid' },
    );
  }
  return found;
}

/** What others wrote is not longer than it has to be. */
function tidied(workspace: BerthWorkspace): BerthWorkspace {
  const { reason, description, image, createdBy } = workspace;
  return {
    ...workspace,
    reason: shortened(reason),
    description: shortened(description),
    image: shortened(image),
    createdBy: shortened(createdBy),
  };
}

function shortened(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}
