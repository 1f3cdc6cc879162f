/** Somebody with rights in a few namespaces and nowhere else, as most people on a cluster are. */
import { join } from 'node:path';
import { eventually } from '../command.ts';
import type { ClusterRecord } from './clusterFolder.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { Kubectl } from './kubectl.ts';
import { userName } from './objects.ts';

/** Returns when the user may do its work: the controllers take a moment to put `edit` together. */
export async function addOrdinaryUser(folder: string, record: ClusterRecord): Promise<void> {
  const admin = new Kubectl(record.kubectl, record.kubeconfig, folder);
  const { usual } = record.namespaces;
  const { stdout: token } = await admin.run(['create', 'token', userName, '-n', usual, '--duration=8760h']);
  const view = ['config', 'view', '--raw', '--flatten', '--minify', '-o'];
  const authority = 'jsonpath={.clusters[0].cluster.certificate-authority-data}';
  const { stdout: ca } = await admin.run([...view, authority]);
  await writeKubeconfig(userKubeconfigOf(folder), {
    name: userName,
    server: record.server,
    ...(ca === '' ? {} : { ca: Buffer.from(ca, 'base64').toString() }),
    token: token.trim(),
    namespace: usual,
  });
  const user = new Kubectl(record.kubectl, userKubeconfigOf(folder), folder);
  await eventually(
    async () => (await user.run(['auth', 'can-i', 'create', 'jobs.batch'], { mayFail: true })).code === 0,
    'the rights of the ordinary user',
    30_000,
  );
  // Pods are refused until their namespace has it.
  for (const namespace of Object.values(record.namespaces))
    await admin.run(['wait', '--for=create', 'serviceaccount/default', '-n', namespace, '--timeout=30s']);
}

export function userKubeconfigOf(folder: string): string {
  return join(folder, 'user.kubeconfig');
}
