/** The rows of the workspaces view, made from what the fleet knows. Pure. */
import * as l10n from '@vscode/l10n';
import type { Activity } from '../engine/activities.ts';
import type { KeptHome } from '../engine/engine.ts';
import type { FleetTarget } from '../engine/fleetMember.ts';
import { progressWords } from '../engine/progressWords.ts';
import { byHand } from '../engine/target.ts';
import type { ImageUpdate } from '../image/imageUpdate.ts';
import { mountTarget } from '../workspace/mountTarget.ts';
import type { TargetId, WorkspaceName } from '../workspace/name.ts';
import type { Mount, WorkspaceSettings } from '../workspace/settings.ts';
import { type Workspace, workspaceKey } from '../workspace/workspace.ts';
import { type Arrangement, arrange } from './arrange.ts';
import type {
  KeptHomeNode,
  KeptHomesNode,
  PortNode,
  ProblemNode,
  TargetNode,
  TreeNode,
  VolumeNode,
  WorkspaceNode,
} from './nodes.ts';

export interface TreeInput {
  readonly targets: readonly FleetTarget[];
  /** Why the list of targets itself is not right. */
  readonly loadError: Error | undefined;
  readonly running: readonly Activity[];
  readonly arrangement: Arrangement;
  /** The newer image that is known for a workspace. */
  readonly updateOf: (workspace: Workspace) => ImageUpdate | undefined;
  /** Homes of deleted workspaces. */
  readonly keptHomes: (target: TargetId) => readonly KeptHome[];
  /** What such a home takes, where that is known. */
  readonly keptBytes: (target: TargetId, name: WorkspaceName) => number | undefined;
  /** Who made it, where that is somebody else. */
  readonly madeBy: (workspace: Workspace) => string | undefined;
}

/** Empty where the welcome text says more: no target, or no workspace and nothing wrong. */
export function rootNodes(input: TreeInput): TreeNode[] {
  const { targets, loadError, running } = input;
  const problem: ProblemNode[] = loadError ? [{ kind: 'problem', target: undefined, error: loadError }] : [];
  // A target that the person added is shown at once: they look for it. Those that were found wait for a workspace.
  const isEmpty =
    running.length === 0 &&
    targets.every(
      ({ target, health, workspaces }) =>
        target.origin !== byHand &&
        health === 'up' &&
        workspaces.length === 0 &&
        input.keptHomes(target.id).length === 0,
    );
  if (isEmpty) return problem;
  return [...problem, ...targets.map((of): TargetNode => ({ kind: 'target', target: of.target.id, of }))];
}

/** A target's workspaces; those that are being made in this window stand there before the engine knows them. */
export function targetNodes(input: TreeInput, of: FleetTarget): TreeNode[] {
  const { id } = of.target;
  const mine = input.running.filter(activity => activity.target === id);
  const listed = new Set(of.workspaces.map(({ name }) => name));
  const coming = mine.filter(({ kind, name }) => kind === 'create' && !listed.has(name)).map(placeholder);
  const workspaces = arrange([...of.workspaces, ...coming], input.arrangement);
  const problem: ProblemNode[] =
    of.health === 'down' && of.problem ? [{ kind: 'problem', target: id, error: of.problem }] : [];
  if (of.health === 'unknown' && workspaces.length === 0)
    return [{ kind: 'hint', target: id, what: 'loading' }];
  const kept = keptGroup(input, of);
  if (workspaces.length === 0 && problem.length === 0)
    return [{ kind: 'hint', target: id, what: 'no-workspaces' }, ...kept];
  return [
    ...problem,
    ...workspaces.map((workspace): WorkspaceNode => {
      const activity = mine.find(({ name }) => name === workspace.name);
      return {
        kind: 'workspace',
        target: id,
        name: workspace.name,
        of: workspace,
        engine: of.target.kind,
        isFavourite: input.arrangement.favourites.has(workspaceKey(workspace)),
        activity: activity && activityWords(activity),
        madeBy: input.madeBy(workspace),
        update: input.updateOf(workspace),
      };
    }),
    ...kept,
  ];
}

