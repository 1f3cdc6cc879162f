/** How each node looks and reads in its tree. Pure: no VS Code, so that every rule is a row of a table in the tests. */
import * as l10n from '@vscode/l10n';
import type { EngineFacts } from '../engine/engine.ts';
import type { Target } from '../engine/target.ts';
import { isBerthError } from '../workspace/error.ts';
import { keyNames } from '../workspace/keyNames.ts';
import { rightsInWords } from '../workspace/rights.ts';
import { isStartable, isStoppable, type WorkspaceState } from '../workspace/state.ts';
import { stopWords, timeLeftWords } from '../workspace/timeLeft.ts';
import { ago, binarySize, duration, shortDigest, stateLabel } from '../workspace/words.ts';
import { workspaceAlias } from '../workspace/workspace.ts';
import { catalogueItemOf } from './catalogueItems.ts';
import { doorsOf } from './doors.ts';
import type { ItemLook } from './itemLook.ts';
import { keptHomeItem, keptHomesItem } from './keptHomeItems.ts';
import {
  type GroupNode,
  type ImageNode,
  nodeId,
  type PortNode,
  type ProblemNode,
  type TargetNode,
  type TreeNode,
  type VolumeNode,
  type WorkspaceNode,
} from './nodes.ts';
import { registryItemOf } from './registryItems.ts';
import { templateItemOf } from './templateItems.ts';

/** `now` is Unix time in ms. */
export function itemOf(node: TreeNode, now: number): ItemLook {
  switch (node.kind) {
    case 'target':
      return targetItem(node);
    case 'workspace':
      return workspaceItem(node, now);
    case 'port':
      return portItem(node);
    case 'volume':
      return volumeItem(node);
    case 'problem':
      return problemItem(node);
    case 'image':
      return imageItem(node, now);
    case 'hint':
      return {
        id: nodeId(node),
        ...hintWords(node.what),
        tooltip: [],
        context: 'hint',
        expansion: 'none',
      };
    case 'group':
      return groupItem(node);
    case 'keptHomes':
      return keptHomesItem(node);
    case 'keptHome':
      return keptHomeItem(node, now);
    case 'catalogue':
    case 'catalogueEntry':
    case 'unusable':
    case 'catalogueNote':
      return catalogueItemOf(node, now);
    case 'template':
    case 'templateNote':
      return templateItemOf(node);
    default:
      return registryItemOf(node, now);
  }
}

function groupItem(node: GroupNode): ItemLook {
  const { label, icon, expansion } = groupWords(node.group);
  return {
    id: nodeId(node),
    label,
    icon,
    tooltip: [],
    context: `group ${node.group}`,
    expansion,
    spoken: label,
  };
}

/** Catalogues are read when they are opened, and not before. */
function groupWords(group: GroupNode['group']): Pick<ItemLook, 'label' | 'icon' | 'expansion'> {
  switch (group) {
    case 'templates':
      return { label: l10n.t('Templates'), icon: 'files', expansion: 'collapsed' };
    case 'local':
      return { label: l10n.t('Local images'), icon: 'package', expansion: 'expanded' };
    case 'registries':
      return { label: l10n.t('Registries'), icon: 'cloud', expansion: 'expanded' };
    case 'catalogues':
      return { label: l10n.t('Catalogues'), icon: 'extensions', expansion: 'collapsed' };
  }
}

function targetItem(node: TargetNode): ItemLook {
  const { target, health, facts, problem } = node.of;
  const description =
    health === 'down'
      ? l10n.t('does not answer')
      : health === 'up'
        ? facts?.missingRights?.length
          ? l10n.t('rights are missing')
          : (facts?.version ?? '')
        : l10n.t('looking…');
  return {
    id: nodeId(node),
    label: target.title,
    description,
    icon: health === 'down' ? 'debug-disconnect' : 'server',
    ...(health === 'down' && { color: 'problemsErrorIcon.foreground' }),
    tooltip: [
      target.title,
      l10n.t('Id {0}, {1}', target.id, target.origin),
      ...placeOf(target),
      ...(facts && health === 'up'
        ? [
            facts.cpus === undefined || facts.memoryBytes === undefined
              ? facts.version
              : l10n.t(
                  '{0} on {1} CPUs, {2} memory',
                  facts.version,
                  facts.cpus,
                  binarySize(facts.memoryBytes),
                ),
            ...(facts.freeDiskBytes === undefined
              ? []
              : [l10n.t('{0} disk free', binarySize(facts.freeDiskBytes))]),
          ]
        : []),
      ...(health === 'up' ? rightsOf(facts) : []),
      ...(problem ? [problem.message] : []),
    ],
    context: `target ${health} ${target.kind}`,
    expansion: 'expanded',
    spoken: l10n.t('{0}, target, {1}', target.title, description),
  };
}

