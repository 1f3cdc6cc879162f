/** Work for ssh that waits until the editor has settled: a new version's proxy, and settings that the proxy reads. */
import * as vscode from 'vscode';
import { DisposableStore } from '../vscode/disposables.ts';
import type { Log } from '../vscode/log.ts';
import { installedKey, proxyVersion } from './proxyVersion.ts';
import type { SshUpkeep } from './sshUpkeep.ts';

/** After the start of a window, when nothing of its own waits any more. */
const settledMs = 3_000;

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
      if (!['berth.ssh', 'berth.kubernetes'].some(section => event.affectsConfiguration(section))) return;
      tend('the settings of the proxy were not written', upkeep => upkeep.writeSettings());
      if (event.affectsConfiguration('berth.ssh.identity'))
        tend('the ssh configs were not written with the chosen key', upkeep => upkeep.identityChanged());
    }),
  );
  return owned;
}
