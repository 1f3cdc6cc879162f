/** Logins that were typed in the editor, in its store of secrets: one key a registry, and nowhere else. */
import * as z from 'zod';
import type { CredentialSource } from './credentials.ts';

/** The part of VS Code's SecretStorage that is needed. */
export interface SecretStore {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

const Login = z.object({ username: z.string().min(1), password: z.string().min(1) });
export type TypedLogin = Readonly<z.infer<typeof Login>>;

export class TypedLogins implements CredentialSource {
  readonly #secrets: SecretStore;

  constructor(secrets: SecretStore) {
    this.#secrets = secrets;
  }

  /** The registry whose login is kept under a key; undefined for keys of others. */
  static registryOf(key: string): string | undefined {
    return key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
  }

  async credentials(registry: string): Promise<TypedLogin | undefined> {
    const text = await this.#secrets.get(keyOf(registry));
    if (text === undefined) return undefined;
    try {
      return Login.safeParse(JSON.parse(text)).data;
    } catch {
      // Whatever was put there, it is no login of ours.
      return undefined;
    }
  }

  async keep(registry: string, login: TypedLogin): Promise<void> {
    await this.#secrets.store(keyOf(registry), JSON.stringify(login));
  }

  async remove(registry: string): Promise<void> {
    await this.#secrets.delete(keyOf(registry));
  }
}

const prefix = 'berth.registry.';

function keyOf(registry: string): string {
  return prefix + registry;
}
