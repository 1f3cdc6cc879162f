/** What a workspace needs to run on the cluster that tests stand on: its image, and the login to that one's registry. */
import { readFile } from 'node:fs/promises';
import { KubernetesEndpoint } from '../../src/engine/target.ts';
import type { SettingsInput } from '../../src/workspace/settings.ts';
import type { Cluster } from './cluster.ts';

/** The Secret of each namespace with which pods log in to the private registry. */
const pullSecret = 'berth-test-pull';

/** The image that every namespace can run, with the login that it needs, which is put into the namespace. */
export async function imageSettings(
  cluster: Cluster,
  namespace: string,
): Promise<Pick<SettingsInput, 'image' | 'imagePullSecrets'>> {
  const { image, registry } = cluster;
  if (!registry) return { image };
  const login = [
    ...['create', 'secret', 'docker-registry', pullSecret, '-n', namespace],
    ...[`--docker-server=${registry.host}`, `--docker-username=${registry.user}`],
    ...[`--docker-password=${registry.password}`, '--dry-run=client', '-o', 'yaml'],
  ];
  const { stdout } = await cluster.kubectl(login);
  await cluster.kubectl(['apply', '-f', '-'], { input: stdout });
  return { image, imagePullSecrets: [pullSecret] };
}

/** The kubeconfig's current context, in one namespace. */
export async function endpointOf(kubeconfig: string, namespace: string): Promise<KubernetesEndpoint> {
  const context = /current-context['"]?:\s*['"]?([^'"\s,]+)/.exec(await readFile(kubeconfig, 'utf8'))?.[1];
  return KubernetesEndpoint.parse({ type: 'kubernetes', kubeconfig, context, namespace });
}
