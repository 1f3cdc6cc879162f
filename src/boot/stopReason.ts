/** Why a workspace's last run ended, as boot wrote it down before it went. */
import { isStateCause, type StateCause } from '../workspace/state.ts';

export interface StopReason {
  readonly cause: StateCause;
  /** For people, may be ''. */
  readonly words: string;
}

/** Reads run/stop-reason (`<cause> <words>`); undefined where it is absent, empty or not boot's. */
export function stopReason(text: string | undefined): StopReason | undefined {
  const [first = ''] = (text ?? '').split('\n');
  const [cause = '', ...words] = first.trim().split(' ');
  return isStateCause(cause) ? { cause, words: words.join(' ') } : undefined;
}
