/** Kubeconfigs of one cluster, one user and one namespace, as files. JSON, which every reader of YAML reads. */
import { writeFile } from 'node:fs/promises';

export interface KubeconfigParts {
  /** Name of its only context. */
  readonly name: string;
  readonly server: string;
  /** PEM. */
  readonly ca?: string;
  readonly token: string;
  readonly namespace?: string;
}

export async function writeKubeconfig(path: string, parts: KubeconfigParts): Promise<void> {
  const { name, server, ca, token, namespace } = parts;
  const cluster = {
    server,
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, ...(namespace ? { namespace } : {}) } }],
    'current-context': name,
  };
  await writeFile(path, JSON.stringify(config, null, 2), { mode: 0o600 });
}
