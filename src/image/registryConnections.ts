/** One client for each registry, and one for its own API, opened at the first use and kept. */
import { basicHeader } from './loginFormats.ts';
import type { ApiAccess } from './ownApiPages.ts';
import type { OwnApi } from './ownApis.ts';
import type { RegistryAccess } from './registryAccess.ts';
import { RegistryClient } from './registryClient.ts';
import { RegistryHttp } from './registryHttp.ts';

export class RegistryConnections implements Disposable {
  readonly #access: RegistryAccess;
  readonly #clients = new Map<string, RegistryClient>();
  readonly #apis = new Map<string, RegistryHttp>();

  constructor(access: RegistryAccess) {
    this.#access = access;
  }

  client(host: string): RegistryClient {
    const known = this.#clients.get(host);
    if (known) return known;
    const { credentials } = this.#access;
    const made = new RegistryClient(host, { ...this.#access.network(host), credentials });
    this.#clients.set(host, made);
    return made;
  }

  /** How to ask the API of a registry as the rules of its kind say. */
  async api(host: string, { as }: OwnApi, base: string | undefined): Promise<ApiAccess> {
    const network = this.#access.network(host);
    const origin = new URL(base ?? `${network.plainHttp ? 'http' : 'https'}://${host}`).origin;
    const known = this.#apis.get(host);
    const http = known ?? new RegistryHttp(base === undefined ? host : new URL(base).host, network);
    this.#apis.set(host, http);
    const login = as === 'user' ? await this.#access.credentials.credentials(host) : undefined;
    return { http, origin, authorization: login && 'password' in login ? basicHeader(login) : undefined };
  }

  /** The next use begins anew: with the logins, settings and certificates that there are then. */
  forget(host: string): void {
    this.#clients.get(host)?.[Symbol.dispose]();
    this.#clients.delete(host);
    this.#apis.get(host)?.[Symbol.dispose]();
    this.#apis.delete(host);
  }

  /** Also of registries that are in no list any more: one that was removed is not asked over plain HTTP as it was. */
  forgetAll(): void {
    for (const host of [...this.#clients.keys(), ...this.#apis.keys()]) this.forget(host);
  }

  [Symbol.dispose](): void {
    this.forgetAll();
  }
}
