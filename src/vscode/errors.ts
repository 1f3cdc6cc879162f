/** Failures as notifications: what a person can act on comes with its fix, everything with the way to the log. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type ErrorAction, isBerthError } from '../workspace/error.ts';
import type { Log } from './log.ts';
import { showMessage } from './message.ts';

/** Shows and logs it. A cancelled operation is no news. Never rejects. */
export function showError(error: unknown, log: Log, extra: readonly ErrorAction[] = []): void {
  if (isCancelled(error)) return;
  const message = error instanceof Error ? error.message : String(error);
  log.write('error', message, error);
  const actions = [...(isBerthError(error) && error.action ? [error.action] : []), ...extra];
  const showLog = l10n.t('Show Log');
  void showMessage('error', message, ...actions.map(({ label }) => label), showLog).then(chosen => {
    if (chosen === showLog) return log.show();
    const action = actions.find(({ label }) => label === chosen);
    return action && vscode.commands.executeCommand(action.command, ...(action.args ?? []));
  });
}

function isCancelled(error: unknown): boolean {
  return (
    isBerthError(error, 'cancelled') ||
    error instanceof vscode.CancellationError ||
    (error instanceof Error && error.name === 'AbortError')
  );
}
