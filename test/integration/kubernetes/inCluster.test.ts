/** As a program in a pod: by its service account, with the Role and the RoleBinding that Berth offers to copy for it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KubeApi } from '../../../src/engine/kubernetes/api.ts';
import { openCluster } from '../../../src/engine/kubernetes/kubeconfig.ts';
import { inClusterContext } from '../../../src/engine/kubernetes/kubeconfigFiles.ts';
import { Objects } from '../../../src/engine/kubernetes/objects.ts';
import { probe } from '../../../src/engine/kubernetes/probe.ts';
import { roleYaml } from '../../../src/engine/kubernetes/role.ts';
import { type Cluster, ensureCluster } from '../../support/cluster.ts';
import { eventually } from '../../support/command.ts';

const account = 'berth-in-cluster';

describe('a service account', () => {
  let cluster: Cluster;
  let folder = '';
  let api: KubeApi;
  let namespace = '';
  const environment = { ...process.env };
  before(
    async () => {
      cluster = await ensureCluster(console.log);
      // A namespace of its own, in which it may do nothing yet.
      namespace = `${cluster.namespaces.usual}-sa-${process.pid}`;
      await cluster.kubectl(['create', 'namespace', namespace]);
      await cluster.kubectl(['create', 'serviceaccount', account, '-n', namespace]);
      const view = ['config', 'view', '--raw', '--flatten', '--minify', '-o'];
      const part = async (path: string) =>
        (await cluster.kubectl([...view, `jsonpath={.clusters[0].cluster.${path}}`])).stdout;
      const { hostname, port } = new URL(await part('server'));
      folder = await mkdtemp(join(tmpdir(), 'berth-test-account-'));
      const { stdout: token } = await cluster.kubectl(['create', 'token', account, '-n', namespace]);
      const files = {
        token,
        namespace,
        'ca.crt': Buffer.from(await part('certificate-authority-data'), 'base64'),
      };
      for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
      process.env.KUBERNETES_SERVICE_HOST = hostname;
      process.env.KUBERNETES_SERVICE_PORT = port;
      // Nobody's kubeconfig is to have a part in it.
      process.env.KUBECONFIG = join(folder, 'none');
      api = new KubeApi(await openCluster({ context: inClusterContext, account: folder }));
    },
    { timeout: 3_000_000 },
  );
  after(async () => {
    process.env = environment;
    api?.[Symbol.dispose]();
    if (namespace !== '') await cluster.kubectl(['delete', 'namespace', namespace, '--wait=false']);
    if (folder !== '') await rm(folder, { recursive: true });
    await cluster?.[Symbol.asyncDispose]();
  });

  const look = () =>
    probe({ api, namespace, isUnverified: false, signal: AbortSignal.timeout(30_000), timeoutMs: 30_000 });

  it('logs in by its token, with the namespace of its pod, and may do all once its Role and RoleBinding are applied', async () => {
    assert.equal(api.cluster.namespace, namespace);
    const { identity, missingRights = [] } = await look();
    assert.equal(identity, `system:serviceaccount:${namespace}:${account}`);
    assert.ok(missingRights.includes('create jobs'), missingRights.join());
    const input = roleYaml(namespace, identity);
    await cluster.kubectl(['apply', '-f', '-'], { input });
    await eventually(async () => (await look()).missingRights?.length === 0, 'it may do all');
    assert.deepEqual(await new Objects(api, namespace).list('job', {}), []);
  });
});
