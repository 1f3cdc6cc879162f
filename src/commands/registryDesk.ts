/** Everything about registries that commands, views and engines share: the list, the logins, the way there. */
import type * as vscode from 'vscode';
import { CommandLogins } from '../image/commandLogins.ts';
import { LoginChain } from '../image/loginChain.ts';
import { Registries } from '../image/registries.ts';
import type { RegistryAccess } from '../image/registryAccess.ts';
import { TypedLogins } from '../image/typedLogins.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import { proxySettings, RegistrySettings } from '../vscode/registrySettings.ts';

export class RegistryDesk implements vscode.Disposable {
  readonly #owned = new DisposableStore();
  readonly settings = this.#owned.add(new RegistrySettings());
  /** What `docker login` and `podman login` left. */
  readonly commandLogins = new CommandLogins();
  readonly typedLogins: TypedLogins;
  /** For engines, too. */
  readonly access: RegistryAccess;
  readonly registries: Registries;

  constructor(secrets: vscode.SecretStorage) {
    this.typedLogins = new TypedLogins(secrets);
    this.access = {
      credentials: new LoginChain(this.commandLogins, this.typedLogins),
      network: host => ({
        ...proxySettings(),
        plainHttp: this.settings.list().entries.find(entry => entry.host === host)?.http ?? false,
      }),
    };
    this.registries = this.#owned.add(
      new Registries({ list: () => this.settings.list().entries, access: this.access }),
    );
    this.#owned.add(this.settings.onDidChange(() => this.registries.reconnect()));
    // Another window may have logged in or out.
    this.#owned.add(
      secrets.onDidChange(({ key }) => {
        const host = TypedLogins.registryOf(key);
        if (host !== undefined) this.registries.forget(host);
      }),
    );
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
