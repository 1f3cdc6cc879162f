/** How this machine gets to registries: who it is there, and by which way. */
import { CommandLogins } from './commandLogins.ts';
import type { CredentialSource } from './credentials.ts';
import type { NetworkOptions } from './registryHttp.ts';

export interface RegistryAccess {
  readonly credentials: CredentialSource;
  /** Of one registry, as settings have it now: proxies, and whether it was added as plain HTTP. */
  network(registry: string): NetworkOptions;
}

/** Where no editor says otherwise: the logins of docker and podman, and the proxies of the environment. */
export function plainAccess(): RegistryAccess {
  return { credentials: new CommandLogins(), network: () => ({}) };
}
