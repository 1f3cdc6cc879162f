/** The logins that `docker login` and `podman login` left on this machine. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import { askHelper } from './credentialHelper.ts';
import type { CredentialSource, RegistryCredentials } from './credentials.ts';
import { type LoginDocument, loginFor } from './loginDocument.ts';
import { readLoginDocuments } from './loginFiles.ts';

export interface LoginSourceOptions {
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default: the home that passwd names. */
  readonly home?: string;
  /** How long a `docker-credential-*` program may take, in ms. Default: 20 s, as a person may have to unlock a store. */
  readonly helperTimeoutMs?: number;
}

/** Read anew each time, so that a new login counts at once; kept nowhere. */
export class CommandLogins implements CredentialSource {
  readonly #options: LoginSourceOptions;

  constructor(options: LoginSourceOptions = {}) {
    this.#options = options;
  }

  async credentials(registry: string, repository?: string): Promise<RegistryCredentials | undefined> {
    let problem: unknown;
    for (const { document, error } of await readLoginDocuments(this.#options)) {
      try {
        const found = document && (await this.#fromDocument(document, registry, repository));
        if (found) return found;
        problem ??= error;
      } catch (failure) {
        // Another file may have the login.
        problem ??= failure;
      }
    }
    if (problem !== undefined) throw problem;
    return undefined;
  }

  async #fromDocument(
    document: LoginDocument,
    registry: string,
    repository: string | undefined,
  ): Promise<RegistryCredentials | undefined> {
    const login = loginFor(document, registry, repository);
    switch (login.kind) {
      case 'none':
        return undefined;
      case 'inline':
        return login.credentials;
      case 'unreadable':
        throw new BerthError(
          l10n.t(
            'Cannot read the login for {0} in {1}: it is not of the form user:password. Log in to {0} anew.',
            registry,
            document.name,
          ),
          { code: 'invalid' },
        );
      case 'helper':
        return await askHelper(login.helper, login.server, {
          registry,
          env: this.#options.env ?? process.env,
          timeoutMs: this.#options.helperTimeoutMs ?? 20_000,
        });
    }
  }
}
