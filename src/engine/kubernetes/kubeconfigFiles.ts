/** Where kubeconfigs are and what stands in them, all together; and the service account of a pod that we may run in. */
import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import { type Kubeconfig, mergeKubeconfigs, parseKubeconfig } from './kubeconfigText.ts';

/** The context of a pod's own service account (Kubernetes, 'Accessing the API from a Pod'). */
export const inClusterContext = 'in-cluster';

/** All that is named as one; throws BerthError for a file that cannot be read. `account`: a pod's own, where it lies. */
export async function loadFiles(path: string | undefined, account = serviceAccount): Promise<Kubeconfig> {
  const parts: Kubeconfig[] = [];
  for (const file of candidates(path)) {
    const text = await readFile(file, 'utf8').catch(cause => {
      if (cause.code === 'ENOENT' && path === undefined) return undefined;
      throw unreadable(file, cause);
    });
    if (text === undefined) continue;
    try {
      parts.push(parseKubeconfig(text, file));
    } catch (cause) {
      throw unreadable(file, cause);
    }
  }
  if (path === undefined) parts.push(await inCluster(account));
  return mergeKubeconfigs(parts);
}

function unreadable(file: string, cause: unknown): BerthError {
  // The parser's own words quote the file, and with it whatever secret stands there.
  const reason = cause instanceof Error && 'reason' in cause ? String(cause.reason) : '';
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why =
    code === 'ENOENT'
      ? l10n.t('there is no such file.')
      : code === ''
        ? l10n.t('it is not YAML ({0})', reason)
        : code;
  return new BerthError(l10n.t('Cannot read the kubeconfig {0}: {1}', file, why), {
    code: code === 'ENOENT' ? 'not-found' : 'invalid',
  });
}

/** As kubectl: `path` alone, else KUBECONFIG's, else `~/.kube/config`. */
function candidates(path: string | undefined): string[] {
  const home = userInfo().homedir;
  if (path !== undefined) return [path.startsWith('~/') ? join(home, path.slice(2)) : resolve(path)];
  const named = (process.env.KUBECONFIG ?? '').split(delimiter).filter(name => name !== '');
  return named.length > 0 ? [...new Set(named.map(name => resolve(name)))] : [join(home, '.kube', 'config')];
}

/** Changes when one of the files does, or comes or goes. */
export async function stampOf(path: string | undefined): Promise<string> {
  const stamps = await Promise.all(
    candidates(path).map(file =>
      stat(file).then(
        ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
        () => '',
      ),
    ),
  );
  return stamps.join('\n');
}

/** Where the kubelet mounts it. */
export const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

async function inCluster(folder: string): Promise<Kubeconfig> {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = process.env;
  const namespace = await readFile(join(folder, 'namespace'), 'utf8').catch(() => undefined);
  if (host === '' || namespace === undefined) return mergeKubeconfigs([]);
  const name = inClusterContext;
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const cluster = { server, 'certificate-authority': join(folder, 'ca.crt') };
  const user = { tokenFile: join(folder, 'token') };
  const context = { cluster: name, user: name, namespace: namespace.trim() };
  const config = {
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context }],
  };
  return parseKubeconfig(JSON.stringify(config), folder);
}
