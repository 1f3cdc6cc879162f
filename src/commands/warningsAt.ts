/** Which workspaces people are to be warned of now: once for each stop. Pure. */
import { warnsAt } from '../workspace/timeLeft.ts';
import { type Workspace, workspaceKey } from '../workspace/workspace.ts';
import type { Ref } from './operations.ts';

/** Two answers of a watchdog tell of the same stop where they differ by less. */
const sameStopMs = 90_000;
/** The longest that a timer of Node waits for in one go is 24 days; a day is enough. */
const longestWaitMs = 24 * 3_600_000;

/** By workspace, the end of which people were warned last. */
export type Said = ReadonlyMap<string, number>;

export interface Warning {
  readonly ref: Ref;
  readonly endsAt: number;
  readonly what: string;
  readonly roomMs: number;
}

/** `now` in Unix time, ms. A workspace that was put off is warned of again. */
export function warningsAt(
  workspaces: readonly Workspace[],
  now: number,
  said: Said,
): { readonly due: readonly Warning[]; readonly said: Said } {
  const due = workspaces.flatMap(workspace => {
    const at = warningTime(workspace, said);
    const { target, name, time } = workspace;
    if (at === undefined || at > now || time?.endsAt === undefined || time.endsAt < now) return [];
    return [{ ref: { target, name }, endsAt: time.endsAt, what: time.what, roomMs: time.roomMs }];
  });
  const warned = due.map(({ ref, endsAt }) => [workspaceKey(ref), endsAt] as const);
  return { due, said: new Map([...said, ...warned]) };
}

/** When to look again, in Unix time, ms; undefined where there is nothing to wait for. */
export function nextWarning(workspaces: readonly Workspace[], now: number, said: Said): number | undefined {
  const times = workspaces.flatMap(workspace => warningTime(workspace, said) ?? []).filter(at => at > now);
  return times.length === 0 ? undefined : Math.min(...times, now + longestWaitMs);
}

/** undefined where nothing stops it, or people know. */
function warningTime(workspace: Workspace, said: Said): number | undefined {
  const { state, settings, time } = workspace;
  if (state.kind !== 'Running' || !settings || time?.endsAt === undefined) return undefined;
  const before = said.get(workspaceKey(workspace));
  const isSaid = before !== undefined && Math.abs(before - time.endsAt) < sameStopMs;
  return isSaid ? undefined : warnsAt(time, settings);
}
