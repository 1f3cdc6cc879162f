/** What goes wrong between Berth and an API server: each a clear error or a finished call, nothing left behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../../src/engine/engine.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { type Cluster, ensureCluster } from '../../support/cluster.ts';
import { imageSettings } from '../../support/clusterImage.ts';
import { eventually } from '../../support/command.ts';
import {
  ApiRelay,
  type Asked,
  about,
  next,
  statusBody,
  type Treatment,
} from '../../support/kubernetes/apiRelay.ts';
import { abortAt, type EngineBench, failure, never, silent } from '../engineBench.ts';
import { benchIn, leftoversOf, podsOf } from './kubeBench.ts';
import { shownBy } from './shown.ts';

const small = { cpus: 0.2, cpuAllocation: 'shares' } as const;

let cluster: Cluster;
let relay: ApiRelay;
/** Reaches the server as it is. */
let bench: EngineBench;
/** Reaches it through the relay. */
let far: EngineBench;
let namespace = '';
before(
  async () => {
    cluster = await ensureCluster(console.log);
    namespace = cluster.namespaces.usual;
    relay = await ApiRelay.start(cluster.userKubeconfig);
    bench = (await benchIn(cluster, namespace, cluster.userKubeconfig, small)).bench;
    far = (await benchIn(cluster, namespace, relay.kubeconfig, small)).bench;
    await far.engine.probe();
  },
  { timeout: 3_000_000 },
);
/** The node is small, and others run on it. */
afterEach(() => Promise.all([bench.clear(), far.clear()]));
after(async () => {
  await far?.[Symbol.asyncDispose]();
  await bench?.[Symbol.asyncDispose]();
  await relay?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

const leftovers = (name: WorkspaceName) => leftoversOf(cluster, namespace, name);
const podOf = (name: WorkspaceName) => podsOf(cluster, namespace, name);

describe('a server that does not answer as it should', () => {
  it('before a call: unreachable, each of them, in time', async () => {
    const name = await bench.create();
    await relay.cut();
    try {
      const signal = AbortSignal.timeout(5000);
      const engine = far.engine;
      const calls: Record<string, () => Promise<unknown>> = {
        probe: () => engine.probe(),
        list: () => engine.list(),
        find: () => engine.find(name),
        create: () => engine.create(far.request(far.newName()), silent, signal),
        start: () => engine.start(name, silent, signal),
        stop: () => engine.stop(name, { force: false }, silent, signal),
        remove: () => engine.remove(name, { keepHome: false }, silent, signal),
        rebuild: () => engine.rebuild(name, { pull: false }, silent, signal),
        edit: () => engine.edit(name, { settings: far.settings(), revision: 1 }, silent, signal),
        record: () => engine.record(name),
        exec: () => engine.exec(name, ['true']),
        dial: () => engine.dial(name, 22),
        inspect: () => engine.inspect(name),
        log: () => collect(engine.log(name, { follow: true }, signal)),
        stats: () => collect(engine.stats(name, signal)),
      };
      for (const [what, call] of Object.entries(calls)) {
        const error = await failure(call());
        assert.equal(error.code, 'unreachable', `${what}: ${error.code}, ${error.message}`);
        assert.match(error.message, /Is the cluster running/, what);
      }
    } finally {
      await relay.restore();
    }
    await far.untilState(name, 'Running');
  });

  it('that hangs: a look at its health is bounded', async () => {
    using _slow = relay.treat(() => ({ do: 'delay', ms: 20_000 }));
    const engine = await far.another();
    const startedAt = Date.now();
    assert.match((await failure(engine.probe(), 'unreachable')).message, /does not answer in time/);
    assert.ok(Date.now() - startedAt < 15_000);
    relay.drop();
  });

  it('that is slow: a creation takes longer and succeeds', async () => {
    using _slow = relay.treat(() => ({ do: 'delay', ms: 150 }));
    const name = await far.create();
    assert.equal((await far.state(name))?.kind, 'Running');
    await far.engine.stop(name, { force: true }, silent, never);
  });

  it('that asks to come again later (429, Retry-After): a creation, a start and a stop wait and succeed', async () => {
    const later: Treatment = {
      do: 'answer',
      status: 429,
      headers: { 'retry-after': '1' },
      body: statusBody(429, 'TooManyRequests', 'too many requests, please try again later'),
    };
    using _first = relay.treat(next(about('secrets', 'POST'), later, 2));
    using _second = relay.treat(next(about('jobs', 'POST'), later));
    using _third = relay.treat(next(about('jobs', 'DELETE'), later));
    using _fourth = relay.treat(next(about('pods', 'GET'), later));
    const name = await far.create();
    await far.engine.stop(name, { force: true }, silent, never);
    assert.equal((await bench.state(name))?.kind, 'Off');
  });

  it('that never lets us in again (429): given up in words', async () => {
    using _rule = relay.treat(() => ({
      do: 'answer',
      status: 429,
      headers: { 'retry-after': '1' },
      body: statusBody(429, 'TooManyRequests', 'too many requests, please try again later'),
    }));
    const { message, code } = await failure(far.engine.list());
    assert.equal(code, 'unreachable', message);
    assert.match(message, /too busy|too many requests/i);
  });

  it('that refuses our login in the middle (401): one error that says so, nothing left, and it recovers by itself', async () => {
    const refused: Treatment = {
      do: 'answer',
      status: 401,
      body: statusBody(401, 'Unauthorized', 'Unauthorized'),
    };
    const name = far.newName();
    {
      using _rule = relay.treat(next(about('jobs', 'POST'), refused));
      const { message } = await failure(far.engine.create(far.request(name), silent, never));
      assert.match(message, /login|credentials|log in/i);
    }
    assert.deepEqual(await leftovers(name), []);
    await far.engine.create(far.request(name, {}, false), silent, never);
  });

  const places: readonly (readonly [string, string, string])[] = [
    ['the record', 'secrets', 'POST'],
    ['the home', 'persistentvolumeclaims', 'POST'],
    ['the record’s completion', 'secrets', 'PATCH'],
    ['the Job', 'jobs', 'POST'],
  ];
  for (const [what, plural, method] of places) {
    for (const how of ['cut', 'loseAnswer'] as const) {
      it(`a creation whose connection breaks at ${what} (${how}) leaves nothing`, async () => {
        const name = far.newName();
        const isReal = about(plural, method);
        let isReached = false;
        const isIt = (asked: Asked) => {
          const itIs = isReal(asked) && !asked.path.includes('dryRun');
          isReached ||= itIs;
          return itIs;
        };
        using _rule = relay.treat(next(isIt, { do: how }));
        await failure(far.engine.create(far.request(name), silent, never), 'unreachable');
        assert.ok(isReached, 'it came as far as that');
        assert.deepEqual(await leftovers(name), []);
      });
    }
  }

  it('a server that goes away during a creation: what was left is taken back once it answers again', async () => {
    const name = far.newName();
    let cut: Promise<void> | undefined;
    const report = (progress: Progress) => {
      if (progress.kind === 'step' && progress.step === 'start') cut ??= relay.cut();
    };
    await failure(far.engine.create(far.request(name), report, never), 'unreachable');
    await cut;
    await relay.restore();
    await eventually(async () => {
      await far.engine.list().catch(() => undefined);
      return (await leftovers(name)).length === 0;
    }, 'nothing is left');
  });

  it('a server that goes away when a start is cancelled: still cancelled, and what runs is ended once it answers again', async () => {
    const name = await far.create({}, false);
    const controller = new AbortController();
    // The Job is there, and its start noted.
    using _rule = relay.treat(asked => {
      if (!asked.path.includes('/events')) return undefined;
      controller.abort();
      void relay.cut();
      return { do: 'cut' };
    });
    const error = await failure(far.engine.start(name, silent, controller.signal), 'cancelled');
    await relay.restore();
    assert.match(error.message, /cancelled.*tried again/s);
    assert.notDeepEqual(await podOf(name), '', 'it runs on');
    await eventually(async () => {
      await far.engine.list().catch(() => undefined);
      return (await bench.state(name))?.kind === 'Off';
    }, 'it is ended');
    assert.match((await bench.state(name))?.reason ?? '', /start was cancelled/);
  });

  it('a start and a stop whose connection breaks can be done again', async () => {
    const name = await far.create({}, false);
    for (const how of ['cut', 'loseAnswer'] as const) {
      {
        using _rule = relay.treat(next(about('jobs', 'POST'), { do: how }));
        await failure(far.engine.start(name, silent, never), 'unreachable');
      }
      await far.engine.start(name, silent, never);
      await bench.untilState(name, 'Running');
      {
        // A deletion may be repeated: where the connection was an old one, nobody hears of it.
        using _rule = relay.treat(next(about('jobs', 'DELETE'), { do: how }));
        const stopped = far.engine.stop(name, { force: false }, silent, never);
        await stopped.catch((error: unknown) => assert.ok(isBerthError(error, 'unreachable'), String(error)));
      }
      await far.engine.stop(name, { force: false }, silent, never);
      assert.equal((await bench.state(name))?.cause, 'person');
    }
  });

  it('an answer that breaks off in the middle is an error in words', async () => {
    using _rule = relay.treat(next(about('secrets', 'GET'), { do: 'breakOff', bytes: 30 }, 9));
    assert.match((await failure(far.engine.list(), 'unreachable')).message, /broke off/);
  });

  it('a log that breaks off says so', async () => {
    const name = await bench.create();
    const log = collect(far.engine.log(name, { follow: true }, AbortSignal.timeout(10_000))).then(
      () => 'ended',
      (error: unknown) => (isBerthError(error) ? error.code : 'other'),
    );
    await sleep(1000);
    relay.drop();
    assert.equal(await log, 'unreachable');
  });
});

describe('a watch', () => {
  it('tells when the server goes and when it is back, and misses nothing in between', async () => {
    await using window = await shownBy(await far.another());
    await eventually(() => window.isUp(), 'the first list');
    await relay.cut();
    await eventually(() => !window.isUp(), 'it is told');
    const name = await bench.create({}, false);
    await relay.restore();
    await eventually(() => window.isUp() && window.states(name).length > 0, 'it is back', 40_000);
    assert.equal(window.states(name).at(-1), 'Off');
  });

  it('goes on where its connection is cut, and misses nothing', async () => {
    await using window = await shownBy(await far.another());
    await eventually(() => window.isUp(), 'the first list');
    relay.drop();
    const name = await bench.create({}, false);
    await eventually(() => window.states(name).at(-1) === 'Off', 'it is seen', 60_000);
    await bench.engine.remove(name, { keepHome: false }, silent, never);
    await eventually(() => window.states(name).at(-1) === '', 'its end is seen', 60_000);
  });

  for (const [how, treatment] of [
    ['a status', { do: 'answer', status: 410, body: statusBody(410, 'Expired', 'too old resource version') }],
    [
      'an event',
      {
        do: 'answer',
        status: 200,
        body: `${JSON.stringify({ type: 'ERROR', object: statusBody(410, 'Expired', 'too old resource version') })}\n`,
      },
    ],
  ] as const satisfies readonly (readonly [string, Treatment])[]) {
    it(`that is too far behind (410 as ${how}) lists anew in silence`, async () => {
      let failures = 0;
      using _rule = relay.treat(next(asked => asked.path.includes('watch=true'), treatment, 4));
      await using window = await shownBy(await far.another(), () => void failures++);
      const name = await bench.create({}, false);
      await eventually(() => window.states(name).at(-1) === 'Off', 'it is seen', 60_000);
      assert.equal(failures, 0);
    });
  }
});

describe('a creating process that is killed', () => {
  for (const [stage, plural, method, isListed] of [
    ['before the record', 'secrets', 'POST', false],
    ['before the home', 'persistentvolumeclaims', 'POST', true],
    ['before the record is whole', 'secrets', 'PATCH', true],
    ['before its Job', 'jobs', 'POST', true],
    ['while it boots', 'pods', 'GET log', true],
  ] as const) {
    it(`${stage}: is shown as interrupted or off, is finished by a start, and deleted leaves nothing`, async () => {
      for (const end of plural === 'persistentvolumeclaims'
        ? (['start', 'delete'] as const)
        : (['start'] as const)) {
        const name = bench.newName();
        await killedAt(name, plural, method);
        const state = await bench.state(name);
        assert.equal(state !== undefined, isListed, JSON.stringify(state));
        if (state === undefined) {
          assert.deepEqual(await leftovers(name), []);
          return;
        }
        if (stage === 'before the home' || stage === 'before the record is whole') {
          assert.equal(state.cause, 'interrupted');
          assert.equal((await bench.find(name))?.createdBy, 'gone@example.org');
        }
        if (end === 'start') {
          await bench.engine.start(name, silent, never);
          assert.equal((await bench.state(name))?.kind, 'Running');
          assert.equal((await bench.engine.record(name)).createdBy, 'gone@example.org');
        }
        await bench.engine.remove(name, { keepHome: false }, silent, never);
        assert.deepEqual(await leftovers(name), []);
      }
    });
  }
});

describe('several at once', () => {
  it('a name whose home was just deleted can be had again at once, with an empty home', async () => {
    const name = await bench.create();
    await bench.engine.exec(name, ['sh', '-c', 'echo old >/root/file']);
    await bench.engine.remove(name, { keepHome: false }, silent, never);
    await bench.engine.create(bench.request(name), silent, never);
    assert.notEqual((await bench.engine.exec(name, ['cat', '/root/file'])).exitCode, 0);
  });

  it('two windows start one workspace: one Job, both hear that it is ready', async () => {
    const name = await bench.create({}, false);
    const other = await bench.another();
    await Promise.all([bench.engine.start(name, silent, never), other.start(name, silent, never)]);
    assert.equal((await podOf(name)).split(' ').length, 1);
    assert.equal((await bench.state(name))?.kind, 'Running');
  });

  it('two windows finish one interrupted creation: both hear that it is ready', async () => {
    const name = bench.newName();
    await killedAt(name, 'persistentvolumeclaims', 'POST');
    assert.equal((await bench.state(name))?.cause, 'interrupted');
    // The slower one has read the record, and comes to write it when the other is done.
    using _rule = relay.treat(next(about('secrets', 'PATCH'), { do: 'delay', ms: 4000 }));
    await Promise.all([far.engine.start(name, silent, never), bench.engine.start(name, silent, never)]);
    assert.equal((await podOf(name)).split(' ').length, 1);
    assert.equal((await bench.state(name))?.kind, 'Running');
  });

  it('a rebuild and an edit whose record is noted upon meanwhile succeed: only another edit makes them stale', async () => {
    const name = await bench.create({}, false);
    const meanwhile = async (call: () => Promise<void>) => {
      using _rule = relay.treat(next(about('secrets', 'PATCH'), { do: 'delay', ms: 2000 }));
      const called = call();
      await sleep(1000);
      const note = `test/noted=${Date.now()}`;
      await cluster.kubectl(['annotate', 'secret', `berth-${name}`, note, '-n', namespace, '--overwrite']);
      await called;
    };
    await meanwhile(() => far.engine.rebuild(name, { pull: false }, silent, never));
    const { revision, settings } = await far.engine.record(name);
    const edited = { settings: { ...settings, description: 'edited' }, revision };
    await meanwhile(() => far.engine.edit(name, edited, silent, never));
    assert.equal((await far.engine.record(name)).settings.description, 'edited');
    await failure(far.engine.edit(name, edited, silent, never), 'stale');
  });

  it('one deletes what another starts: that one says so', async () => {
    const name = await bench.create({}, false);
    const other = await bench.another();
    let removal: Promise<void> | undefined;
    const report = (progress: Progress) => {
      if (progress.kind === 'step' && progress.step === 'start') {
        removal ??= sleep(300).then(() => other.remove(name, { keepHome: false }, silent, never));
      }
    };
    const podPatch = JSON.stringify({ spec: { nodeSelector: { 'berth.test/nowhere': 'true' } } });
    const { settings, revision } = await bench.engine.record(name);
    await bench.engine.edit(name, { settings: { ...settings, podPatch }, revision }, silent, never);
    const { message } = await failure(bench.engine.start(name, report, never));
    await removal;
    assert.match(message, /deleted|There is no workspace/);
  });

  it('two start what has lost its pod: the slower one leaves alone what the other has started meanwhile', async () => {
    const name = await bench.create();
    const before = await podOf(name);
    await sleep(5000);
    await cluster.kubectl(['delete', 'pod', before, '-n', namespace, '--wait=false']);
    await eventually(async () => (await podOf(name)) !== before, 'the pod goes');
    let asked = 0;
    // By then it has seen the Job without a pod, and means to end that one.
    using _slow = relay.treat(request =>
      request.path.includes('/pods?') && request.path.includes(name) && ++asked === 2
        ? { do: 'delay', ms: 9000 }
        : undefined,
    );
    const slower = far.engine.start(name, silent, never);
    await bench.engine.start(name, silent, never);
    const started = await podOf(name);
    await slower;
    assert.ok(asked >= 2);
    assert.equal(await podOf(name), started);
  });

  it('a pod that only looks into an image holds up no start', async () => {
    const name = await bench.create();
    const { image } = await bench.engine.record(name).then(({ settings }) => settings);
    const labels = {
      'app.kubernetes.io/managed-by': 'berth',
      'workspace.berth/name': name,
      'workspace.berth/role': 'probe',
    };
    const container = { name: 'workspace', image, command: ['/bin/sh', '-c', 'sleep 300'] };
    const probe = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `berth-${name}-probe-0a1b2c3d`, namespace, labels },
      spec: { restartPolicy: 'Never', containers: [container] },
    };
    // What a process leaves that is killed during a rebuild.
    await cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(probe) });
    await cluster.kubectl(['delete', 'job', `berth-${name}`, '-n', namespace, '--wait=false']);
    await bench.engine.start(name, silent, AbortSignal.timeout(30_000));
    await bench.engine.remove(name, { keepHome: false }, silent, never);
    assert.deepEqual(await leftovers(name), []);
  });

  it('one starts while another stops: it ends as one of the two said', async () => {
    const name = await bench.create();
    const other = await bench.another();
    const results = await Promise.allSettled([
      bench.engine.stop(name, { force: true }, silent, never),
      other.start(name, silent, never),
    ]);
    for (const result of results) assert.ok(result.status === 'fulfilled' || isBerthError(result.reason));
    assert.match((await bench.state(name))?.kind ?? '', /^(Running|Off)$/);
  });

  it('a start, a stop, an edit, a rebuild and a deletion can be cancelled', async () => {
    const name = await bench.create({}, false);
    const start = abortAt(progress => progress.kind === 'step' && progress.step === 'start');
    await failure(bench.engine.start(name, start.report, start.signal), 'cancelled');
    assert.equal((await bench.state(name))?.kind, 'Off');
    await bench.engine.start(name, silent, never);
    const rebuild = abortAt(progress => progress.kind === 'step' && progress.step === 'create');
    await failure(bench.engine.rebuild(name, { pull: false }, rebuild.report, rebuild.signal), 'cancelled');
    assert.equal((await bench.state(name))?.kind, 'Running', 'nothing had been touched yet');
    const late = new AbortController();
    using _rule = relay.treat(asked => {
      // It is stopped, and what comes next is its new Job.
      if (about('jobs', 'DELETE')(asked)) late.abort();
      return undefined;
    });
    await failure(far.engine.rebuild(name, { pull: false }, silent, late.signal), 'cancelled');
    assert.match((await bench.state(name))?.reason ?? '', /rebuild was cancelled/);
    await bench.engine.start(name, silent, never);
    const edit = abortAt(progress => progress.kind === 'step' && progress.step === 'save');
    const { revision } = await bench.engine.record(name);
    const change = { settings: bench.settings({ description: 'x' }), revision };
    await failure(bench.engine.edit(name, change, edit.report, edit.signal), 'cancelled');
    assert.equal((await bench.engine.record(name)).settings.description, '');
    const stop = abortAt(progress => progress.kind === 'step' && progress.step === 'stop');
    await failure(bench.engine.stop(name, { force: false }, stop.report, stop.signal), 'cancelled');
    const remove = abortAt(progress => progress.kind === 'step' && progress.step === 'remove');
    await failure(bench.engine.remove(name, { keepHome: false }, remove.report, remove.signal), 'cancelled');
    assert.notEqual(await bench.find(name), undefined);
  });
});

/** Has another process create the workspace, and kills it the hard way when it is about to ask that of the server. */
async function killedAt(name: WorkspaceName, plural: string, method: string): Promise<void> {
  const settings = JSON.stringify({ ...small, ...(await imageSettings(cluster, namespace)) });
  const script = join(import.meta.dirname, 'creator.ts');
  const child = spawn(process.execPath, [script, relay.kubeconfig, namespace, name, settings], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const isReal = method === 'GET log' ? undefined : about(plural, method);
  using _rule = relay.treat(asked => {
    const isIt = isReal ? isReal(asked) && !asked.path.includes('dryRun') : asked.path.includes('/log?');
    if (!isIt) return undefined;
    child.kill('SIGKILL');
    return { do: 'cut' };
  });
  const [, signal] = await once(child, 'exit');
  clearTimeout(timer);
  assert.equal(signal, 'SIGKILL');
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}
