/**
 * Who may start a workspace by connecting to it: a person, an editor or a script, but not a window that keeps
 * reconnecting to a workspace which was stopped a moment ago.
 */

/** `berth.ssh.startOnConnect`. */
export const startOnConnect = ['auto', 'always', 'never'] as const;
export type StartOnConnect = (typeof startOnConnect)[number];

/** How long a stop, or a try that was refused, keeps a reconnecting window out. */
const reconnectingMs = 2 * 60_000;
/** How long the mark of Berth's own command holds. */
const wantedMs = 5 * 60_000;
/** Two clocks, or one with whole seconds, may differ by this much. */
const clockSlackMs = 5_000;

/** All ages in ms; undefined where it never happened. A clock that was set back makes them negative. */
export interface StartCircumstances {
  readonly setting: StartOnConnect;
  /** Since Berth's own command asked for it. */
  readonly wantedAge: number | undefined;
  /** Whether a person sits at it: stderr is a terminal. */
  readonly atTerminal: boolean;
  /** Since it last stopped, for whatever reason. */
  readonly stopAge: number | undefined;
  /** Since a start was last refused here. */
  readonly refusedAge: number | undefined;
}

export type StartDecision =
  | { readonly may: true }
  | { readonly may: false; readonly because: 'setting' | 'stopped' | 'reconnecting' };

/** Pure: every row of the table in mayStart.test.ts is one line. */
export function mayStart(circumstances: StartCircumstances): StartDecision {
  const { setting, wantedAge, atTerminal, stopAge, refusedAge } = circumstances;
  if (isWanted(wantedAge, stopAge) || setting === 'always') return { may: true };
  if (setting === 'never') return { may: false, because: 'setting' };
  if (atTerminal) return { may: true };
  if (isWithin(stopAge, reconnectingMs)) return { may: false, because: 'stopped' };
  if (isWithin(refusedAge, reconnectingMs)) return { may: false, because: 'reconnecting' };
  return { may: true };
}

/** A stop that came after the mark takes it back. */
function isWanted(wantedAge: number | undefined, stopAge: number | undefined): boolean {
  if (wantedAge === undefined || !isWithin(wantedAge, wantedMs)) return false;
  return stopAge === undefined || stopAge < -clockSlackMs || wantedAge <= stopAge + clockSlackMs;
}

function isWithin(age: number | undefined, limit: number): boolean {
  return age !== undefined && age >= -clockSlackMs && age < limit;
}
