/** States as reasons of failures. Pure. */
import * as l10n from '@vscode/l10n';
import { BerthError, type ErrorCode } from '../workspace/error.ts';
import type { WorkspaceState } from '../workspace/state.ts';

/** A workspace's state as the reason why something with it failed. */
export function stateError(message: string, state: WorkspaceState): BerthError {
  const { cause } = state;
  const codes: Partial<Record<NonNullable<WorkspaceState['cause']>, ErrorCode>> = {
    'boot-failed': 'boot-failed',
    'no-space': 'no-space',
    'port-taken': 'port-taken',
    'pull-refused': 'pull-refused',
    'image-missing': 'not-found',
    'out-of-memory': 'no-capacity',
    foreign: 'conflict',
  };
  return new BerthError(`${message}: ${reasonOf(state)}`, { code: (cause && codes[cause]) ?? 'failed' });
}

/** States that pass by themselves have none. */
function reasonOf({ kind, reason }: WorkspaceState): string {
  if (reason !== '') return reason;
  if (kind === 'Turning off') return l10n.t('it is being stopped');
  return kind === 'Deleting' ? l10n.t('it is being deleted') : kind;
}
