/** What the workspace is: state, actions, how to enter it, its ports and apps, its settings. */
import * as l10n from '@vscode/l10n';
import type { WorkspaceInfo } from '../../src/panels/messages.ts';
import { originWords, reviewRows } from '../../src/workspace/review.ts';
import type { StateKind } from '../../src/workspace/state.ts';
import { stopWords, type TimeLeft } from '../../src/workspace/timeLeft.ts';
import { shortDigest } from '../../src/workspace/words.ts';
import { announce } from '../shared/announce.ts';
import { type Child, h } from '../shared/dom.ts';
import { icon } from '../shared/icons.ts';
import { button, checkbox, iconButton } from '../shared/toolkit.ts';

export interface SummaryDoors {
  readonly run: (action: string) => void;
  readonly openPort: (port: number) => void;
  readonly copy: (text: string) => void;
  readonly setFavourite: (favourite: boolean) => void;
}

const tones: Readonly<Record<StateKind, 'good' | 'bad' | 'busy' | 'unknown'>> = {
  Off: 'unknown',
  Building: 'busy',
  Initializing: 'busy',
  Running: 'good',
  'Turning off': 'busy',
  Deleting: 'busy',
  Error: 'bad',
  Unknown: 'unknown',
};

/** Name, state with its reason, and what can be done. */
export function headerOf(workspace: WorkspaceInfo, doors: SummaryDoors): Child[] {
  const { name, state, exists, hasTarget, targetTitle, startedAt } = workspace;
  const words = exists ? stateWords(state.kind) : l10n.t('Not there');
  const reason = exists ? state.reason : absence(hasTarget, targetTitle);
  const since = startedAt && state.kind === 'Running' ? uptimeWords(startedAt) : '';
  return [
    h(
      'div',
      { class: 'title' },
      h('h1', {}, name),
      checkbox(l10n.t('Favourite'), workspace.favourite, favourite => {
        if (favourite !== workspace.favourite) doors.setFavourite(favourite);
      }),
    ),
    h(
      'p',
      { class: 'state' },
      h('span', { class: `dot dot-${exists ? tones[state.kind] : 'unknown'}` }),
      h('strong', {}, words),
      h('span', { class: 'state-reason' }, [since, reason, targetTitle].filter(Boolean).join(' · ')),
    ),
    workspace.isAnothers &&
      h('p', { class: 'owner' }, icon('person'), l10n.t('Made by {0}', workspace.createdBy)),
    updateOf(workspace, doors),
    timeOf(workspace, doors),
    actionsOf(workspace, doors),
  ];
}

/** That a newer image is there, and the way to it. */
function updateOf({ update, actions }: WorkspaceInfo, doors: SummaryDoors): HTMLElement | undefined {
  if (!update || !actions.includes('updateImage')) return undefined;
  return h(
    'p',
    { class: 'update' },
    h('strong', {}, l10n.t('Update available')),
    h(
      'span',
      {},
      l10n.t(
        'There is a newer {0}. This workspace runs {1}, the registry has {2}.',
        update.image,
        shortDigest(update.from),
        shortDigest(update.to),
      ),
    ),
    h(
      'button',
      { type: 'button', class: 'link', onclick: () => doors.run('updateImage') },
      l10n.t('Update…'),
    ),
  );
}

/** What stops it and when, with more time a click away. */
function timeOf({ time, actions }: WorkspaceInfo, doors: SummaryDoors): HTMLElement | undefined {
  const words = time && stopWords(time as TimeLeft, Date.now());
  if (!time || !words) return undefined;
  return h(
    'p',
    { class: time.isWarned ? 'time time-warned' : 'time' },
    icon('clock'),
    h('span', {}, words),
    actions.includes('extend') &&
      h('button', { type: 'button', class: 'link', onclick: () => doors.run('extend') }, l10n.t('Extend…')),
  );
}

function absence(hasTarget: boolean, title: string): string {
  return hasTarget
    ? l10n.t('There is no such workspace on {0}, now or any more.', title)
    : l10n.t('The target {0} is no longer in the list. Add it again to see what it has.', title);
}

/** Actions that stand back behind the ones done every day. */
const quiet: readonly string[] = [
  'edit',
  'share',
  'duplicate',
  'rebuild',
  'forceStop',
  'delete',
  'inspect',
  'previewYaml',
];

function actionsOf({ actions }: WorkspaceInfo, doors: SummaryDoors): HTMLElement {
  const elsewhere: readonly string[] = ['copySshCommand', 'updateImage', 'extend'];
  const daily = actions.filter(action => !quiet.includes(action) && !elsewhere.includes(action));
  const others = quiet.filter(action => actions.includes(action));
  return h(
    'div',
    { role: 'group', 'aria-label': l10n.t('Actions') },
    daily.length > 0 &&
      h(
        'div',
        { class: 'tools' },
        ...daily.map((action, index) =>
          button(index === 0 ? 'primary' : 'secondary', actionWords(action), () => doors.run(action)),
        ),
      ),
    h(
      'div',
      { class: 'tools quiet' },
      ...others.map(action =>
        h('button', { type: 'button', class: 'link', onclick: () => doors.run(action) }, actionWords(action)),
      ),
    ),
  );
}

