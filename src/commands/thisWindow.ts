/** Whether this window is in a workspace. Loaded at activation: no more than the look of the folder's authority. */
import * as vscode from 'vscode';

const authority = /^ssh-remote\+([a-z0-9.-]+\.berth)$/;

/** The alias of the workspace that this window's folder is in, not checked further. */
export function aliasOfWindow(): string | undefined {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const alias = authority.exec(uri.authority)?.[1];
    if (alias !== undefined) return alias;
  }
  return undefined;
}

export function isWorkspaceWindow(): boolean {
  return aliasOfWindow() !== undefined;
}
