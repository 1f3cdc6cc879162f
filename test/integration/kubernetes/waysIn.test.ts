/** What is shown before a workspace is made, volumes that are not to be had, and the ways by which a pod is reached. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadAll } from 'js-yaml';
import type { ConnectWay } from '../../../src/engine/host.ts';
import { openEngine } from '../../../src/engine/load.ts';
import { Target } from '../../../src/engine/target.ts';
import type { Cluster } from '../../support/cluster.ts';
import { endpointOf } from '../../support/clusterImage.ts';
import { projectRoot } from '../../support/vsix.ts';
import { type EngineBench, failure, never, silent } from '../engineBench.ts';
import { leftoversOf, openKubeBench } from './kubeBench.ts';

const small = { cpus: 0.2, cpuAllocation: 'shares' } as const;

let cluster: Cluster;
let bench: EngineBench;
let namespace = '';
before(
  async () => {
    ({ cluster, bench } = await openKubeBench('usual', 'user', small));
    namespace = cluster.namespaces.usual;
  },
  { timeout: 3_000_000 },
);
after(async () => {
  await bench?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

describe('the objects of a workspace before it is made', () => {
  it('are what the server would take, and none of them is made', async () => {
    const name = bench.newName();
    const preview = await bench.engine.preview?.(bench.request(name, { service: 'nodePort' }), never);
    assert.equal(preview?.language, 'yaml');
    const objects = loadAll(preview.text) as { readonly kind: string; readonly data?: object }[];
    // Its content is told, not shown.
    const secret = objects.find(({ kind }) => kind === 'Secret');
    assert.ok(secret?.data && 'record.json' in secret.data, preview.text);
    assert.doesNotMatch(preview.text, /PRIVATE KEY|LS0tLS1CRUdJTi/);
    const items = objects.filter(object => object !== secret);
    const { stdout } = await cluster.kubectl(
      ['create', '--dry-run=server', '-n', namespace, '-f', '-', '-o', 'name'],
      { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) },
    );
    for (const object of [
      `persistentvolumeclaim/berth-${name}-home`,
      `job.batch/berth-${name}`,
      `service/berth-${name}`,
    ]) {
      assert.ok(stdout.split('\n').includes(object), stdout);
    }
    assert.deepEqual(await leftoversOf(cluster, namespace, name), []);
  });
});

describe('a volume that no node can mount', () => {
  it('is named in the kubelet’s words once it had its time, and nothing is left', async () => {
    const name = bench.newName();
    const nowhere = { type: 'nfs', server: '127.0.0.1', source: '/nowhere', path: '/mnt/nowhere' } as const;
    const { message } = await failure(
      bench.engine.create(bench.request(name, { mounts: [nowhere] }), silent, never),
    );
    assert.match(message, /did not get ready: a volume cannot be mounted: .*mount-0/s);
    assert.deepEqual(await leftoversOf(cluster, namespace, name), []);
  });
});

describe('the way to a pod', () => {
  it('“auto” is by its address where that answers, else by a forward; “direct” by that alone', async () => {
    const name = await bench.create();
    const { stdout: ip } = await cluster.kubectl([
      ...['get', 'pods', '-n', namespace, '-l', `workspace.berth/name=${name}`],
      ...['-o', 'jsonpath={.items[0].status.podIP}'],
    ]);
    const isNear = await answers(ip);
    assert.equal(await reachedBy('auto', name), isNear ? ip : undefined);
    if (isNear) assert.equal(await reachedBy('direct', name), ip);
    assert.equal(await reachedBy('forward', name), undefined);
  });

  async function reachedBy(way: ConnectWay, name: Parameters<EngineBench['find']>[0]) {
    const target = Target.parse({
      kind: 'kubernetes',
      id: 'test',
      title: 'test cluster',
      origin: 'test',
      endpoint: await endpointOf(cluster.userKubeconfig, namespace),
    });
    const bootScript = await readFile(join(projectRoot, 'src', 'boot', 'boot.sh'), 'utf8');
    using engine = await openEngine(target, { bootScript, log: () => {}, connect: () => way });
    const stream = await engine.dial(name, 22, never);
    try {
      for await (const piece of stream) {
        assert.match(String(piece), /^SSH-2\.0-/);
        break;
      }
    } finally {
      stream.destroy();
    }
    return engine.reached?.(name)?.address;
  }
});

function answers(host: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port: 22, timeout: 2000 });
    const end = (does: boolean) => {
      socket.destroy();
      resolve(does);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}