/** The ssh line, the ports and apps, and the settings. */
export function detailsOf(workspace: WorkspaceInfo, doors: SummaryDoors): Child[] {
  const { settings, sshCommand } = workspace;
  return [
    h(
      'section',
      { class: 'part' },
      h('h2', {}, l10n.t('From any terminal')),
      h(
        'div',
        { class: 'copy-line' },
        h('code', {}, sshCommand),
        iconButton('copy', l10n.t('Copy the ssh command'), () => {
          doors.copy(sshCommand);
          announce(l10n.t('Copied'));
        }),
      ),
    ),
    portsOf(workspace, doors),
    settings && settingsTable(workspace, settings),
  ];
}

function portsOf({ settings, state }: WorkspaceInfo, doors: SummaryDoors): HTMLElement | undefined {
  if (!settings) return undefined;
  const ports = settings.ports.map(({ port, label, protocol }) => ({
    port,
    words: label || protocol,
    detail: '',
  }));
  const apps = settings.apps.map(({ id, label, port, command }) => ({
    port,
    words: label || id,
    detail: command,
  }));
  const appPorts = new Set(apps.map(({ port }) => port));
  const entries = [...apps, ...ports.filter(({ port }) => !appPorts.has(port))];
  if (entries.length === 0) return undefined;
  const isRunning = state.kind === 'Running';
  return h(
    'section',
    { class: 'part' },
    h('h2', {}, l10n.t('Ports and apps')),
    h(
      'ul',
      { class: 'ports' },
      ...entries.map(({ port, words, detail }) => {
        const open =
          port === undefined ? undefined : button('secondary', l10n.t('Open'), () => doors.openPort(port));
        if (open) {
          open.disabled = !isRunning;
          open.setAttribute('aria-label', l10n.t('Open {0} in the browser', words));
        }
        return h(
          'li',
          {},
          h('span', { class: 'port-name' }, words),
          h('span', { class: 'port-number' }, port === undefined ? '' : String(port)),
          h(detail === '' ? 'span' : 'code', { class: 'port-detail' }, detail),
          open,
        );
      }),
    ),
  );
}

function settingsTable(
  workspace: WorkspaceInfo,
  settings: NonNullable<WorkspaceInfo['settings']>,
): HTMLElement {
  const { target, name, createdBy, createdAt, origins } = workspace;
  const created = [createdBy, createdAt && new Date(createdAt).toLocaleString()].filter(Boolean).join(', ');
  const rows = reviewRows({ target, name, ...settings }, workspace.engine)
    .filter(({ key, value }) => key !== 'name' && value !== '')
    .map(({ key, title, value }) => [title, value, fromWords(origins[key])] as const);
  return h(
    'details',
    { class: 'part fold settings' },
    h('summary', {}, icon('chevron'), h('h2', {}, l10n.t('Settings'))),
    h(
      'table',
      {},
      h('caption', { class: 'visually-hidden' }, l10n.t('Settings')),
      h(
        'thead',
        { class: 'visually-hidden' },
        h(
          'tr',
          {},
          ...[l10n.t('Setting'), l10n.t('Value'), l10n.t('From')].map(words =>
            h('th', { scope: 'col' }, words),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        ...[...rows, [l10n.t('Created'), created, ''] as const].map(([title, value, from]) =>
          h('tr', {}, h('th', { scope: 'row' }, title), h('td', {}, value), h('td', { class: 'from' }, from)),
        ),
      ),
    ),
  );
}

/** Where a value came from; of a list of which some was inherited, what. */
function fromWords(from: WorkspaceInfo['origins'][string] | undefined): string {
  if (!from) return '';
  const words = originWords(from.origin);
  if (from.detail === undefined) return words;
  return from.origin === 'typed'
    ? l10n.t('{0}; target default: {1}', words, from.detail)
    : `${words} ${from.detail}`;
}

/** '2 h 5 min'; nothing under a minute or where the clock was set back. */
function uptimeWords(startedAt: string): string {
  const minutes = Math.floor((Date.now() - Date.parse(startedAt)) / 60_000);
  if (!(minutes >= 1)) return '';
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return l10n.t('up {0} d {1} h', String(days), String(hours % 24));
  if (hours > 0) return l10n.t('up {0} h {1} min', String(hours), String(minutes % 60));
  return l10n.t('up {0} min', String(minutes));
}

function stateWords(kind: StateKind): string {
  const words: Readonly<Record<StateKind, () => string>> = {
    Off: () => l10n.t('Off'),
    Building: () => l10n.t('Building'),
    Initializing: () => l10n.t('Initializing'),
    Running: () => l10n.t('Running'),
    'Turning off': () => l10n.t('Turning off'),
    Deleting: () => l10n.t('Deleting'),
    Error: () => l10n.t('Error'),
    Unknown: () => l10n.t('Unknown'),
  };
  return words[kind]();
}

function actionWords(action: string): string {
  const words: Readonly<Record<string, () => string>> = {
    connect: () => l10n.t('Connect'),
    connectNewWindow: () => l10n.t('Connect in new window'),
    openTerminal: () => l10n.t('Terminal'),
    start: () => l10n.t('Start'),
    stop: () => l10n.t('Stop'),
    restart: () => l10n.t('Restart'),
    forceStop: () => l10n.t('Force stop'),
    rebuild: () => l10n.t('Rebuild'),
    edit: () => l10n.t('Edit'),
    share: () => l10n.t('Share…'),
    duplicate: () => l10n.t('Duplicate'),
    delete: () => l10n.t('Delete'),
    finish: () => l10n.t('Finish creation'),
    inspect: () => l10n.t('Inspect'),
    previewYaml: () => l10n.t('Preview as YAML'),
  };
  return words[action]?.() ?? action;
}
