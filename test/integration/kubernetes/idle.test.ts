/** What a window costs the API server while nothing happens. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ensureCluster } from '../../support/cluster.ts';
import { ApiRelay } from '../../support/kubernetes/apiRelay.ts';
import { idleRequests } from '../../support/kubernetes/idleRequests.ts';
import { benchIn, openNamespace } from './kubeBench.ts';

it('an idle window asks an API server less than once a minute', { timeout: 300_000 }, async () => {
  await using cluster = await ensureCluster(console.log);
  await using relay = await ApiRelay.start(cluster.userKubeconfig);
  // A namespace that no other test works in at the same time: their changes are no idleness.
  const namespace = `${cluster.namespaces.usual}-idle-${process.pid}`;
  await cluster.kubectl(['create', 'namespace', namespace]);
  try {
    await cluster.bindRole(namespace);
    const { bench } = await benchIn(cluster, namespace, relay.kubeconfig, {
      cpus: 0.2,
      cpuAllocation: 'shares',
    });
    try {
      await bench.create();
      await bench.create({}, false);
      const { asked, perMinute } = await idleRequests(relay, () =>
        openNamespace(relay.kubeconfig, namespace),
      );
      assert.ok(perMinute < 1, asked.map(({ method, path }) => `${method} ${path}`).join('\n'));
    } finally {
      await bench[Symbol.asyncDispose]();
    }
  } finally {
    await cluster.kubectl(['delete', 'namespace', namespace, '--wait=false']);
  }
});
