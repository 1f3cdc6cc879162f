/**
 * When a workspace started and stopped, and why: a short text that is kept with its record, a line for each.
 * `start TIME` and `stop TIME CAUSE WORDS`, TIME in unix seconds by the clock of who wrote it, 0 where nobody knows.
 */
import { isStateCause, type StateCause, type WorkspaceState } from './state.ts';
import { reasonWords } from './stopCodes.ts';

export interface HistoryEntry {
  readonly kind: 'start' | 'stop';
  /** Unix time in ms; undefined where nobody was there to look at a clock. */
  readonly at: number | undefined;
  /** Of a stop, where it is known. */
  readonly cause?: StateCause | undefined;
  /** As it is kept (stopCodes.ts), or for people; '' where nothing is known. */
  readonly words: string;
}

/** Older ones go. */
export const maxEntries = 50;
const maxWords = 300;

/** The last entries of the text, the oldest first. Anybody inside may have written it: lines that are none are passed over. */
export function parseHistory(text: string): HistoryEntry[] {
  return text
    .split('\n')
    .flatMap(line => entryOf(line) ?? [])
    .slice(-maxEntries);
}

/** The text with one more entry, and without those that are too many. */
export function withEntry(text: string, entry: HistoryEntry): string {
  return [...parseHistory(text), entry]
    .slice(-maxEntries)
    .map(each => `${lineOf(each)}\n`)
    .join('');
}

/** For people, with what nobody has written down yet: a run that ended without a word, or one that began a moment ago. */
export function completed(
  kept: readonly HistoryEntry[],
  {
    state,
    startedAt,
    stoppedAt,
  }: {
    readonly state: WorkspaceState;
    readonly startedAt?: string | undefined;
    readonly stoppedAt?: string | undefined;
  },
): HistoryEntry[] {
  const entries = kept.map(entry => ({ ...entry, words: reasonWords(entry.words) }));
  if (state.kind === 'Running' && startedAt !== undefined && entries.at(-1)?.kind !== 'start')
    return [...entries, { kind: 'start', at: Date.parse(startedAt), words: '' }];
  const isOver = state.kind === 'Off' || (state.kind === 'Error' && stoppedAt !== undefined);
  if (entries.at(-1)?.kind !== 'start' || !isOver) return [...entries];
  const at = stoppedAt === undefined ? undefined : Date.parse(stoppedAt);
  return [...entries, { kind: 'stop', at, cause: state.cause, words: state.reason }];
}

function entryOf(line: string): HistoryEntry | undefined {
  const [, kind, seconds, rest = ''] = /^(start|stop) (\d{1,11})(?: (.*))?$/.exec(line) ?? [];
  if (kind === undefined) return undefined;
  const at = Number(seconds) === 0 ? undefined : Number(seconds) * 1000;
  if (kind === 'start') return { kind, at, words: '' };
  const [cause = '', ...words] = rest.split(' ');
  return {
    kind: 'stop',
    at,
    ...(isStateCause(cause) && { cause }),
    words: words.join(' ').slice(0, maxWords),
  };
}

function lineOf({ kind, at, cause, words }: HistoryEntry): string {
  const seconds = at === undefined || Number.isNaN(at) ? 0 : Math.floor(at / 1000);
  if (kind === 'start') return `start ${seconds}`;
  return `stop ${seconds} ${cause ?? 'unknown'} ${words.replace(/\s+/g, ' ').slice(0, maxWords)}`.trimEnd();
}
