/** Policies in front of Kubernetes, and the one that stands in a namespace, read with the least rights. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { neededRights, roleYaml } from '../../../src/engine/kubernetes/role.ts';
import { guarded } from '../../../src/policy/guarded.ts';
import { Policies } from '../../../src/policy/policies.ts';
import { PolicyStore } from '../../../src/policy/policyStore.ts';
import { type Cluster, ensureCluster } from '../../support/cluster.ts';
import { endpointOf, imageSettings } from '../../support/clusterImage.ts';
import { eventually } from '../../support/command.ts';
import { failure, never, silent } from '../engineBench.ts';
import { policyContract } from '../policyContract.ts';
import { Room } from '../ssh/room.ts';
import { benchIn, openKubeBench } from './kubeBench.ts';

policyContract('Kubernetes', async () => {
  const { bench, cluster } = await openKubeBench('usual', 'user', { cpus: 0.2, cpuAllocation: 'shares' });
  return { bench, stop: () => cluster[Symbol.asyncDispose]() };
});

async function takePolicy(cluster: Cluster, namespace: string): Promise<void> {
  await cluster.kubectl(['delete', 'configmap', 'berth-policy', '-n', namespace, '--ignore-not-found']);
}

async function putPolicy(cluster: Cluster, namespace: string, data: Record<string, string>): Promise<void> {
  await takePolicy(cluster, namespace);
  const literals = Object.entries(data).map(([key, value]) => `--from-literal=${key}=${value}`);
  await cluster.kubectl(['create', 'configmap', 'berth-policy', '-n', namespace, ...literals]);
}

describe('the policy of a namespace', () => {
  it('is read with the least rights, counts, and closes the namespace once it cannot be', async () => {
    await using cluster = await ensureCluster(console.log);
    const namespace = cluster.namespaces.baseline;
    const folder = await mkdtemp(join(tmpdir(), 'berth-policy-'));
    const { bench } = await benchIn(cluster, namespace, cluster.userKubeconfig, { cpus: 0.2 });
    const { engine } = bench;
    const store = new PolicyStore(folder);
    const policies = new Policies({ places: () => [], own: () => [], store });
    guarded(engine, policies);
    const asked = { id: engine.target.id, source: engine.policy };
    const put = (data: Record<string, string>) => putPolicy(cluster, namespace, data);
    const [whole = ''] = roleYaml(namespace).split('---\n');
    /** Without a right to ConfigMaps. */
    const less = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'berth-less' },
      rules: neededRights
        .filter(({ resource }) => resource !== 'configmaps')
        .map(({ group, resource, verbs }) => ({ apiGroups: [group], resources: [resource], verbs })),
    };
    try {
      await cluster.bindRole(namespace, less);
      await eventually(
        async () => (await policies.look(asked)).readings[0]?.kind === 'broken',
        'it may not be read',
      );
      assert.equal((await policies.look(asked)).refusal, undefined, 'and nobody misses what was never seen');

      await cluster.bindRole(namespace, whole);
      await eventually(
        async () => (await policies.look(asked)).readings[0]?.kind === 'none',
        'there is none, which may be known now',
      );
      await put({
        'policy.json': '{"name": "Team", "settings": {"cpus": {"max": 0.1}}}',
        note: 'of the team',
      });
      const request = bench.request(bench.newName());
      const error = await failure(engine.create(request, silent, never), 'invalid');
      assert.match(error.message, /CPUs: At most 0\.1: set by Team/);

      await put({ 'policy.json': '{"name": "Team", "settings": {"cpus": {"most": 1}}}' });
      assert.match((await policies.look(asked)).refusal?.message ?? '', /settings\.cpus\.most/);
      await put({ one: '{}', two: '{}' });
      assert.match((await policies.look(asked)).refusal?.message ?? '', /no key policy\.json/);
      await cluster.bindRole(namespace, less);
      await eventually(
        async () => /configmaps/.test((await policies.look(asked)).refusal?.message ?? ''),
        'the right is missed now',
      );
      await cluster.bindRole(namespace, whole);
      await put({ 'whatever.json': '{"name": "Team"}' });
      await eventually(async () => !(await policies.look(asked)).refusal, 'it can be read again');
    } finally {
      await takePolicy(cluster, namespace);
      await cluster.bindRole(namespace);
      await bench[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    }
  });

  it('holds for a start by ssh with no editor open, and not for joining what runs', async () => {
    await using cluster = await ensureCluster(console.log);
    const namespace = cluster.namespaces.baseline;
    const hold = (text: string) => putPolicy(cluster, namespace, { 'policy.json': text });
    const [whole = ''] = roleYaml(namespace).split('---\n');
    await cluster.bindRole(namespace, whole);
    await using room = await Room.open({
      endpoint: await endpointOf(cluster.userKubeconfig, namespace),
      settings: {
        cpus: 0.2,
        diskGiB: 1,
        cpuAllocation: 'shares',
        ...(await imageSettings(cluster, namespace)),
      },
    });
    try {
      const name = await room.create('kept', { start: false });
      const ssh = () => room.ssh(name, 'true', { timeoutMs: 120_000 });
      await hold('{"name": "Team", "settings": {"cpus": {"max": 0.1}}}');
      const refused = await ssh();
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /^berth: Cannot start “[^”]+”\. CPUs: At most 0\.1: set by Team\./);

      await hold('{"name": "Team", "sessionHours": 6}');
      const started = await ssh();
      assert.equal(started.code, 0, started.stderr);
      assert.equal((await room.engine.record(name)).capHours, 6);

      await hold('{');
      assert.equal((await ssh()).code, 0);
      await room.stop(name);
      await room.home.markWanted(room.alias(name));
      assert.match((await ssh()).stderr, /^berth: The policy .* cannot be read now: it is not JSON/);
    } finally {
      await takePolicy(cluster, namespace);
      await cluster.bindRole(namespace);
    }
  });
});
