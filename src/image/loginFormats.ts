/** A login written down as those read it who are shown it: a registry, a container engine, Kubernetes. Pure. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import type { RegistryCredentials } from './credentials.ts';
import { dockerHubKey } from './loginDocument.ts';
import { defaultRegistry } from './reference.ts';

/** The value of `Authorization` (RFC 7617). */
export function basicHeader({
  username,
  password,
}: {
  readonly username: string;
  readonly password: string;
}) {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The value of the header `X-Registry-Auth` (Docker Engine API, Authentication: base64url, padded). */
export function registryAuthHeader(registry: string, credentials: RegistryCredentials): string {
  const auth = JSON.stringify({ ...credentials, serveraddress: loginKey(registry) });
  return Buffer.from(auth).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** The value of the header `X-Registry-Config` (Docker Engine API, image build): a login for each registry. */
export function registryConfigHeader(
  logins: readonly { readonly registry: string; readonly credentials: RegistryCredentials }[],
): string {
  const config = logins.map(({ registry, credentials }) => [loginKey(registry), credentials] as const);
  return Buffer.from(JSON.stringify(Object.fromEntries(config)))
    .toString('base64')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

/**
 * The content of a Secret of type `kubernetes.io/dockerconfigjson`, before base64. Throws 'unsupported' for a login that
 * a kubelet has no use for: it knows user and password only.
 */
export function dockerConfigJson(
  logins: readonly { readonly registry: string; readonly credentials: RegistryCredentials }[],
): string {
  const auths = logins.map(({ registry, credentials }) => {
    const { username, password } = passwordLogin(registry, credentials);
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    return [loginKey(registry), { username, password, auth }] as const;
  });
  return JSON.stringify({ auths: Object.fromEntries(auths) });
}

/** Azure's registry takes an identity token as the password of this user. */
const azureUser = '00000000-0000-0000-0000-000000000000';

/** The login as a user and a password; throws 'unsupported' for one that cannot be put so. */
export function passwordLogin(
  registry: string,
  credentials: RegistryCredentials,
): { readonly username: string; readonly password: string } {
  if ('password' in credentials) return credentials;
  if ('identitytoken' in credentials && /\.azurecr\.[a-z.]+$/.test(registry)) {
    return { username: azureUser, password: credentials.identitytoken };
  }
  throw new BerthError(
    l10n.t(
      'Cannot hand the login for {0} to Kubernetes: it is a token, and Kubernetes takes a user and a password only. Log in with an access token as the password.',
      registry,
    ),
    { code: 'unsupported' },
  );
}

function loginKey(registry: string): string {
  return registry === defaultRegistry ? dockerHubKey : registry;
}