/** One row for all of them, below the workspaces, where there are any. */
function keptGroup({ keptHomes }: TreeInput, { target: { id, kind }, health }: FleetTarget): KeptHomesNode[] {
  const count = health === 'up' ? keptHomes(id).length : 0;
  return count === 0 ? [] : [{ kind: 'keptHomes', target: id, engine: kind, count }];
}

/** Each with its size and age. */
export function keptHomeNodes(
  { keptHomes, keptBytes }: TreeInput,
  { target, engine }: KeptHomesNode,
): KeptHomeNode[] {
  return keptHomes(target).map(({ name, createdAt }) => ({
    kind: 'keptHome',
    target,
    name,
    engine,
    createdAt,
    bytes: keptBytes(target, name),
  }));
}

/** Ports and apps, then the home and the other volumes. */
export function workspaceNodes({ of }: WorkspaceNode): TreeNode[] {
  const { settings } = of;
  return settings ? [...portNodes(of, settings), ...volumeNodes(of, settings)] : [];
}

function portNodes(workspace: Workspace, settings: WorkspaceSettings): PortNode[] {
  const common = {
    kind: 'port',
    target: workspace.target,
    name: workspace.name,
    isRunning: workspace.state.kind === 'Running',
  } as const;
  const ofApps = settings.apps.flatMap(app => {
    const port = settings.ports.find(({ port }) => port === app.port);
    if (app.port === undefined) return [];
    return [
      {
        ...common,
        app,
        port: port ?? { port: app.port, label: app.label, protocol: 'http' as const },
      },
    ];
  });
  const taken = new Set(ofApps.map(({ port }) => port.port));
  return [
    ...ofApps,
    ...settings.ports
      .filter(({ port }) => !taken.has(port))
      .map(port => ({ ...common, app: undefined, port })),
  ];
}

function volumeNodes(workspace: Workspace, settings: WorkspaceSettings): VolumeNode[] {
  const common = { kind: 'volume', target: workspace.target, name: workspace.name } as const;
  const home: VolumeNode = {
    ...common,
    type: 'home',
    source: 'home',
    path: workspace.login?.home ?? settings.home ?? '~',
    isReadOnly: false,
  };
  const mounts = settings.mounts.map(
    (mount): VolumeNode => ({
      ...common,
      type: mount.type,
      source: sourceOf(mount),
      path: mountTarget(mount),
      isReadOnly: mount.readOnly,
    }),
  );
  return [home, ...mounts];
}

function sourceOf(mount: Mount): string {
  switch (mount.type) {
    case 'bind':
    case 'volume':
    case 'cifs':
    case 'configMap':
    case 'secret':
      return mount.source;
    case 'nfs':
      return `${mount.server}:${mount.source}`;
    case 'driver':
      return mount.driver;
  }
}

function placeholder({ target, name, startedAt }: Activity): Workspace {
  return {
    target,
    name,
    state: { kind: 'Building', reason: '' },
    createdBy: '',
    createdAt: new Date(startedAt).toISOString(),
    settings: undefined,
    image: '',
    hostKey: undefined,
    login: undefined,
  };
}

function activityWords(activity: Activity): string {
  const words = progressWords(activity.progress);
  switch (activity.kind) {
    case 'create':
      return words ?? l10n.t('creating');
    case 'stop':
      return l10n.t('stopping');
    case 'delete':
      return l10n.t('deleting');
    case 'edit':
      return words ?? l10n.t('saving');
    case 'backup':
      return words ?? l10n.t('backing up');
    case 'restore':
      return words ?? l10n.t('restoring');
    case 'start':
    case 'restart':
    case 'rebuild':
    case 'finish':
      return words ?? l10n.t('starting');
  }
}

/** How many rows the badge counts. */
export function runningCount(targets: readonly FleetTarget[]): number {
  return targets.reduce(
    (sum, { workspaces }) => sum + workspaces.filter(({ state }) => state.kind === 'Running').length,
    0,
  );
}
