/** Workspaces on the cluster that tests stand on, as its ordinary user. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/load.ts';
import { Target } from '../../../src/engine/target.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import type { SettingsInput } from '../../../src/workspace/settings.ts';
import { type Cluster, ensureCluster } from '../../support/cluster.ts';
import { endpointOf, imageSettings } from '../../support/clusterImage.ts';
import { projectRoot } from '../../support/vsix.ts';
import { EngineBench } from '../engineBench.ts';

export interface KubeBench {
  readonly cluster: Cluster;
  readonly bench: EngineBench;
  leftovers(name: WorkspaceName): Promise<readonly string[]>;
}

/** `as`: whose kubeconfig; the administrator may see nodes, the ordinary user may not. `more`: see benchIn. */
export async function openKubeBench(
  namespace: keyof Cluster['namespaces'] = 'usual',
  as: 'user' | 'admin' = 'user',
  more: Partial<SettingsInput> = {},
): Promise<KubeBench> {
  const cluster = await ensureCluster(console.log);
  const kubeconfig = as === 'user' ? cluster.userKubeconfig : cluster.kubeconfig;
  return await benchIn(cluster, cluster.namespaces[namespace], kubeconfig, more);
}

/** `kubeconfig`: of whoever works there, by whatever way. `more`: settings of every workspace. */
export async function benchIn(
  cluster: Cluster,
  name: string,
  kubeconfig: string,
  more: Partial<SettingsInput> = {},
): Promise<KubeBench> {
  const defaults = { ...(await imageSettings(cluster, name)), ...more };
  const bench = await EngineBench.with(() => openNamespace(kubeconfig, name), defaults);
  return { cluster, bench, leftovers: workspace => leftoversOf(cluster, name, workspace) };
}

export async function openNamespace(kubeconfig: string, namespace: string): Promise<Engine> {
  const bootScript = await readFile(join(projectRoot, 'src', 'boot', 'boot.sh'), 'utf8');
  const endpoint = await endpointOf(kubeconfig, namespace);
  const target = Target.parse({
    kind: 'kubernetes',
    id: 'test',
    title: 'test cluster',
    origin: 'test',
    endpoint,
  });
  return await openEngine(target, { bootScript, log: () => {} });
}

/** Whatever the namespace still has of a workspace, as `kind/name`. */
export async function leftoversOf(
  cluster: Cluster,
  namespace: string,
  name: WorkspaceName,
): Promise<readonly string[]> {
  const kinds = 'secrets,persistentvolumeclaims,jobs,pods,services';
  const selector = `workspace.berth/name=${name}`;
  const { stdout } = await cluster.kubectl(['get', kinds, '-n', namespace, '-l', selector, '-o', 'name']);
  return stdout.split('\n').filter(line => line !== '');
}

/** The names of a workspace's pods, with a space between them. */
export async function podsOf(cluster: Cluster, namespace: string, name: WorkspaceName): Promise<string> {
  const selector = `workspace.berth/name=${name}`;
  const names = 'jsonpath={.items[*].metadata.name}';
  const { stdout } = await cluster.kubectl(['get', 'pods', '-n', namespace, '-l', selector, '-o', names]);
  return stdout;
}
