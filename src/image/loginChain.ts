/** Several places that logins are kept in, asked one after the other. */
import type { CredentialSource, RegistryCredentials } from './credentials.ts';

export class LoginChain implements CredentialSource {
  readonly #sources: readonly CredentialSource[];

  /** The first that has a login counts. */
  constructor(...sources: readonly CredentialSource[]) {
    this.#sources = sources;
  }

  /** Throws why a place could not be read only where none of the others has a login. */
  async credentials(registry: string, repository?: string): Promise<RegistryCredentials | undefined> {
    let problem: { readonly error: unknown } | undefined;
    for (const source of this.#sources) {
      try {
        const found = await source.credentials(registry, repository);
        if (found) return found;
      } catch (error) {
        problem ??= { error };
      }
    }
    if (problem) throw problem.error;
    return undefined;
  }
}
