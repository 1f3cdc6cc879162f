/** What of the editor's settings registries depend on: the list of them, and the way through proxies. */
import * as vscode from 'vscode';
import * as z from 'zod';
import type { ProxySettings } from '../image/proxy.ts';
import { parseRegistries, type RegistryList } from '../image/registryList.ts';
import { configuration } from './configuration.ts';
import { DisposableStore } from './disposables.ts';

/** Parsed once for each change. */
export class RegistrySettings implements vscode.Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<void>());
  /** The list or the way there is another one now. */
  readonly onDidChange = this.#changed.event;
  #list: RegistryList | undefined;

  constructor() {
    this.#owned.add(
      vscode.workspace.onDidChangeConfiguration(event => {
        if (!event.affectsConfiguration('berth.registries') && !event.affectsConfiguration('http')) return;
        this.#list = undefined;
        this.#changed.fire();
      }),
    );
  }

  list(): RegistryList {
    this.#list ??= parseRegistries(configuration.registries());
    return this.#list;
  }

  /** Writes what `change` makes of the setting as it was written. */
  async write(change: (setting: unknown) => unknown[]): Promise<void> {
    await vscode.workspace
      .getConfiguration('berth')
      .update('registries', change(configuration.registries()), vscode.ConfigurationTarget.Global);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** `http.*`: it counts before the environment, as for the editor itself. */
export function proxySettings(): ProxySettings {
  // Switched off: neither the setting nor the environment leads anywhere.
  if (read('proxySupport') === 'off') return { env: {} };
  const text = z.string().trim().catch('');
  const [proxy, proxyAuthorization] = [text.parse(read('proxy')), text.parse(read('proxyAuthorization'))];
  const noProxy = z.array(z.string()).catch([]).parse(read('noProxy'));
  return {
    ...(proxy && { proxy }),
    ...(proxyAuthorization && { proxyAuthorization }),
    ...(noProxy.length > 0 && { noProxy }),
    strictProxy: read('proxyStrictSSL') !== false,
  };
}

/** The person's value alone: a repository's settings have no say in where logins are sent. */
function read(key: string): unknown {
  const found = vscode.workspace.getConfiguration('http').inspect(key);
  return found?.globalValue ?? found?.defaultValue;
}
