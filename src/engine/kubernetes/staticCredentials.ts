/** Who a kubeconfig says we are, where it says so itself: tokens, certificates, passwords. Loads no library but YAML. */
import { readFileSync } from 'node:fs';
import type { Access, Headers, Tls } from './access.ts';
import {
  type ClusterEntry,
  type Impersonation,
  mergeKubeconfigs,
  parseKubeconfig,
  type UserEntry,
} from './kubeconfigText.ts';
import { proxyFor } from './proxyRules.ts';

/**
 * The access that a context of these kubeconfigs gives, taken together as kubectl does, or undefined where there is more
 * to it than reading files: a plugin to run, a token to renew, no such context, a broken file.
 */
export function plainCredentials(
  files: readonly { readonly file: string; readonly text: string }[],
  context: string,
): Access | undefined {
  try {
    const config = mergeKubeconfigs(files.map(({ file, text }) => parseKubeconfig(text, file)));
    const entry = config.contexts.get(context);
    const cluster = entry && config.clusters.get(entry.cluster);
    const user = entry && config.users.get(entry.user);
    if (!cluster || !user || user.exec || user.authProvider) return undefined;
    return staticAccess(cluster, user);
  } catch {
    return undefined;
  }
}

/** Reads the files that are named, hence throws what reading throws. */
export function staticAccess(cluster: ClusterEntry, user: UserEntry | undefined): Access {
  return {
    server: cluster.server,
    proxy: cluster.proxy ?? proxyFor(cluster.server, process.env),
    tls: { ...tlsOf(cluster), ...certificateOf(user) },
    headers: user ? { ...authorization(user), ...impersonation(user.impersonate) } : {},
  };
}

function tlsOf({ caFile, caData, serverName, skipVerify }: ClusterEntry): Tls {
  const ca = pem(caData, caFile);
  return {
    ...(ca !== undefined && { ca }),
    ...(serverName !== undefined && { serverName }),
    verify: !skipVerify,
  };
}

function certificateOf(user: UserEntry | undefined): Pick<Tls, 'cert' | 'key'> {
  const cert = user && pem(user.certData, user.certFile);
  const key = user && pem(user.keyData, user.keyFile);
  return cert !== undefined && key !== undefined ? { cert, key } : {};
}

/** A token's file is read each time: whoever renews it writes it anew (service accounts do). */
function authorization({ token, tokenFile, username, password }: UserEntry): Headers {
  const bearer = tokenFile === undefined ? token : readFileSync(tokenFile, 'utf8').trim();
  if (bearer !== undefined) return { authorization: `Bearer ${bearer}` };
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
}

/** Kubernetes, 'User impersonation'. */
function impersonation({ user, uid, groups, extra }: Impersonation): Headers {
  return {
    ...(user !== undefined && { 'impersonate-user': user }),
    ...(uid !== undefined && { 'impersonate-uid': uid }),
    ...(groups.length > 0 && { 'impersonate-group': groups }),
    ...Object.fromEntries(
      [...extra].map(([key, values]) => [`impersonate-extra-${encodeURIComponent(key)}`, values]),
    ),
  };
}

/** What stands in the kubeconfig itself comes before what it points to, as with kubectl. */
function pem(data: string | undefined, file: string | undefined): string | undefined {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return file === undefined ? undefined : readFileSync(file, 'utf8');
}
