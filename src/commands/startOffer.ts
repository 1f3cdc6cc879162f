/** Whether a refused start is told and offered again: once for each stop, however often a window tries. Pure. */
import { isStartable, type WorkspaceState } from '../workspace/state.ts';

/** Tries that follow each other within this time are one window that keeps trying; older ones are no news. */
const sameTryMs = 2 * 60_000;

/** Times are Unix time in ms; undefined where it never happened. */
export interface Refusal {
  readonly now: number;
  /** When the proxy last refused to start it. */
  readonly refusedAt: number | undefined;
  /** The refusal that was looked at last, told or not. */
  readonly seenAt: number | undefined;
  readonly state: WorkspaceState | undefined;
}

/** Every row of the table in startOffer.test.ts is one line. */
export function isNewsOf({ now, refusedAt, seenAt, state }: Refusal): boolean {
  if (refusedAt === undefined || !state || !isStartable(state)) return false;
  if (Math.abs(now - refusedAt) > sameTryMs) return false;
  return seenAt === undefined || refusedAt - seenAt > sameTryMs;
}
