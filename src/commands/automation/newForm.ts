/** The whole form of a workspace that a program asks for: what it chose, the rest as in Quick Create, all of it checked. */
import * as l10n from '@vscode/l10n';
import type { FleetTarget } from '../../engine/fleetMember.ts';
import { refusals, refuse } from '../../policy/refusal.ts';
import { configuration } from '../../vscode/configuration.ts';
import { withAppSecret } from '../../workspace/appSignIn.ts';
import { conflictsOf } from '../../workspace/conflicts.ts';
import {
  checkDraft,
  type FormKey,
  formFields,
  type KeptSecrets,
  type Origin,
  startDraft,
} from '../../workspace/draft.ts';
import { BerthError } from '../../workspace/error.ts';
import type { EngineKind } from '../../workspace/field.ts';
import { defaultsFor, inheritedFor } from '../../workspace/inherited.ts';
import { generateName, type WorkspaceName } from '../../workspace/name.ts';
import { inheritable } from '../../workspace/policy/apply.ts';
import type { WorkspaceForm } from '../../workspace/settings.ts';
import { lookAt, quickForm, refuseWithoutRights } from '../create.ts';
import type { Parts } from '../parts.ts';
import type { NewWorkspace } from './inputs.ts';

/** Nothing is kept from before. */
const noSecrets: KeptSecrets = { env: [], cifs: [], gitToken: false };

/** Refuses as the form does: rights, policies, a taken name, values that are not valid, too little room, what cannot be together. */
export async function newForm(parts: Parts, asked: NewWorkspace): Promise<WorkspaceForm> {
  const target = await targetFor(parts, asked);
  const { kind } = target.target;
  refuseWithoutRights(target);
  const name = nameOn(target, asked);
  const image = asked.image ?? defaultImageOn(target);
  const known = await lookAt(parts, target, image);
  const { bounds, refusal } = await parts.policyDesk.look(target.target.id);
  if (refusal) throw refusal;
  const base = await quickForm(target, name, image, known, bounds);
  const { start: _, ...chosen } = { ...asked, target: target.target.id, name, image };
  const draft = startDraft({ ...given(base, 'configuration'), ...given(chosen, 'typed') }, kind);
  const inherited = inheritable(inheritedFor(configuration.defaults(), target.target.id), bounds);
  const { form, issues } = checkDraft(draft, inherited, noSecrets, kind);
  if (!form) throw notValid(issues);
  const conflicts = conflictsOf(form, { engine: kind, room: target.facts ?? {} }, known);
  const errors = conflicts.filter(({ level }) => level === 'error');
  if (errors.length > 0) throw notValid(errors);
  refuse(l10n.t('Cannot create “{0}”', name), refusals(form, bounds, kind));
  return withAppSecret(form);
}

/** Never one of several by chance: what was confirmed is what is done. */
export async function targetFor(parts: Parts, { target: id }: NewWorkspace): Promise<FleetTarget> {
  await parts.fleet.refresh(id);
  const targets = parts.fleet.targets();
  const fits = id === undefined ? targets : targets.filter(({ target }) => target.id === id);
  const [found] = fits;
  const words = targets.map(({ target }) => `${target.id} (${target.title})`).join(', ');
  if (!found) {
    throw new BerthError(
      id === undefined
        ? l10n.t('There is no target to run workspaces on')
        : l10n.t('There is no target “{0}”. There are: {1}', id, words),
      { code: 'not-found' },
    );
  }
  if (fits.length > 1) {
    throw new BerthError(l10n.t('Say which target it is to be on: {0}', words), { code: 'invalid' });
  }
  if (found.health === 'down' && found.problem) throw found.problem;
  return found;
}

/** The name that was asked for, where it is free; else a readable one. */
export function nameOn({ target, workspaces }: FleetTarget, { name }: NewWorkspace): WorkspaceName {
  const taken = new Set<string>(workspaces.map(workspace => workspace.name));
  if (name === undefined) return generateName(taken);
  if (!taken.has(name)) return name;
  throw new BerthError(l10n.t('There is a workspace “{0}” on {1} already', name, target.title), {
    code: 'conflict',
  });
}

/** The target's own where `berth.defaults` names one. */
function defaultImageOn({ target }: FleetTarget): string {
  const { image } = defaultsFor(configuration.defaults(), target.id);
  return typeof image === 'string' ? image : configuration.defaultImage();
}

/** What was chosen, as it would count: without what is not valid, which the creation refuses. */
export function valuesOf(asked: NewWorkspace, engine: EngineKind): Partial<WorkspaceForm> {
  const { start: _, ...chosen } = asked;
  const none = { env: [], labels: [] };
  const { values } = checkDraft(startDraft(given(chosen, 'typed'), engine), none, noSecrets, engine);
  return Object.fromEntries(Object.entries(values).filter(([key]) => key in chosen));
}

function given(values: Partial<Record<FormKey, unknown>>, origin: Origin) {
  const known: Partial<Record<FormKey, readonly [unknown, Origin]>> = {};
  for (const key of formFields.keys()) {
    if (values[key] !== undefined) known[key] = [values[key], origin];
  }
  return known;
}

function notValid(problems: readonly { readonly path: string; readonly message: string }[]): BerthError {
  const words = problems.map(({ path, message }) => `${path}: ${message}`).join(' ');
  return new BerthError(l10n.t('Nothing was made. {0}', words), { code: 'invalid' });
}
