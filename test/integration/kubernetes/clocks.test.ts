/** A machine whose clock is not the cluster's. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Cluster, ensureCluster } from '../../support/cluster.ts';
import { imageSettings } from '../../support/clusterImage.ts';
import { run } from '../../support/command.ts';
import { ApiRelay } from '../../support/kubernetes/apiRelay.ts';
import { ensureInstalled } from '../../support/machine.ts';
import { clockEnvironment, underClock } from '../../support/otherClock.ts';
import { assertLifetime } from '../lifetime.ts';

let cluster: Cluster;
let relay: ApiRelay;
before(
  async () => {
    await ensureInstalled(['clocks'], console.log);
    cluster = await ensureCluster(console.log);
    // Without TLS: a certificate of today is not valid yet for who lives yesterday.
    relay = await ApiRelay.start(cluster.userKubeconfig);
  },
  { timeout: 3_000_000 },
);
after(async () => {
  await relay?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

async function livesUnder(offset: string, kubeconfig: string) {
  const namespace = cluster.namespaces.usual;
  const settings = { cpus: 0.2, cpuAllocation: 'shares', ...(await imageSettings(cluster, namespace)) };
  const script = join(import.meta.dirname, 'lifetime.ts');
  const words = [process.execPath, script, kubeconfig, namespace, JSON.stringify(settings)];
  const [program, ...rest] = underClock(offset, words);
  return await run(program, rest, { env: clockEnvironment, timeoutMs: 120_000, mayFail: true });
}

describe('a clock that differs from the cluster’s', () => {
  for (const offset of ['-1d', '+1d']) {
    it(`by ${offset}: a whole life of a workspace, each state and its age as it is`, async () => {
      const { stdout, stderr } = await livesUnder(offset, relay.kubeconfig);
      assert.ok(stdout !== '', stderr);
      assertLifetime(JSON.parse(stdout));
    });
  }

  it('by so much that the cluster’s certificate is not valid yet is said to be the clock', async t => {
    if (cluster.source !== 'own') return t.skip('who knows when its certificate was made');
    const { stderr } = await livesUnder('-3650d', cluster.userKubeconfig);
    assert.match(stderr, /not valid yet\. Is the clock of this machine right\?/);
  });
});
