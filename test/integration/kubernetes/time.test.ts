/** Limits of a workspace's life on a cluster, and the deadline of its Job behind them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { extendTime } from '../../../src/engine/timeKeeper.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { parseTimeLeft } from '../../../src/workspace/timeLeft.ts';
import { eventually } from '../../support/command.ts';
import { never, silent } from '../engineBench.ts';
import { limitTo, timeContract } from '../timeContract.ts';
import { type KubeBench, openKubeBench, podsOf } from './kubeBench.ts';

const hour = 3600;

timeContract('Kubernetes', async () => {
  const { cluster, bench } = await openKubeBench();
  const patch = {
    spec: {
      containers: [{ name: 'workspace', command: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'] }],
    },
  };
  const stubborn = { firstProcess: 'image', podPatch: JSON.stringify(patch) } as const;
  return { bench, stubborn, stop: () => cluster[Symbol.asyncDispose]() };
});

describe('the deadline of a Job', () => {
  let opened: KubeBench;
  before(
    async () => {
      opened = await openKubeBench('restricted');
    },
    { timeout: 3_000_000 },
  );
  after(async () => {
    await opened?.bench[Symbol.asyncDispose]();
    await opened?.cluster[Symbol.asyncDispose]();
  });

  const job = async (name: WorkspaceName, path: string) => {
    const { cluster } = opened;
    const args = [
      'get',
      'job',
      `berth-${name}`,
      '-n',
      cluster.namespaces.restricted,
      '-o',
      `jsonpath={${path}}`,
    ];
    return (await cluster.kubectl(args)).stdout;
  };

  it('stands behind the lifespan, goes on with it, and goes where it is taken away', async () => {
    const { bench } = opened;
    const { engine } = bench;
    const name = await bench.create({ lifespanHours: 8 });
    const deadline = async () => Number(await job(name, '.spec.activeDeadlineSeconds'));
    assert.equal(await deadline(), 32 * hour + 600);
    let stdout = '';
    await eventually(async () => {
      ({ stdout } = await engine.exec(name, ['berth', 'time']));
      return parseTimeLeft(stdout, 0) !== undefined;
    }, 'the watchdog has begun');
    // From inside there is a day; from outside the deadline goes too.
    const inside = await engine.exec(name, ['berth', 'extend', '100h']);
    assert.match(inside.stdout, /It stops in (?:32 h|31 h 59 min): 8 h lifespan/);
    assert.equal(await deadline(), 32 * hour + 600);
    const time = parseTimeLeft((await engine.exec(name, ['berth', 'time'])).stdout, Date.now());
    assert.ok(time);
    assert.equal((await extendTime(engine, { name, time }, 40 * hour, never)).isDone, true);
    assert.ok(Math.abs((await deadline()) - 72 * hour) < 1200, String(await deadline()));
    // A policy's cap counts for it at once, and for every extension after.
    const save = async (change: object, capHours?: number) => {
      const { settings, revision } = await engine.record(name);
      const request = { settings: { ...settings, ...change }, revision, ...(capHours && { capHours }) };
      await engine.edit(name, request, silent, never);
    };
    await save({}, 50);
    assert.equal(await deadline(), 50 * hour + 600);
    await extendTime(engine, { name, time }, 80 * hour, never);
    assert.equal(await deadline(), 50 * hour + 600);
    await save({ lifespanHours: 0 });
    assert.equal(await job(name, '.spec.activeDeadlineSeconds'), '');
  });

  it('goes for all pods of a session, as an extension does: one that was evicted comes back with the time it had', async () => {
    const { bench, cluster } = opened;
    const { engine } = bench;
    const namespace = cluster.namespaces.restricted;
    const name = await bench.create({ lifespanHours: 8 });
    const told = async () => parseTimeLeft((await engine.exec(name, ['berth', 'time'])).stdout, Date.now());
    await eventually(async () => (await told()) !== undefined, 'the watchdog has begun');
    assert.equal((await engine.exec(name, ['berth', 'extend', '2h'])).exitCode, 0);
    const evict = async () => {
      const pod = await podsOf(cluster, namespace, name);
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } };
      const url = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`;
      await cluster.kubectl(['create', '--raw', url, '-f', '-'], { input: JSON.stringify(eviction) });
      await eventually(
        async () => !['', pod].includes(await podsOf(cluster, namespace, name)),
        'another pod',
        60_000,
      );
    };
    await evict();
    await bench.untilState(name, 'Running', 60_000);
    let time = await told();
    await eventually(async () => {
      time = await told();
      return time !== undefined;
    }, 'its watchdog has begun');
    assert.match(time?.what ?? '', /^8 h lifespan, extended by (?:2 h|1 h 59 min)$/);
    assert.ok(Math.abs((time?.endsAt ?? 0) - Date.now() - 10 * hour * 1000) < 600_000, String(time?.endsAt));
    // As of one that was killed in its stop: what comes back of it does not stay.
    await engine.exec(name, ['sh', '-c', 'sed -i "s/ *$/ limit #lifespan 7200 28800/" ~/.berth/session']);
    await evict();
    await bench.untilState(name, 'Off', 60_000);
    assert.equal((await bench.state(name))?.reason, 'stopped at its 8 h lifespan, extended by 2 h');
    await engine.start(name, silent, never);
    assert.equal((await bench.state(name))?.kind, 'Running', 'it is another session');
  });

  it('is not needed where the watchdog ends it, for which the Job is complete', async () => {
    const { bench } = opened;
    const name = await bench.create({ idleMinutes: 30 });
    assert.equal(await job(name, '.spec.activeDeadlineSeconds'), '');
    await limitTo(bench, name, { berth_idle: 3, berth_warning: 1 });
    await bench.untilState(name, 'Off', 60_000);
    assert.equal((await bench.state(name))?.reason, 'idle for 3 s');
    await eventually(
      async () => (await job(name, '.status.succeeded')) === '1',
      'the Job is complete: nothing brings it back',
    );
  });
});
