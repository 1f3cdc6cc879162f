/** Asks the registry of an image what it is, with the logins of this machine and with those that the pod will have. */
import type { CredentialSource, RegistryCredentials } from '../../image/credentials.ts';
import { LoginChain } from '../../image/loginChain.ts';
import { loginFor } from '../../image/loginDocument.ts';
import { parseLogin } from '../../image/loginFiles.ts';
import { parseReference } from '../../image/reference.ts';
import type { RegistryAccess } from '../../image/registryAccess.ts';
import { RegistryClient } from '../../image/registryClient.ts';
import { resolveImage } from '../../image/resolveImage.ts';
import type { AskRegistry } from './imageFinder.ts';
import type { Objects } from './objects.ts';
import { isKubeStatus } from './status.ts';

/** A registry that only the cluster reaches shall not hold up a creation. */
const askMs = 15_000;

export function registryAsker(objects: Objects, platform: () => string, access: RegistryAccess): AskRegistry {
  return async (text, { pullSecrets, signal }) => {
    const reference = parseReference(text);
    const { registry } = reference;
    const credentials = new LoginChain(new PodLogins(objects, pullSecrets), access.credentials);
    using client = new RegistryClient(registry, { ...access.network(registry), credentials });
    const until = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
    const { digest, config } = await resolveImage(client, reference, platform(), until);
    const { user, entrypoint, command } = config;
    return { reference: text, digest, command: { user, entrypoint: [...entrypoint], command: [...command] } };
  };
}

/** What the pod will log in with. */
class PodLogins implements CredentialSource {
  readonly #objects: Objects;
  readonly #names: readonly string[];

  constructor(objects: Objects, names: readonly string[]) {
    this.#objects = objects;
    this.#names = names;
  }

  async credentials(registry: string, repository?: string): Promise<RegistryCredentials | undefined> {
    for (const name of this.#names) {
      // A role may leave reading out: the pod gets it all the same.
      const secret = await this.#objects.get('secret', name).catch(error => {
        if (isKubeStatus(error, 'Forbidden')) return undefined;
        throw error;
      });
      const text = secret?.data['.dockerconfigjson'];
      if (text === undefined) continue;
      const { document } = parseLogin(Buffer.from(text, 'base64').toString(), name, 'docker');
      const login = document && loginFor(document, registry, repository);
      if (login?.kind === 'inline') return login.credentials;
    }
    return undefined;
  }
}
