/** What a cluster has to choose from in the form, and what may not be listed. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Cluster, ensureCluster, storageClasses } from '../../support/cluster.ts';
import type { EngineBench } from '../engineBench.ts';
import { benchIn } from './kubeBench.ts';

let cluster: Cluster;
let admin: EngineBench;
let user: EngineBench;
before(
  async () => {
    cluster = await ensureCluster(console.log);
    const { usual } = cluster.namespaces;
    admin = (await benchIn(cluster, usual, cluster.kubeconfig)).bench;
    user = (await benchIn(cluster, usual, cluster.userKubeconfig)).bench;
  },
  { timeout: 3_000_000 },
);
after(async () => {
  await user?.[Symbol.asyncDispose]();
  await admin?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

describe('a cluster', () => {
  it('offers its own lists to whoever may see them', async t => {
    if (cluster.source !== 'own') return t.skip('what there is, is made with the cluster');
    const names = async (kind: Parameters<NonNullable<typeof admin.engine.offers>['list']>[0]) =>
      (await admin.engine.offers?.list(kind))?.map(({ name }) => name) ?? [];
    for (const [kind, expected] of [
      ['storageClass', storageClasses.fixed],
      ['priorityClass', 'system-node-critical'],
      ['serviceAccount', 'default'],
      ['configMap', 'kube-root-ca.crt'],
      ['gpuResource', 'nvidia.com/gpu'],
      ['nodeLabel', 'kubernetes.io/os=linux'],
      ['namespace', cluster.namespaces.usual],
    ] as const)
      assert.ok((await names(kind)).includes(expected), `${kind}: ${await names(kind)}`);
    assert.deepEqual(await names('runtimeClass'), []);
  });

  it('says of its storage classes which is the usual one, which can grow, and where a size is advisory', async t => {
    if (cluster.source !== 'own') return t.skip('what there is, is made with the cluster');
    const classes = (await admin.engine.offers?.list('storageClass')) ?? [];
    assert.equal(classes.filter(({ isDefault }) => isDefault).length, 1);
    assert.match(classes.find(({ isDefault }) => isDefault)?.note ?? '', /can grow/);
    const noteOf = (wanted: string) => classes.find(({ name }) => name === wanted)?.note ?? '';
    assert.doesNotMatch(noteOf(storageClasses.fixed), /can grow/);
    assert.match(noteOf(storageClasses.local), /advisory/);
  });

  it('leaves to typing what a person may not list', async () => {
    for (const kind of [
      'storageClass',
      'priorityClass',
      'runtimeClass',
      'nodeLabel',
      'gpuResource',
      'namespace',
    ] as const)
      assert.equal(await user.engine.offers?.list(kind), undefined, kind);
    assert.notEqual(await user.engine.offers?.list('secret'), undefined);
  });
});
