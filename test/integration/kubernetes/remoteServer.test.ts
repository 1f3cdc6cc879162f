import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { Berth } from '../../support/berth.ts';
import { ensureCluster } from '../../support/cluster.ts';
import { endpointOf, imageSettings } from '../../support/clusterImage.ts';
import { assertServes } from '../vscodeServer.ts';

it('a VS Code server is copied into a pod, started and asked for its version through the generated config', async () => {
  await using cluster = await ensureCluster(console.log);
  const namespace = cluster.namespaces.usual;
  const name = `t-e2e-${randomBytes(3).toString('hex')}-server`;
  const folder = await mkdtemp(join(tmpdir(), 'berth-server-'));
  await using berth = await Berth.openCluster(
    folder,
    await endpointOf(cluster.userKubeconfig, namespace),
    'test',
  );
  try {
    const image = await imageSettings(cluster, namespace);
    await berth.create(name, { ...image, memoryMiB: 2048, cpus: 0.5, cpuAllocation: 'shares', diskGiB: 2 });
    await assertServes(berth, name);
  } finally {
    await berth.remove(name).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }
});
