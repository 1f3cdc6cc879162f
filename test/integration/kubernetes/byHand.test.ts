/** What people do to the objects of workspaces by hand: the right state at once, nothing lost, and a way on. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import type { Cluster } from '../../support/cluster.ts';
import { eventually } from '../../support/command.ts';
import { type EngineBench, failure, never, silent } from '../engineBench.ts';
import { benchIn, leftoversOf, openKubeBench, openNamespace, podsOf } from './kubeBench.ts';
import { shownBy } from './shown.ts';

const small = { cpus: 0.2, cpuAllocation: 'shares' } as const;
/** Within which a list has to show what the server knows. */
const soonMs = 5000;

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
/** The node is small, and others run on it. */
afterEach(() => bench.clear());
after(async () => {
  await bench?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

const kubectl = (...args: string[]) => cluster.kubectl([...args, '-n', namespace]);
const leftovers = (name: WorkspaceName) => leftoversOf(cluster, namespace, name);
const podOf = (name: WorkspaceName) => podsOf(cluster, namespace, name);

describe('what people do to objects by hand', () => {
  it('a Job removed: off, nothing lost, the next start makes it again', async () => {
    const name = await bench.create();
    await bench.engine.exec(name, ['sh', '-c', 'echo kept >/root/file']);
    await kubectl('delete', 'job', `berth-${name}`);
    await bench.untilState(name, 'Off', 60_000);
    assert.equal((await bench.state(name))?.cause, 'removed');
    await bench.engine.start(name, silent, never);
    assert.equal((await bench.engine.exec(name, ['cat', '/root/file'])).stdout, 'kept\n');
  });

  it('a Job suspended: said so, and a start lets it go on', async () => {
    const name = await bench.create();
    await kubectl('patch', 'job', `berth-${name}`, '-p', '{"spec":{"suspend":true}}');
    await bench.untilState(name, 'Error', 60_000);
    const state = await bench.state(name);
    assert.equal(state?.cause, 'paused');
    assert.match(state.reason, /suspended/);
    await bench.engine.start(name, silent, never);
    assert.equal((await bench.state(name))?.kind, 'Running');
  });

  it('a Job whose time limit was set by hand: off at its end, by a limit', async () => {
    const name = await bench.create();
    await kubectl('patch', 'job', `berth-${name}`, '-p', '{"spec":{"activeDeadlineSeconds":1}}');
    await bench.untilState(name, 'Off', 60_000);
    assert.equal((await bench.state(name))?.cause, 'limit');
    await bench.engine.start(name, silent, never);
  });

  it('a pod deleted: comes back with its home, and at once when somebody starts it', async () => {
    const name = await bench.create();
    await bench.engine.exec(name, ['sh', '-c', 'echo kept >/root/file']);
    // So often that the controller lets it wait.
    for (let time = 0; time < 2; time++) {
      const pod = await podOf(name);
      await kubectl('delete', 'pod', pod, '--wait=false');
      await eventually(async () => (await podOf(name)) !== pod, 'the pod goes');
      await bench.engine.start(name, silent, never);
      assert.equal((await bench.engine.exec(name, ['cat', '/root/file'])).stdout, 'kept\n');
    }
  });

  it('a pod deleted with less time than its programs take: comes back by itself with its home', async () => {
    const name = await bench.create();
    const stubborn = "echo kept >/root/file; (trap '' TERM HUP; while :; do sleep 1; done) >/dev/null 2>&1 &";
    await bench.engine.exec(name, ['sh', '-c', stubborn]);
    const pod = await podOf(name);
    await kubectl('delete', 'pod', pod, '--grace-period=1', '--wait=false');
    await eventually(async () => !['', pod].includes(await podOf(name)), 'another pod', 60_000);
    await bench.untilState(name, 'Running', 30_000);
    assert.equal((await bench.engine.exec(name, ['cat', '/root/file'])).stdout, 'kept\n');
  });

  it('a pod deleted whose own first process ends with 0 by that: off, and said why', async () => {
    const name = await bench.create({
      firstProcess: 'image',
      podPatch: JSON.stringify({
        spec: {
          containers: [
            { name: 'workspace', command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'] },
          ],
        },
      }),
    });
    await kubectl('delete', 'pod', await podOf(name), '--wait=false');
    await bench.untilState(name, 'Off', 30_000);
    assert.match((await bench.state(name))?.reason ?? '', /deleted or evicted.*Start it again/);
    await bench.engine.start(name, silent, never);
    assert.equal((await bench.state(name))?.kind, 'Running');
  });

  it('a pod evicted, as a drain does it: comes back by itself with its home', async () => {
    const name = await bench.create();
    await bench.engine.exec(name, ['sh', '-c', 'echo kept >/root/file']);
    const pod = await podOf(name);
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } };
    await cluster.kubectl(
      ['create', '--raw', `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`, '-f', '-'],
      {
        input: JSON.stringify(eviction),
      },
    );
    await eventually(async () => !['', pod].includes(await podOf(name)), 'another pod', 40_000);
    await bench.untilState(name, 'Running', 60_000);
    assert.equal((await bench.engine.exec(name, ['cat', '/root/file'])).stdout, 'kept\n');
  });

  it('a Secret removed: said while the Job ends, the home stays and is used again', async () => {
    const name = await bench.create();
    await bench.engine.exec(name, ['sh', '-c', 'echo kept >/root/file']);
    await using other = await shownBy(await bench.another());
    await kubectl('delete', 'secret', `berth-${name}`);
    await eventually(
      async () => (await leftovers(name)).join() === `persistentvolumeclaim/berth-${name}-home`,
      'Job and pod follow it',
    );
    const seen = other.states(name);
    assert.ok(
      seen.every(state => !/Running|Off/.test(state) || seen.indexOf(state) === 0),
      seen.join(),
    );
    assert.equal(await bench.find(name), undefined);
    await failure(bench.engine.remove(name, { keepHome: false }, silent, never), 'not-found');
    await bench.engine.create(bench.request(name), silent, never);
    assert.equal((await bench.engine.exec(name, ['cat', '/root/file'])).stdout, 'kept\n');
  });

  it('a claim removed under a running workspace: it runs on and says what will be lost; a rebuild makes another', async () => {
    const name = await bench.create();
    await kubectl('delete', 'pvc', `berth-${name}-home`, '--wait=false');
    await eventually(async () => /home/.test((await bench.state(name))?.reason ?? ''), 'it is said');
    const state = await bench.state(name);
    assert.equal(state?.kind, 'Running', 'people can still save what they need');
    await bench.engine.exec(name, ['true']);
    await bench.engine.stop(name, { force: false }, silent, never);
    await bench.untilState(name, 'Error', soonMs);
    assert.equal((await bench.state(name))?.cause, 'home-missing');
    assert.match((await failure(bench.engine.start(name, silent, never))).message, /home is gone.*rebuild/s);
    await bench.engine.rebuild(name, { pull: false }, silent, never);
    await bench.engine.start(name, silent, never);
    assert.equal((await bench.engine.exec(name, ['cat', '/root/.bashrc'])).exitCode, 0, 'filled anew');
  });

  it('a claim removed under a running workspace that is rebuilt at once', async () => {
    const name = await bench.create();
    await kubectl('delete', 'pvc', `berth-${name}-home`, '--wait=false');
    await bench.engine.rebuild(name, { pull: false }, silent, never);
    assert.deepEqual(await bench.state(name), { kind: 'Running', reason: '' });
  });

  const strangers: readonly (readonly [string, (name: string) => object])[] = [
    ['secret', name => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: `berth-${name}` } })],
    [
      'persistentvolumeclaim',
      name => ({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: `berth-${name}-home` },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
      }),
    ],
    [
      'job',
      name => ({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: `berth-${name}` },
        spec: {
          suspend: true,
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'x' }] } },
        },
      }),
    ],
    [
      'service',
      name => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: `berth-${name}` },
        spec: { ports: [{ port: 80 }], selector: { a: 'b' } },
      }),
    ],
  ];
  for (const [kind, manifest] of strangers) {
    it(`a ${kind} of a stranger under our name is refused by name, and never touched`, async () => {
      const name = bench.newName();
      const object = manifest(name) as { metadata: { name: string } };
      const apply = () =>
        cluster.kubectl(['create', '-n', namespace, '-f', '-'], { input: JSON.stringify(object) });
      const uid = async () =>
        (await kubectl('get', kind, object.metadata.name, '-o', 'jsonpath={.metadata.uid}')).stdout;
      await apply();
      try {
        const before = await uid();
        const published = bench.request(name, { service: 'nodePort' });
        const { message, code } = await failure(bench.engine.create(published, silent, never));
        assert.equal(code, 'conflict', message);
        assert.ok(message.includes(`berth-${name}`), message);
        assert.deepEqual(await leftovers(name), []);
        await failure(bench.engine.remove(name, { keepHome: false }, silent, never), 'not-found');
        assert.equal(await uid(), before);
      } finally {
        await kubectl('delete', kind, object.metadata.name);
      }
      if (kind === 'secret' || kind === 'persistentvolumeclaim') return;
      // It came while the workspace was off.
      await bench.engine.create(bench.request(name, {}, false), silent, never);
      await apply();
      try {
        const before = await uid();
        if (kind === 'job') {
          assert.match(
            (await failure(bench.engine.start(name, silent, never), 'conflict')).message,
            /Job berth-/,
          );
          assert.equal((await bench.engine.find(name))?.state.cause, 'foreign');
          await bench.engine.stop(name, { force: true }, silent, never);
        }
        await bench.engine.remove(name, { keepHome: false }, silent, never);
        assert.equal(await uid(), before);
        assert.deepEqual(await leftovers(name), []);
      } finally {
        await kubectl('delete', kind, object.metadata.name);
      }
    });
  }

  it('a namespace that is being deleted, and one that is not there, are said so', async () => {
    const doomed = `${namespace}-${process.pid}`;
    await cluster.kubectl(['create', 'namespace', doomed]);
    // Something that keeps it from being gone before it is asked.
    await cluster.kubectl(['create', 'configmap', 'held', '-n', doomed]);
    const hold = (finalizers: string) =>
      cluster.kubectl([
        ...['patch', 'configmap', 'held', '-n', doomed, '--type=merge'],
        '-p',
        `{"metadata":{"finalizers":${finalizers}}}`,
      ]);
    await hold('["berth.test/held"]');
    const place = await benchIn(cluster, doomed, cluster.kubeconfig, small);
    const nowhere = await openNamespace(cluster.kubeconfig, `${doomed}-not-there`);
    try {
      const name = await place.bench.create({}, false);
      await cluster.kubectl(['delete', 'namespace', doomed, '--wait=false']);
      const request = place.bench.request(place.bench.newName());
      await eventually(async () => {
        const { message } = await failure(place.bench.engine.create(request, silent, never));
        return /the namespace .* is being deleted/.test(message);
      }, 'it is said');
      await eventually(async () => (await place.bench.find(name)) === undefined, 'it is gone from the list');
      const gone = await failure(nowhere.create(request, silent, never), 'not-found');
      assert.match(gone.message, /there is no namespace/);
      await failure(nowhere.start(name, silent, never), 'not-found');
    } finally {
      nowhere[Symbol.dispose]();
      await place.bench[Symbol.asyncDispose]();
      await hold('null');
    }
  });
});
