/** Pages in a tab of the editor itself, where it brings a browser along. */
import * as vscode from 'vscode';

/** False where this editor has none. */
export async function openInTab(address: vscode.Uri): Promise<boolean> {
  if (!vscode.extensions.getExtension('vscode.simple-browser')) return false;
  await vscode.commands.executeCommand('simpleBrowser.api.open', address, {
    viewColumn: vscode.ViewColumn.Active,
  });
  return true;
}
