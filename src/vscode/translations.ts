/** Hands the editor's translations to the library that every layer takes its words from. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';

export function setUpTranslations(): void {
  if (vscode.l10n.bundle) l10n.config({ contents: vscode.l10n.bundle });
}
