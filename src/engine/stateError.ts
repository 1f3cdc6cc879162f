/** States as reasons of failures. Pure. */
import { BerthError, type ErrorCode } from '../workspace/error.ts';
import type { WorkspaceState } from '../workspace/state.ts';

/** A workspace's state as the reason why something with it failed. */
export function stateError(message: string, { cause, reason }: WorkspaceState): BerthError {
  const codes: Partial<Record<NonNullable<WorkspaceState['cause']>, ErrorCode>> = {
    'boot-failed': 'boot-failed',
    'no-space': 'no-space',
    'port-taken': 'port-taken',
    'pull-refused': 'pull-refused',
    'image-missing': 'not-found',
    'out-of-memory': 'no-capacity',
    foreign: 'conflict',
  };
  return new BerthError(`${message}: ${reason}`, { code: (cause && codes[cause]) ?? 'failed' });
}