function placeOf(target: Target): string[] {
  if (target.kind !== 'kubernetes') return [];
  const { context, namespace, kubeconfig } = target.endpoint;
  return [
    context === undefined
      ? l10n.t('Namespace {0}, in the cluster where this runs', namespace)
      : l10n.t('Namespace {0}, context {1}', namespace, context),
    ...(kubeconfig === undefined ? [] : [kubeconfig]),
  ];
}

function rightsOf(facts: EngineFacts | undefined): string[] {
  const { missingRights = [], warnings = [] } = facts ?? {};
  return [
    ...(missingRights.length === 0
      ? []
      : [l10n.t('You may not do this there, and workspaces need it: {0}', rightsInWords(missingRights))]),
    ...warnings,
  ];
}

function workspaceItem(node: WorkspaceNode, now: number): ItemLook {
  const { of: workspace, activity } = node;
  const state = stateLabel(workspace.state.kind);
  const upMs = workspace.startedAt === undefined ? 0 : now - Date.parse(workspace.startedAt);
  const up = workspace.state.kind === 'Running' && upMs >= 60_000 ? duration(upMs) : undefined;
  const status = activity ?? (up ? l10n.t('{0} for {1}', state, up) : reasoned(workspace.state));
  const left = activity ? '' : timeLeftWords(workspace.time, now);
  const update = node.update ? l10n.t('update available') : '';
  const owner = node.madeBy === undefined ? '' : l10n.t('of {0}', node.madeBy);
  const description = [status, left, update, owner, workspace.image].filter(Boolean).join(' · ');
  // Seen however narrow the view is.
  const marks = `${node.isFavourite ? '★ ' : ''}${update ? '⇡ ' : ''}`;
  const about = workspace.settings?.description;
  return {
    id: nodeId(node),
    label: workspace.name,
    description: `${marks}${description}`,
    ...workspaceIcon(workspace.state, activity !== undefined),
    tooltip: [
      workspace.name,
      ...(about ? [about] : []),
      reasoned(workspace.state),
      ...[stopWords(workspace.time, now)].filter(Boolean),
      l10n.t('Image {0}', workspace.image || l10n.t('unknown')),
      ...(node.update
        ? [
            l10n.t(
              'Update available: it runs {0}, the registry has {1}.',
              shortDigest(node.update.from),
              shortDigest(node.update.to),
            ),
          ]
        : []),
      ...(workspace.settings
        ? [
            l10n.t(
              '{0} CPUs, {1} memory',
              workspace.settings.cpus,
              binarySize(workspace.settings.memoryMiB * 2 ** 20),
            ),
          ]
        : []),
      l10n.t('Made by {0}', workspace.createdBy || l10n.t('somebody unknown')),
      ...(workspace.settings?.publicKeys.length
        ? [l10n.t('Shared with {0}', sharedWith(workspace.settings.publicKeys))]
        : []),
      `ssh ${workspaceAlias(workspace)}`,
    ],
    context: workspaceContext(node),
    expansion: workspace.settings ? 'collapsed' : 'none',
    spoken: [
      node.isFavourite
        ? l10n.t('{0}, favourite workspace', workspace.name)
        : l10n.t('{0}, workspace', workspace.name),
      status,
      ...[left].filter(Boolean),
      ...(owner ? [owner] : []),
      l10n.t('image {0}', workspace.image),
      ...(update ? [update] : []),
    ].join(', '),
  };
}

/** By the names of the keys. */
function sharedWith(keys: readonly string[]): string {
  const names = keyNames({ authorizedKeys: [], settings: { publicKeys: [...keys] } });
  return [...new Set(names.values())].join(', ');
}

/** Which menus fit: the words that package.json's `when` clauses match. */
export function workspaceContext({ of, engine, isFavourite, activity, update }: WorkspaceNode): string {
  const { state } = of;
  const isBusy = activity !== undefined;
  const isInterrupted = state.cause === 'interrupted';
  const isReadable = state.cause !== 'foreign' && state.cause !== 'unreadable';
  const words = [
    'workspace',
    isBusy && 'busy',
    !isBusy && isReadable && isStartable(state) && !isInterrupted && 'startable',
    !isBusy && isStoppable(state) && 'stoppable',
    !isBusy && of.time !== undefined && of.time.roomMs > 0 && 'extendable',
    !isBusy && isInterrupted && 'interrupted',
    isReadable && isConnectable(state) && 'connectable',
    isReadable && isConnectable(state) && doorsOf(of).length > 0 && 'openable',
    isReadable && !isInterrupted && 'readable',
    !isBusy && isDeletable(state) && 'deletable',
    !isBusy && isReadable && isDeletable(state) && !isInterrupted && update !== undefined && 'updatable',
    isFavourite ? 'favourite' : 'plain',
    engine === 'kubernetes' && engine,
  ];
  return words.filter(word => word !== false).join(' ');
}

