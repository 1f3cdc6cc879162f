/** Which workspace, target or image a command is about: what it was handed, else what the person picks. */
import { setTimeout } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { FleetTarget } from '../engine/fleetMember.ts';
import { arrange } from '../views/arrange.ts';
import { AdoptedArgument, TargetArgument, WorkspaceArgument } from '../views/nodes.ts';
import { type Choice, pick } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { BerthError } from '../workspace/error.ts';
import type { TargetId } from '../workspace/name.ts';
import { stateLabel } from '../workspace/words.ts';
import { type Workspace, workspaceKey } from '../workspace/workspace.ts';
import type { Ref } from './operations.ts';
import type { Parts } from './parts.ts';

/** How long a list waits for targets that are slow to answer. */
const listWaitMs = 1_500;

export type Fitting = (workspace: Workspace) => boolean;
const any: Fitting = () => true;

/** The one workspace that a command is about, or undefined when the person left. */
export async function chooseWorkspace(
  parts: Parts,
  args: readonly unknown[],
  title: string,
  fits: Fitting = any,
): Promise<Workspace | undefined> {
  const [handed] = args;
  refuseAdopted(handed);
  const ref = WorkspaceArgument.safeParse(handed).data;
  if (ref) return await known(parts, ref);
  return (await pickWorkspace(parts, title, fits)) ?? undefined;
}

/** All that are selected in the tree where the command came from one of them, else the one. */
export async function chooseWorkspaces(
  parts: Parts,
  args: readonly unknown[],
  title: string,
  fits: Fitting = any,
): Promise<readonly Workspace[]> {
  const [handed, selection] = args;
  refuseAdopted(handed);
  const refs = (Array.isArray(selection) && selection.length > 0 ? selection : [handed]).flatMap(
    node => WorkspaceArgument.safeParse(node).data ?? [],
  );
  const unique = [...new Map(refs.map(ref => [workspaceKey(ref), ref])).values()];
  if (unique.length === 1 && unique[0]) return [await known(parts, unique[0])];
  if (unique.length > 1) {
    return unique.flatMap(ref => parts.fleet.workspace(ref.target, ref.name) ?? []).filter(fits);
  }
  const picked = await pickWorkspace(parts, title, fits);
  return picked ? [picked] : [];
}

/** However a command came to be run on it: what was adopted is connected to, and nothing else. */
function refuseAdopted(handed: unknown): void {
  const adopted = AdoptedArgument.safeParse(handed).data;
  if (!adopted) return;
  throw new BerthError(
    l10n.t(
      '“{0}” was adopted: Berth connects to it, and never starts, stops, rebuilds or deletes it',
      adopted.name,
    ),
    { code: 'unsupported' },
  );
}

/** The target that a command is about; the only one is not asked for. */
export async function chooseTarget(
  parts: Parts,
  args: readonly unknown[],
  title: string,
  fits: (target: FleetTarget) => boolean = () => true,
): Promise<FleetTarget | undefined> {
  const handed = TargetArgument.safeParse(args[0]).data;
  if (handed) return knownTarget(parts, handed.target);
  await parts.fleet.load();
  const targets = parts.fleet.targets().filter(fits);
  if (targets.length === 0) throw noTarget();
  if (targets.length === 1) return targets[0];
  return await pick(
    targets.map(of => ({
      label: of.target.title,
      description: of.target.id,
      detail: of.health === 'down' ? (of.problem?.message ?? '') : (of.facts?.version ?? of.target.origin),
      iconPath: new vscode.ThemeIcon(of.health === 'down' ? 'debug-disconnect' : 'server'),
      value: of,
    })),
    title,
  );
}

function noTarget(): BerthError {
  return new BerthError(l10n.t('There is no target to run workspaces on'), {
    code: 'not-found',
    action: { label: l10n.t('Add Target'), command: 'berth.addTarget' },
  });
}

function knownTarget(parts: Parts, id: TargetId): FleetTarget {
  const target = parts.fleet.target(id);
  if (!target) throw new BerthError(l10n.t('There is no target “{0}” any more', id), { code: 'not-found' });
  return target;
}

/** As last listed, or after a fresh list: a page or another window may know it before this fleet does. */
async function known(parts: Parts, { target, name }: Ref): Promise<Workspace> {
  const listed = parts.fleet.workspace(target, name);
  if (listed) return listed;
  await parts.fleet.refresh(target);
  const found = parts.fleet.workspace(target, name);
  if (found) return found;
  throw new BerthError(
    l10n.t('There is no workspace “{0}” on “{1}”', name, knownTarget(parts, target).target.title),
    { code: 'not-found' },
  );
}

/** `more`: what else it may be. */
export async function pickWorkspace<More = never>(
  parts: Parts,
  title: string,
  fits: Fitting,
  more: Promise<readonly Choice<More>[]> = Promise.resolve([]),
): Promise<Workspace | More | undefined> {
  // A target that does not answer must not hold up the others' workspaces.
  const listed = Promise.race([parts.fleet.refresh(), setTimeout(listWaitMs)]);
  const choices = Promise.all([more, listed]).then(([others]): readonly Choice<Workspace | More>[] => {
    const all = arrange(parts.fleet.workspaces(), { ...parts.personal.arrangement(), filter: '' });
    const workspaces = all.filter(fits).map(
      (workspace): Choice<Workspace> => ({
        label: workspace.name,
        description: `${stateLabel(workspace.state.kind)} · ${workspace.image}`,
        detail: parts.fleet.target(workspace.target)?.target.title ?? workspace.target,
        value: workspace,
      }),
    );
    return [...workspaces, ...others];
  });
  const empty = new vscode.CancellationTokenSource();
  void choices.then(found => {
    if (found.length > 0) return;
    empty.cancel();
    void showMessage('information', l10n.t('{0}: there is no workspace for it.', title));
  });
  return await pick(choices, title, l10n.t('Which workspace?'), empty.token);
}
