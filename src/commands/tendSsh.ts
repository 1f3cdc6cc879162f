/** Work for ssh that waits until the editor has settled: a new version's proxy, and settings that the proxy reads. */
import * as vscode from 'vscode';
import { DisposableStore } from '../vscode/disposables.ts';
import type { Log } from '../vscode/log.ts';
import type { SshUpkeep } from './sshUpkeep.ts';

/** After the start of a window, when nothing of its own waits any more. */
const settledMs = 3_000;
/** In globalState: the version that installed the proxy last. */
export const installedKey = 'proxy.installed';

/** A new version of Berth, and a new place of the editor's Node, both mean that the proxy is installed again. */
export function proxyVersion({ extension }: vscode.ExtensionContext): string {
  const { version } = extension.packageJSON as { version: string };
  return `${version} ${process.execPath}`;
}

export function tendSsh(
  context: vscode.ExtensionContext,
  log: Log,
  upkeep: () => Promise<SshUpkeep>,
): vscode.Disposable {
  const owned = new DisposableStore();
  const tend = (what: string, work: (upkeep: SshUpkeep) => Promise<void>) => {
    upkeep()
      .then(work)
      .catch((error: unknown) => log.write('error', what, error));
  };
  const timer = setTimeout(() => {
    if (context.globalState.get(installedKey) === proxyVersion(context)) return;
    tend('the proxy was not installed', upkeep => upkeep.installProxy());
  }, settledMs);
  owned.add({ dispose: () => clearTimeout(timer) });
  owned.add(
    vscode.workspace.onDidChangeConfiguration(event => {
      if (!event.affectsConfiguration('berth.ssh')) return;
      tend('the settings of the proxy were not written', upkeep => upkeep.writeSettings());
    }),
  );
  return owned;
}