/** What this version cannot read is Berth's all the same, and can be deleted. */
function isDeletable({ kind, cause }: WorkspaceState): boolean {
  return cause === 'unreadable' || (cause !== 'foreign' && kind !== 'Unknown');
}

/** Off counts: connecting starts it. */
function isConnectable(state: WorkspaceState): boolean {
  return (
    state.cause !== 'interrupted' &&
    (state.kind === 'Running' || state.kind === 'Initializing' || isStartable(state))
  );
}

function reasoned(state: WorkspaceState): string {
  const label = stateLabel(state.kind);
  return state.reason === '' ? label : `${label}: ${state.reason}`;
}

function workspaceIcon(state: WorkspaceState, isBusy: boolean): { icon: string; color?: string } {
  if (isBusy) return { icon: 'loading~spin' };
  switch (state.kind) {
    case 'Running':
      return { icon: 'vm-running', color: 'charts.green' };
    case 'Off':
      return { icon: 'vm-outline' };
    case 'Building':
    case 'Initializing':
    case 'Turning off':
    case 'Deleting':
      return { icon: 'loading~spin' };
    case 'Error':
      return { icon: 'error', color: 'problemsErrorIcon.foreground' };
    case 'Unknown':
      return { icon: 'question', color: 'disabledForeground' };
  }
}

function portItem(node: PortNode): ItemLook {
  const { port, app } = node;
  const name = app ? app.label || app.id : port.label || l10n.t('Port {0}', port.port);
  const description = [
    app || port.label ? String(port.port) : '',
    port.protocol === 'http' ? '' : port.protocol,
    app?.start === 'open' ? l10n.t('starts when opened') : '',
  ]
    .filter(Boolean)
    .join(' · ');
  const canOpen = port.protocol !== 'tcp';
  return {
    id: nodeId(node),
    label: name,
    ...(description && { description }),
    icon: app ? 'window' : 'plug',
    tooltip: [name, ...(app ? [app.command] : []), l10n.t('Port {0}, {1}', port.port, port.protocol)],
    context: `port ${node.isRunning ? 'running' : 'off'} ${canOpen ? 'web' : 'raw'}`,
    expansion: 'none',
    spoken: app
      ? l10n.t('{0}, app on port {1}', name, port.port)
      : l10n.t('{0}, port {1}, {2}', name, port.port, port.protocol),
  };
}

function volumeItem(node: VolumeNode): ItemLook {
  const isHome = node.type === 'home';
  const label = isHome ? l10n.t('Home') : node.path;
  const description = isHome
    ? node.path
    : [node.source, node.isReadOnly ? l10n.t('read-only') : ''].filter(Boolean).join(' · ');
  return {
    id: nodeId(node),
    label,
    description,
    icon: isHome ? 'home' : node.type === 'bind' ? 'folder' : 'database',
    tooltip: [label, description],
    context: `volume ${node.type}`,
    expansion: 'none',
    spoken: l10n.t('{0}, volume, {1}', label, description),
  };
}

function problemItem(node: ProblemNode): ItemLook {
  const { error } = node;
  const action =
    (isBerthError(error) ? error.action : undefined) ??
    ({ label: l10n.t('Try again'), command: 'berth.refresh', args: [{ target: node.target }] } as const);
  return {
    id: nodeId(node),
    label: error.message,
    description: action.label,
    icon: 'warning',
    color: 'problemsWarningIcon.foreground',
    tooltip: [error.message, l10n.t('Click: {0}', action.label)],
    context: 'problem',
    expansion: 'none',
    spoken: l10n.t('{0}. Press Enter to: {1}', error.message, action.label),
    command: { id: action.command, title: action.label, args: action.args ?? [] },
  };
}

function imageItem(node: ImageNode, now: number): ItemLook {
  const { reference, bytes, createdAt, id } = node.image;
  const isNamed = reference !== id;
  const shortId = id.replace(/^sha256:/, '').slice(0, 12);
  const description = l10n.t('{0}, made {1}', binarySize(bytes), ago(now - createdAt));
  return {
    id: nodeId(node),
    label: isNamed ? reference : shortId,
    description,
    icon: 'package',
    tooltip: [isNamed ? reference : shortId, id, description],
    context: isNamed ? 'image named' : 'image',
    expansion: 'none',
    spoken: l10n.t('{0}, image, {1}', isNamed ? reference : shortId, description),
  };
}

function hintWords(what: 'loading' | 'no-workspaces' | 'no-images'): {
  label: string;
  icon: string;
  spoken: string;
} {
  const label =
    what === 'loading'
      ? l10n.t('Looking…')
      : what === 'no-images'
        ? l10n.t('No images yet')
        : l10n.t('No workspaces here');
  return { label, icon: what === 'loading' ? 'loading~spin' : 'info', spoken: label };
}
