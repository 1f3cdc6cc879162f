/** How long a workspace has until a limit stops it, as its watchdog tells, and in words. Pure. */
import * as l10n from '@vscode/l10n';
import type { WorkspaceSettings } from './settings.ts';
import { spanWords } from './span.ts';
import { type Limit, limits, limitWords } from './stopCodes.ts';

export interface TimeLeft {
  /** When a limit stops it, by this machine's clock in Unix time, ms; undefined: none does as things are. */
  readonly endsAt: number | undefined;
  readonly limit: Limit | undefined;
  /** The limit in words: '8 h lifespan'. */
  readonly what: string;
  /** People were warned of it. */
  readonly isWarned: boolean;
  /** By how much it can be extended, in ms. */
  readonly roomMs: number;
}

/** What people choose an extension from, in hours. */
export const extensionHours = [1, 2, 4, 8] as const;

/** Past its end by this much, a workspace is one that its watchdog has failed. */
const overdueMs = 5 * 60_000;

/** Reads what `berth time` prints inside a workspace; undefined where it is none of that. `now` in Unix time, ms. */
export function parseTimeLeft(text: string, now: number): TimeLeft | undefined {
  const [, left = '', named = '', warned = '0', room = '0', what = ''] =
    /^berth-time (-?\d{0,12}) ([a-z]+) (\d{1,12}) (-?\d{1,12}) ?([^\n]{0,200})(?:\nberth-silent \d{1,12})?\n?$/.exec(
      text,
    ) ?? [];
  if (named === '') return undefined;
  const limit = limits.find(known => known === named);
  return {
    endsAt: left === '' || !limit ? undefined : now + Number(left) * 1000,
    limit,
    what: limitWords(what),
    isWarned: warned !== '0',
    roomMs: Math.max(0, Number(room) * 1000),
  };
}

/** Whether nobody inside has looked at the time for a while. */
export function isUnattended(text: string): boolean {
  return /^berth-time [^\n]*\nberth-silent \d{1,12}\n?$/.test(text);
}

/** What `berth time` prints of a workspace that ends: since how many seconds it does, and why, as boot wrote it down. */
export function parseStopping(
  text: string,
): { readonly seconds: number; readonly reason: string } | undefined {
  const [, seconds, reason = ''] = /^berth-stopping (\d{1,12}) ?([^\n]{0,1100})\n?$/.exec(text) ?? [];
  return seconds === undefined ? undefined : { seconds: Number(seconds), reason };
}

/** Whether it should have been stopped a while ago, unless the machine slept until now: that is looked at inside. */
export function isOverdue({ endsAt }: Pick<TimeLeft, 'endsAt'>, now: number): boolean {
  return endsAt !== undefined && now - endsAt > overdueMs;
}

/** When people are to be warned of what stops it, in Unix time, ms; undefined where nothing does, or nobody wants to be. */
export function warnsAt(
  { endsAt, limit }: TimeLeft,
  {
    warningMinutes,
    idleMinutes,
    lifespanHours,
  }: Pick<WorkspaceSettings, 'warningMinutes' | 'idleMinutes' | 'lifespanHours'>,
): number | undefined {
  if (endsAt === undefined || warningMinutes === 0) return undefined;
  // As boot does: never longer than half of what is waited for.
  const span = limit === 'idle' ? idleMinutes : limit === 'lifespan' ? lifespanHours * 60 : Infinity;
  return endsAt - Math.min(warningMinutes, span / 2) * 60_000;
}

/** '2h', '90m', '1h30m', or a bare number of hours, in seconds; undefined where it is none, or nothing. */
export function parseSpan(text: string): number | undefined {
  const pattern = /^(?:(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:h|$))?\s*(?:(\d{1,4})\s*m(?:in)?)?$/i;
  const [, hours, minutes] = pattern.exec(text.trim()) ?? [];
  const seconds = Math.round(Number((hours ?? '0').replace(',', '.')) * 3600) + Number(minutes ?? 0) * 60;
  return seconds > 0 ? seconds : undefined;
}

/** '7 h 58 min left'; '' where nothing stops it. */
export function timeLeftWords(time: TimeLeft | undefined, now: number): string {
  return time?.endsAt === undefined ? '' : l10n.t('{0} left', spanWords(time.endsAt - now));
}

/** What stops it and when, in a sentence of its own; '' where nothing does. */
export function stopWords(time: TimeLeft | undefined, now: number): string {
  if (time?.endsAt === undefined) return '';
  return l10n.t('Stops in {0}: {1}', spanWords(time.endsAt - now), time.what);
}
