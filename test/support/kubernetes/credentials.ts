/** Who may speak to whom in a cluster: certificates and tokens, made anew for each. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.ts';

/** Names within the folder `pki`. */
const leaves = {
  apiserver: { subject: '/CN=kube-apiserver', use: 'serverAuth' },
  /** How the apiserver shows itself to the kubelet. */
  kubeletClient: { subject: '/O=system:masters/CN=kube-apiserver-kubelet-client', use: 'clientAuth' },
  /** How it shows itself to the metrics server. */
  proxyClient: { subject: '/CN=aggregator', use: 'clientAuth' },
} as const;

/** Fills `pki/` of the cluster's folder, and returns the token of the administrator. */
export async function makeCredentials(folder: string, addresses: readonly string[]): Promise<string> {
  const pki = join(folder, 'pki');
  await mkdir(pki, { recursive: true, mode: 0o700 });
  const openssl = (...args: string[]) => run('openssl', args, { cwd: pki });
  const key = (name: string) => openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', name);
  await Promise.all([
    key('ca.key').then(() =>
      openssl(
        'req',
        '-x509',
        '-new',
        '-key',
        'ca.key',
        '-days',
        '3650',
        '-subj',
        '/CN=berth-test',
        '-out',
        'ca.crt',
      ),
    ),
    key('serviceAccounts.key'),
    ...Object.keys(leaves).map(name => key(`${name}.key`)),
  ]);
  await openssl('ec', '-in', 'serviceAccounts.key', '-pubout', '-out', 'serviceAccounts.pub');
  const names = [...addresses.map(address => `IP:${address}`), 'DNS:localhost', 'DNS:kubernetes.default.svc'];
  for (const [name, { subject, use }] of Object.entries(leaves)) {
    const extensions = [`extendedKeyUsage=${use}`, `subjectAltName=${names.join(',')}`];
    await writeFile(join(pki, `${name}.ext`), extensions.join('\n'));
    await openssl('req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
    const issuer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
    const files = ['-in', `${name}.csr`, '-extfile', `${name}.ext`, '-out', `${name}.crt`];
    await openssl('x509', '-req', ...issuer, ...files, '-days', '3650');
  }
  const token = randomBytes(24).toString('hex');
  await writeFile(join(pki, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  return token;
}
