/** Which proxy stands on this machine: installed again when Berth or the editor's Node is another. */
import type * as vscode from 'vscode';

/** In globalState: the version that installed the proxy last. */
export const installedKey = 'proxy.installed';

/** A new version of Berth, and a new place of the editor's Node, both mean that the proxy is installed again. */
export function proxyVersion({ extension }: vscode.ExtensionContext): string {
  const { version } = extension.packageJSON as { version: string };
  return `${version} ${process.execPath}`;
}
