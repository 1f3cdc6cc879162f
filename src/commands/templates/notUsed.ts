/** Says what of a file is not taken over; nobody has to answer. */
import * as l10n from '@vscode/l10n';
import { showMessage } from '../../vscode/message.ts';

const mostShown = 20;

export function sayNotUsed(name: string, notUsed: readonly string[]): void {
  if (notUsed.length === 0) return;
  const shown = notUsed.slice(0, mostShown).join(', ');
  void showMessage('warning', l10n.t('Not used of {0}: {1}', name, shown));
}
