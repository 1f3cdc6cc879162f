/** The lists of a workspace's page that its target is asked for: who is connected, its storage, its history. */
import * as l10n from '@vscode/l10n';
import type { ConnectionsInfo, FolderInfo, HistoryInfo, WorkspaceInfo } from '../../src/panels/messages.ts';
import { binarySize, duration } from '../../src/workspace/words.ts';
import { h } from '../shared/dom.ts';
import { icon } from '../shared/icons.ts';
import { button } from '../shared/toolkit.ts';

/** Nothing while it does not run. */
export function connectionsOf(
  { state, settings }: WorkspaceInfo,
  connections: ConnectionsInfo | undefined,
  problem: string,
): HTMLElement | undefined {
  if (state.kind !== 'Running') return undefined;
  const names = new Map(
    [...(settings?.ports ?? []), ...(settings?.apps ?? [])].map(entry => [
      entry.port,
      entry.label || ('id' in entry ? entry.id : entry.protocol),
    ]),
  );
  const rows = [
    ...(connections?.ssh ?? []).map(({ user, name, terminals, seconds }) => [
      name ?? user,
      terminals.length > 0
        ? l10n.t('terminal {0}', terminals.join(', '))
        : l10n.t('an editor, a program or a forward'),
      l10n.t('for {0}', duration(seconds * 1000)),
    ]),
    ...(connections?.ports ?? []).map(({ port, count }) => [
      names.get(port) ?? String(port),
      l10n.t('port {0}', String(port)),
      count === 1 ? l10n.t('1 connection') : l10n.t('{0} connections', String(count)),
    ]),
  ];
  const nobody = connections ? l10n.t('Nobody is connected.') : l10n.t('Looking …');
  return h(
    'section',
    { class: 'part connections' },
    h('h2', {}, l10n.t('Connected now')),
    problem !== '' && h('p', { class: 'note' }, problem),
    rows.length === 0
      ? problem === '' && h('p', { class: 'note' }, nobody)
      : h(
          'ul',
          { class: 'rows' },
          ...rows.map(cells => h('li', {}, ...cells.map(cell => h('span', {}, cell)))),
        ),
  );
}

export interface FoldersState {
  readonly folders: readonly FolderInfo[];
  readonly problem: string;
  readonly isMeasuring: boolean;
}

/** The home and the mounts, with what is in them where that is known. */
export function storageOf(
  { state }: WorkspaceInfo,
  { folders, problem, isMeasuring }: FoldersState,
  measure: () => void,
): HTMLElement | undefined {
  if (folders.length === 0) return undefined;
  const isRunning = state.kind === 'Running';
  const again = button('secondary', l10n.t('Measure again'), measure);
  again.disabled = isMeasuring;
  const note = problem || (isRunning ? '' : l10n.t('How full they are can be told while it runs.'));
  return h(
    'section',
    { class: 'part storage' },
    h('div', { class: 'part-head' }, h('h2', {}, l10n.t('Storage')), isRunning && again),
    note !== '' && h('p', { class: 'note' }, note),
    h(
      'ul',
      { class: 'rows' },
      ...folders.map(folder =>
        h(
          'li',
          {},
          h(
            'span',
            {},
            folder.source === '' ? l10n.t('Home') : folder.source,
            folder.readOnly && ` (${l10n.t('read-only')})`,
          ),
          h('code', {}, folder.path),
          h('span', {}, isRunning ? sizeWords(folder, isMeasuring) : ''),
        ),
      ),
    ),
  );
}

function sizeWords({ usedBytes, freeBytes, totalBytes }: FolderInfo, isMeasuring: boolean): string {
  const used =
    usedBytes !== undefined
      ? l10n.t('{0} in use', binarySize(usedBytes))
      : isMeasuring
        ? l10n.t('counting …')
        : l10n.t('too much to count');
  return freeBytes === undefined || totalBytes === undefined
    ? used
    : `${used} · ${l10n.t('{0} of {1} free', binarySize(freeBytes), binarySize(totalBytes))}`;
}

/** The newest first. */
export function historyOf(entries: readonly HistoryInfo[], problem: string): HTMLElement | undefined {
  if (entries.length === 0 && problem === '') return undefined;
  return h(
    'details',
    { class: 'part fold history' },
    h('summary', {}, icon('chevron'), h('h2', {}, l10n.t('History'))),
    problem !== '' && h('p', { class: 'note' }, problem),
    h(
      'ul',
      { class: 'rows' },
      ...entries.toReversed().map(entry => h('li', {}, whenOf(entry), h('span', {}, wordsOf(entry)))),
    ),
  );
}

function whenOf({ at }: HistoryInfo): HTMLElement {
  if (at === undefined) return h('span', {}, l10n.t('at some time'));
  const date = new Date(at);
  return h('time', { datetime: date.toISOString() }, date.toLocaleString());
}

function wordsOf({ kind, cause, words }: HistoryInfo): string {
  if (kind === 'start') return l10n.t('Started');
  if (words !== '')
    return cause === 'boot-failed' ? l10n.t('Did not come up: {0}', words) : l10n.t('Stopped: {0}', words);
  return l10n.t('Stopped, nobody knows why');
}
