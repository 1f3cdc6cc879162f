/** Notifications: the only way to them, so that nothing in their text is ever a link. */
import * as vscode from 'vscode';
import { plainText } from './plainText.ts';

const ways = {
  information: vscode.window.showInformationMessage,
  warning: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
} as const;

/** The button that was pressed, or undefined where it was closed. */
export async function showMessage(
  severity: keyof typeof ways,
  text: string,
  ...buttons: readonly string[]
): Promise<string | undefined> {
  return await ways[severity](plainText(text), ...buttons);
}
