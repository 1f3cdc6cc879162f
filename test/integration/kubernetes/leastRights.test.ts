/** The contract with the very Role that Berth offers to copy, and what is said where one right of it is missing. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { neededRights, roleYaml } from '../../../src/engine/kubernetes/role.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { type Cluster, ensureCluster } from '../../support/cluster.ts';
import { eventually } from '../../support/command.ts';
import type { KubernetesObject } from '../../support/kubernetes/objects.ts';
import { failure, never, silent } from '../engineBench.ts';
import { engineContract } from '../engineContract.ts';
import { benchIn, leftoversOf } from './kubeBench.ts';

const small = { cpus: 0.2, cpuAllocation: 'shares' } as const;

engineContract('Kubernetes with the least rights', async () => {
  const cluster = await ensureCluster(console.log);
  const namespace = cluster.namespaces.baseline;
  const [role = ''] = roleYaml(namespace).split('---\n');
  await cluster.bindRole(namespace, role);
  const { bench, leftovers } = await benchIn(cluster, namespace, cluster.userKubeconfig, small);
  return {
    bench,
    leftovers,
    stop: async () => {
      await cluster.bindRole(namespace);
      await cluster[Symbol.asyncDispose]();
    },
    traits: { tellsCapacity: false, limitsLive: false },
  };
});

describe('one right less', () => {
  let cluster: Cluster;
  let namespace = '';
  before(async () => {
    cluster = await ensureCluster(console.log);
    namespace = cluster.namespaces.baseline;
  });
  after(async () => {
    await cluster?.bindRole(namespace);
    await cluster?.[Symbol.asyncDispose]();
  });

  /** Each needed for a creation, so that it has to fail before anything is made. */
  const taken: readonly (readonly [string, string, string])[] = neededRights
    .filter(({ optional }) => !optional)
    .flatMap(({ resource, verbs }) => verbs.map(verb => [resource, verb, `${verb} ${resource}`] as const));
  it('is named by the look at the target, and by a creation before anything is made', async () => {
    const names: WorkspaceName[] = [];
    for (const [resource, verb, right] of taken) {
      await cluster.bindRole(namespace, roleWithout(resource, verb));
      const { bench } = await benchIn(cluster, namespace, cluster.userKubeconfig, small);
      const name = bench.newName();
      names.push(name);
      try {
        // The server learns of another binding a moment later.
        await eventually(async () => {
          const { missingRights } = await bench.engine.probe().catch(() => bench.engine.probe());
          return missingRights?.join() === right;
        }, `${right} is missing`);
        const { message } = await failure(bench.engine.create(bench.request(name), silent, never));
        assert.ok(message.includes(right), `${right}: ${message}`);
      } finally {
        bench.engine[Symbol.dispose]();
      }
    }
    for (const name of names) assert.deepEqual(await leftoversOf(cluster, namespace, name), []);
  });
});

describe('a right that is granted', () => {
  it('is missing no longer, in a window that looks on', { timeout: 60_000 }, async () => {
    await using cluster = await ensureCluster(console.log);
    const namespace = cluster.namespaces.baseline;
    const { bench } = await benchIn(cluster, namespace, cluster.userKubeconfig, small);
    const missing = async () => (await bench.engine.probe()).missingRights?.join();
    try {
      await cluster.bindRole(namespace, roleWithout('pods/exec', 'create'));
      using _look = bench.engine.watch(() => {});
      await eventually(async () => (await missing()) === 'create pods/exec', 'it is missing');
      await cluster.bindRole(namespace);
      await eventually(async () => (await missing()) === '', 'it is granted');
    } finally {
      await cluster.bindRole(namespace);
      await bench[Symbol.asyncDispose]();
    }
  });
});

describe('without the right to run programs in pods', () => {
  it('what a workspace uses comes from the cluster’s metrics', { timeout: 180_000 }, async () => {
    await using cluster = await ensureCluster(console.log);
    const namespace = cluster.namespaces.baseline;
    const { bench } = await benchIn(cluster, namespace, cluster.userKubeconfig, small);
    const name = await bench.create();
    try {
      await cluster.bindRole(namespace, roleWithout('pods/exec'));
      await eventually(async () => {
        const { code } = await bench.engine.exec(name, ['true']).then(
          () => ({ code: undefined }),
          error => error,
        );
        return code !== undefined;
      }, 'nothing may be run any more');
      const signal = AbortSignal.timeout(120_000);
      for await (const stats of bench.engine.stats(name, signal)) {
        assert.ok(stats.memoryBytes > 100_000, `${stats.memoryBytes}`);
        assert.equal(stats.memoryLimitBytes, 128 * 1024 ** 2);
        assert.equal(stats.receivedBytes, undefined);
        return;
      }
      assert.fail('no sample in time');
    } finally {
      await cluster.bindRole(namespace);
      await bench[Symbol.asyncDispose]();
    }
  });
});

/** Without `verb`: without any of it. */
function roleWithout(resource: string, verb?: string): KubernetesObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'berth-less' },
    rules: neededRights
      .map(right => ({
        apiGroups: [right.group],
        resources: [right.resource],
        verbs: right.verbs.filter(
          one => right.resource !== resource || (verb !== undefined && one !== verb) || right.optional,
        ),
      }))
      .filter(({ verbs }) => verbs.length > 0),
  };
}
