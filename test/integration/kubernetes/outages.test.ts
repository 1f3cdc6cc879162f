/** An API server that goes and comes back, and a node that is lost: on a cluster whose parts can be stopped. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Engine, Progress } from '../../../src/engine/engine.ts';
import { FleetMember } from '../../../src/engine/fleetMember.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import type { Cluster } from '../../support/cluster.ts';
import { eventually } from '../../support/command.ts';
import { type EngineBench, failure, never, silent } from '../engineBench.ts';
import { leftoversOf, openKubeBench, openNamespace } from './kubeBench.ts';

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

/** Short: after a long one the cluster's own programs wait up to a minute before they ask again. */
async function goAway(): Promise<void> {
  await cluster.stopApiServer();
  try {
    await setTimeout(5000);
  } finally {
    await cluster.startApiServer();
  }
}

describe('an API server that goes away', () => {
  it('is shown as down at once, and as up by itself when it is back', async t => {
    if (cluster.source !== 'own') return t.skip('it is not ours to stop');
    const name = await bench.create({}, false);
    const engine = await openNamespace(cluster.userKubeconfig, namespace);
    using member = new FleetMember(
      engine.target,
      async () => engine,
      () => {},
    );
    member.setWatched(true);
    const stateOf = () => member.snapshot().workspaces.find(workspace => workspace.name === name)?.state.kind;
    await eventually(() => stateOf() === 'Off', 'it is listed');
    await cluster.stopApiServer();
    try {
      await eventually(() => member.snapshot().health === 'down', 'it is down', 60_000);
      assert.equal(stateOf(), 'Unknown');
      assert.match(member.snapshot().problem?.message ?? '', /Is the cluster running/);
    } finally {
      await cluster.startApiServer();
    }
    // The longest pause between two tries, and a little.
    await eventually(() => member.snapshot().health === 'up', 'it is up again', 45_000);
    assert.equal(stateOf(), 'Off');
  });

  const calls: Readonly<
    Record<string, (engine: Engine, name: WorkspaceName, report: (p: Progress) => void) => Promise<void>>
  > = {
    start: (engine, name, report) => engine.start(name, report, never),
    stop: (engine, name, report) => engine.stop(name, { force: false }, report, never),
    creation: (engine, name, report) => engine.create(bench.request(name), report, never),
  };
  for (const [what, call] of Object.entries(calls)) {
    it(`in the middle of a ${what}: one clear error or its end, and nothing half done`, async t => {
      if (cluster.source !== 'own') return t.skip('it is not ours to stop');
      const name = bench.newName();
      if (what !== 'creation')
        await bench.engine.create(bench.request(name, {}, what === 'stop'), silent, never);
      let outage: Promise<void> | undefined;
      const report = (progress: Progress) => {
        if (progress.kind === 'step' && /start|stop/.test(progress.step)) outage ??= goAway();
      };
      try {
        await call(bench.engine, name, report).catch((error: unknown) =>
          assert.ok(isBerthError(error), String(error)),
        );
      } finally {
        await outage;
      }
      assert.ok(outage, 'the server went away');
      if (what === 'creation') {
        // The cluster's own controllers take their time to notice that their server is back.
        await eventually(
          async () => {
            await bench.engine.list().catch(() => undefined);
            const left = await leftoversOf(cluster, namespace, name);
            return left.length === 0 || (await bench.state(name))?.kind === 'Running';
          },
          'it is taken back, or whole',
          90_000,
        );
        return;
      }
      await bench.engine.start(name, silent, never);
      assert.equal((await bench.state(name))?.kind, 'Running');
      await bench.engine.stop(name, { force: true }, silent, never);
      assert.equal((await bench.state(name))?.kind, 'Off');
    });
  }
});

describe('a node that is lost', () => {
  it('is named by the state, by a start and by a stop; a forced stop works, and all recovers', async t => {
    if (cluster.source !== 'own') return t.skip('it is not ours to stop');
    const [first, second] = [await bench.create(), await bench.create()];
    await bench.engine.exec(first, ['sh', '-c', 'echo kept >/root/file']);
    const both = `workspace.berth/name in (${first},${second})`;
    const ready = ['wait', 'pods', '--for=condition=Ready', '-l', both];
    await cluster.kubectl([...ready, '-n', namespace, '--timeout=50s']);
    await cluster.stopKubelet();
    try {
      for (const call of [() => bench.engine.exec(first, ['true']), () => bench.engine.dial(first, 22)]) {
        const error = await failure(call(), 'unreachable');
        assert.match(error.message, /node/);
      }
      for (const name of [first, second]) await bench.untilState(name, 'Unknown', 100_000);
      assert.match((await bench.state(first))?.reason ?? '', /its node \S+ does not answer/);
      for (const call of [
        () => bench.engine.start(first, silent, never),
        () => bench.engine.stop(second, { force: false }, silent, never),
      ]) {
        const { message } = await failure(call());
        assert.match(message, /node \S+ does not answer.*Force it off/s);
      }
      await bench.engine.stop(second, { force: true }, silent, never);
      assert.equal((await bench.state(second))?.kind, 'Off');
    } finally {
      await cluster.startKubelet();
    }
    await eventually(
      async () =>
        bench.engine.start(first, silent, never).then(
          () => true,
          () => false,
        ),
      'the first starts again',
      60_000,
    );
    assert.equal((await bench.engine.exec(first, ['cat', '/root/file'])).stdout, 'kept\n');
  });
});
