/** What every engine has to do, whatever it drives: the same cases run on each. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateKey } from '../../src/ssh/key.ts';
import { lookArgv, parseLook } from '../../src/workspace/connections.ts';
import { parseSizes, sizesArgv } from '../../src/workspace/folderSizes.ts';
import type { WorkspaceName } from '../../src/workspace/name.ts';
import { eventually } from '../support/command.ts';
import { abortAt, type EngineBench, failure, never, recorder, silent } from './engineBench.ts';

export interface EngineUnderTest {
  readonly bench: EngineBench;
  /** Names of whatever the target still has of a workspace. */
  leftovers(name: WorkspaceName): Promise<readonly string[]>;
  stop(): Promise<void>;
  /** What the interface leaves to each kind. */
  readonly traits: {
    /** Whether this person may see how large the target is. */
    readonly tellsCapacity: boolean;
    /** Whether a memory limit holds while it runs. */
    readonly limitsLive: boolean;
  };
}

export function engineContract(title: string, prepare: () => Promise<EngineUnderTest>): void {
  describe(title, () => {
    let under: EngineUnderTest;
    let bench: EngineBench;
    before(async () => {
      under = await prepare();
      bench = under.bench;
    });
    after(async () => {
      await bench?.[Symbol.asyncDispose]();
      await under?.stop();
    });

    it('says what the target is and has', async () => {
      // In time, which under load takes another try.
      const probe = () => bench.engine.probe();
      const facts = await probe().catch(probe).catch(probe);
      assert.match(facts.version, /^\w+ \d+\.\d+/);
      assert.deepEqual(facts.missingRights ?? [], []);
      if (!under.traits.tellsCapacity) return;
      assert.match(facts.platforms[0] ?? '', /^linux\//);
      assert.ok((facts.cpus ?? 0) >= 1);
      assert.ok((facts.memoryBytes ?? 0) > 0);
    });

    describe('a workspace from its creation to its end', () => {
      let name: WorkspaceName;
      it('is created with its steps told in order, and runs', async () => {
        name = bench.newName();
        const { report, seen } = recorder();
        const request = bench.request(name, {
          description: 'first',
          env: [{ name: 'SECRET', value: 'hush', secret: true }],
        });
        await bench.engine.create(request, report, never);
        assert.deepEqual(
          seen.flatMap(progress => (progress.kind === 'step' ? [progress.step] : [])),
          ['check', 'create', 'start', 'ready'],
        );
        const workspace = await bench.find(name);
        assert.equal(workspace?.state.kind, 'Running');
        assert.equal(workspace.createdBy, 'test@example.org');
        assert.equal(workspace.hostKey, request.hostKey.publicKey);
        assert.deepEqual(workspace.login, { name: 'root', uid: 0, gid: 0, home: '/root' });
        assert.ok(Math.abs(Date.parse(workspace.startedAt ?? '') - Date.now()) < 60_000);
      });

      it('keeps secrets to its record', async () => {
        const record = await bench.engine.record(name);
        assert.equal(record.settings.env[0]?.value, 'hush');
        assert.ok(!JSON.stringify(await bench.engine.inspect(name)).includes('hush'));
        assert.ok(!JSON.stringify(await bench.find(name)).includes('hush'));
      });

      it('answers as ssh on port 22', async () => {
        const stream = await bench.engine.dial(name, 22, AbortSignal.timeout(10_000));
        const [banner] = await stream.take(1).toArray();
        stream.destroy();
        assert.match(String(banner), /^SSH-2\.0-/);
      });

      it('joins streams to any other port inside', async () => {
        const server = `perl -MIO::Socket::INET -e '$s=IO::Socket::INET->new(Listen=>1,LocalAddr=>"127.0.0.1",LocalPort=>7777);
          print "up\n"; close STDOUT; $c=$s->accept; while(<$c>){print $c uc} close $c' >/tmp/up 2>&1 & while ! grep -q up /tmp/up; do sleep 0.05; done`;
        await bench.engine.exec(name, [
          'sh',
          '-c',
          server.replace('print "up\n"; close STDOUT;', 'system("echo up");'),
        ]);
        const stream = await bench.engine.dial(name, 7777, AbortSignal.timeout(10_000));
        stream.write('shout\n');
        const [answer] = await stream.take(1).toArray();
        stream.destroy();
        assert.equal(String(answer), 'SHOUT\n');
      });

      it('runs programs, with their input, both outputs and the exit code', async () => {
        const argv = ['sh', '-c', 'cat; echo oops >&2; exit 3'];
        const result = await bench.engine.exec(name, argv, { stdin: 'grüße' });
        assert.deepEqual(result, { exitCode: 3, stdout: 'grüße', stderr: 'oops\n' });
      });

      it('hears no more of a program that prints without end', async () => {
        const argv = ['sh', '-c', 'head -c 80000000 /dev/zero'];
        await assert.rejects(bench.engine.exec(name, argv), /printed too much/);
      });

      it('tells its log from the first line on and as it comes', async () => {
        const controller = new AbortController();
        let log = '';
        for await (const text of bench.engine.log(name, { follow: true }, controller.signal)) {
          log += text;
          if (log.includes('@berth ready ok')) controller.abort();
        }
        assert.match(log, /^@berth home begin/);
        let kept = '';
        for await (const text of bench.engine.log(name, { follow: false }, never)) kept += text;
        assert.ok(kept.startsWith(log.slice(0, 40)));
      });

      it('tells what it uses', async () => {
        const controller = new AbortController();
        for await (const stats of bench.engine.stats(name, controller.signal)) {
          assert.ok(stats.memoryBytes > 0);
          assert.ok(stats.memoryLimitBytes > 0);
          assert.ok(stats.cpus >= 0);
          controller.abort();
        }
        // Not even what measured it goes on inside.
        await eventually(async () => {
          const measuring = "grep -l '[s]ys/fs/cgroup' /proc/[0-9]*/cmdline";
          return (await bench.engine.exec(name, ['sh', '-c', measuring])).stdout === '';
        }, 'nobody measures any more');
      });

      it('tells who is connected to it', async () => {
        const look = async () =>
          parseLook((await bench.engine.exec(name, lookArgv([7778]))).stdout).connections;
        assert.deepEqual(await look(), { ssh: [], ports: [] });
        const server = `perl -MIO::Socket::INET -e '$s=IO::Socket::INET->new(Listen=>1,LocalAddr=>"127.0.0.1",LocalPort=>7778);
          system("echo up"); $c=$s->accept; while(<$c>){print $c uc}' >/tmp/up2 2>&1 & while ! grep -q up /tmp/up2; do sleep 0.05; done`;
        await bench.engine.exec(name, ['sh', '-c', server]);
        const stream = await bench.engine.dial(name, 7778, AbortSignal.timeout(10_000));
        // Let go of in the middle, which is an error of the stream.
        stream.on('error', () => undefined);
        stream.write('hello\n');
        await new Promise(resolve => stream.once('readable', resolve));
        assert.deepEqual((await look()).ports, [{ port: 7778, count: 1 }]);
        stream.destroy();
        const open = await bench.engine.dial(name, 22, AbortSignal.timeout(10_000));
        open.on('error', () => undefined);
        await new Promise(resolve => open.once('readable', resolve));
        // A stranger who has not said who they are yet is nobody.
        assert.deepEqual((await look()).ssh, []);
        open.destroy();
      });

      it('tells what its graphics cards do where nvidia-smi is there', async () => {
        const look = async () => parseLook((await bench.engine.exec(name, lookArgv([]))).stdout).gpus;
        assert.deepEqual(await look(), []);
        const tool = '/usr/local/bin/nvidia-smi';
        const script = `printf '#!/bin/sh\\necho "NVIDIA A10, 40, 1024, 24576"\\n' >${tool} && chmod 755 ${tool}`;
        await bench.engine.exec(name, ['sh', '-c', script]);
        assert.deepEqual(
          (await look()).map(({ name, busy }) => [name, busy]),
          [['NVIDIA A10', 0.4]],
        );
        await bench.engine.exec(name, ['rm', tool]);
      });

      it('tells how full its home is', async () => {
        const before = parseSizes(
          (await bench.engine.exec(name, sizesArgv(['/root', '/no-such']))).stdout,
          2,
        );
        await bench.engine.exec(name, ['sh', '-c', 'head -c 8388608 /dev/urandom >/root/big; sync']);
        const [home, none] = parseSizes(
          (await bench.engine.exec(name, sizesArgv(['/root', '/no-such']))).stdout,
          2,
        );
        assert.ok((home?.usedBytes ?? 0) - (before[0]?.usedBytes ?? 0) >= 8 * 2 ** 20);
        assert.ok((home?.totalBytes ?? 0) > (home?.freeBytes ?? 0));
        assert.deepEqual(none, {});
        await bench.engine.exec(name, ['rm', '/root/big']);
      });

      it('tells a log of its own files as it grows, and leaves nothing behind', async () => {
        await bench.engine.exec(name, ['sh', '-c', 'echo first >/berth/run/apps/lab.log'], { user: 'root' });
        const controller = new AbortController();
        let log = '';
        const options = { follow: true, tail: 10, file: 'run/apps/lab.log' };
        for await (const text of bench.engine.log(name, options, controller.signal)) {
          const isFirst = log === '';
          log += text;
          if (isFirst)
            await bench.engine.exec(name, ['sh', '-c', 'echo second >>/berth/run/apps/lab.log'], {
              user: 'root',
            });
          if (log.includes('second')) controller.abort();
        }
        assert.equal(log, 'first\nsecond\n');
        const tails = async () =>
          (await bench.engine.exec(name, ['sh', '-c', 'cat /proc/[0-9]*/comm | grep -c tail'])).stdout.trim();
        for (let tries = 0; tries < 50 && (await tails()) !== '0'; tries++) await sleep(100);
        assert.equal(await tails(), '0');
      });

      it('refuses a second one of its name and leaves the first as it is', async () => {
        const error = await failure(bench.engine.create(bench.request(name), silent, never), 'conflict');
        assert.match(error.message, new RegExp(name));
        assert.equal((await bench.state(name))?.kind, 'Running');
      });

      it('is changed: saved, shown to others, live where that can be', async () => {
        const { revision, settings } = await bench.engine.record(name);
        const { env: _, ...rest } = settings;
        const edited = bench.settings({
          ...rest,
          env: [{ name: 'SECRET', secret: true }],
          description: 'second',
          memoryMiB: 160,
        });
        const key = { key: generateKey('late').publicKey, owner: 'late@example.org' };
        await bench.engine.edit(name, { settings: edited, revision, authorizedKeys: [key] }, silent, never);
        const record = await bench.engine.record(name);
        assert.equal(record.revision, revision + 1);
        assert.equal(record.settings.env[0]?.value, 'hush', 'a secret that was left out is kept');
        assert.equal((await bench.find(name, await bench.another()))?.settings?.description, 'second');
        const inside = async (script: string) => (await bench.engine.exec(name, ['sh', '-c', script])).stdout;
        // A cluster brings a change to a mount when its node next looks.
        for (let tries = 0; tries < 50; tries++) {
          if ((await inside('cat /berth/authorized_keys')).includes(key.key)) break;
          await sleep(100);
        }
        assert.ok((await inside('cat /berth/authorized_keys')).includes(key.key));
        if (under.traits.limitsLive) {
          const limits =
            'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null';
          assert.ok(
            (await inside(limits)).includes(String(160 * 1024 * 1024)),
            'the memory limit holds at once',
          );
        }
        await failure(bench.engine.edit(name, { settings: edited, revision }, silent, never), 'stale');
      });

      it('is stopped by a person, which its state says', async () => {
        await bench.engine.exec(name, ['sh', '-c', 'echo kept >/root/file']);
        const startedAt = Date.now();
        await bench.engine.stop(name, { force: false }, silent, never);
        assert.ok(Date.now() - startedAt < 9000, 'it does not wait for its grace of 10 s');
        assert.deepEqual(await bench.state(name), {
          kind: 'Off',
          cause: 'person',
          reason: 'a person stopped it',
        });
        await failure(bench.engine.exec(name, ['true']), 'conflict');
        assert.equal((await bench.engine.record(name)).settings.description, 'second');
      });

      it('starts again, and a second start of a running one returns', async () => {
        await bench.engine.start(name, silent, never);
        assert.equal((await bench.state(name))?.kind, 'Running');
        await bench.engine.start(name, silent, never);
      });

      it('is rebuilt with its home kept, what was outside lost, and runs as before', async () => {
        await bench.engine.exec(name, ['sh', '-c', 'touch /outside']);
        await bench.engine.rebuild(name, { pull: false }, silent, never);
        assert.equal((await bench.state(name))?.kind, 'Running');
        const { stdout } = await bench.engine.exec(name, ['sh', '-c', 'ls / | grep outside; cat /root/file']);
        assert.equal(stdout, 'kept\n');
        assert.equal((await bench.find(name))?.settings?.description, 'second');
      });

      it('is forced off at once, which its state says', async () => {
        await bench.engine.stop(name, { force: true }, silent, never);
        const state = await bench.state(name);
        assert.deepEqual([state?.kind, state?.cause], ['Off', 'person']);
      });

      it('has a history of its starts and stops, with reasons', async () => {
        const history = await bench.engine.history(name);
        assert.deepEqual(
          history.map(({ kind, cause }) => (kind === 'start' ? kind : cause)),
          ['start', 'person', 'start', 'person', 'start', 'person'],
        );
        assert.match(history.at(-1)?.words ?? '', /forced/);
        for (const { at } of history) assert.ok(Math.abs((at ?? 0) - Date.now()) < 10 * 60_000);
        await bench.engine.start(name, silent, never);
        for (let tries = 0; tries < 50 && (await bench.engine.history(name)).length < 7; tries++)
          await sleep(100);
        const later = await bench.engine.history(name);
        // What is known of the last stop is the same once it is the past.
        assert.deepEqual(
          later.slice(0, 6).map(({ kind, words }) => [kind, words]),
          history.map(({ kind, words }) => [kind, words]),
        );
        assert.equal(later.at(-1)?.kind, 'start');
        await bench.engine.stop(name, { force: false }, silent, never);
      });

      it('is deleted with its data kept, and created again on it', async () => {
        await bench.engine.remove(name, { keepHome: true }, silent, never);
        assert.equal(await bench.find(name), undefined);
        assert.equal((await under.leftovers(name)).length, 1);
        await bench.engine.create(bench.request(name), silent, never);
        const { stdout } = await bench.engine.exec(name, ['cat', '/root/file']);
        assert.equal(stdout, 'kept\n');
      });

      it('a creation cancelled on a kept home leaves the home', async () => {
        await bench.engine.remove(name, { keepHome: true }, silent, never);
        const { report, signal } = abortAt(progress => progress.kind === 'boot');
        await failure(bench.engine.create(bench.request(name), report, signal), 'cancelled');
        assert.equal((await under.leftovers(name)).length, 1);
        await bench.engine.create(bench.request(name, {}, false), silent, never);
        assert.deepEqual((await bench.state(name))?.cause, 'never-started');
      });

      it('is deleted with all that is its', async () => {
        await bench.engine.remove(name, { keepHome: false }, silent, never);
        assert.deepEqual(await under.leftovers(name), []);
        await failure(bench.engine.start(name, silent, never), 'not-found');
        await failure(bench.engine.stop(name, { force: false }, silent, never), 'not-found');
        await failure(bench.engine.record(name), 'not-found');
        await failure(bench.engine.remove(name, { keepHome: false }, silent, never), 'not-found');
      });
    });

    for (const [stage, reached] of Object.entries(stages)) {
      it(`a creation cancelled at '${stage}' leaves nothing`, async () => {
        const name = bench.newName();
        const { report, signal } = abortAt(reached);
        await failure(bench.engine.create(bench.request(name), report, signal), 'cancelled');
        assert.deepEqual(await under.leftovers(name), []);
        assert.equal(await bench.find(name), undefined);
      });
    }

    it('a creation cancelled before it begins does nothing', async () => {
      const name = bench.newName();
      await failure(bench.engine.create(bench.request(name), silent, AbortSignal.abort()), 'cancelled');
      assert.deepEqual(await under.leftovers(name), []);
    });

    it('a start cancelled leaves it off, a rebuild cancelled too, with its home', async () => {
      const name = await bench.create({}, false);
      const start = abortAt(progress => progress.kind === 'boot');
      await failure(bench.engine.start(name, start.report, start.signal), 'cancelled');
      assert.equal((await bench.state(name))?.kind, 'Off');
      await bench.engine.start(name, silent, never);
      const rebuild = abortAt(progress => progress.kind === 'boot');
      await failure(bench.engine.rebuild(name, { pull: false }, rebuild.report, rebuild.signal), 'cancelled');
      assert.equal((await bench.state(name))?.kind, 'Off');
      await bench.engine.start(name, silent, never);
    });

    it('of two creations of one name at once exactly one wins', async () => {
      const other = await bench.another();
      for (let round = 0; round < 3; round++) {
        const name = bench.newName();
        const results = await Promise.allSettled(
          [bench.engine, other].map(engine => engine.create(bench.request(name, {}, false), silent, never)),
        );
        assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
        const lost = results.find(result => result.status === 'rejected');
        assert.equal(lost?.reason.code, 'conflict');
        assert.equal((await bench.state(name))?.cause, 'never-started');
        assert.equal((await bench.engine.record(name)).name, name);
      }
    });

    it('asks the target for its capacity before anything is made', async () => {
      if (!under.traits.tellsCapacity) return;
      const name = bench.newName();
      for (const settings of [{ cpus: 1000 }, { memoryMiB: 16_000_000 }, { diskGiB: 60_000 }]) {
        const error = await failure(
          bench.engine.create(bench.request(name, settings), silent, never),
          'no-capacity',
        );
        assert.match(error.message, /Choose/);
      }
      assert.deepEqual(await under.leftovers(name), []);
    });

    it('edits at once of the same revision: one is saved, the other told', async () => {
      const name = await bench.create({}, false);
      const { revision } = await bench.engine.record(name);
      const other = await bench.another();
      const results = await Promise.allSettled(
        [bench.engine, other].map((engine, index) =>
          engine.edit(
            name,
            { settings: bench.settings({ description: `by ${index}` }), revision },
            silent,
            never,
          ),
        ),
      );
      assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      assert.equal(results.find(result => result.status === 'rejected')?.reason.code, 'stale');
      assert.equal((await bench.engine.record(name)).revision, revision + 1);
    });

    it('tells another window of changes by itself, at most ten times a second', async () => {
      const other = await bench.another();
      const changes: number[] = [];
      using _watch = other.watch(() => void changes.push(Date.now()));
      await sleep(500);
      changes.length = 0;
      const name = await bench.create({}, false);
      await eventually(() => changes.length > 0, 'the other is told', 60_000);
      await sleep(1000);
      for (const [index, at] of changes.entries())
        assert.ok(index === 0 || at - (changes[index - 1] ?? 0) >= 90);
      assert.equal((await bench.find(name, other))?.state.kind, 'Off');
    });

    it('shows a start in another window until it runs, by looking while something is on its way', async () => {
      const name = await bench.create({}, false);
      const other = await bench.another();
      const states: string[] = [];
      const look = async () => void states.push((await bench.find(name, other))?.state.kind ?? '');
      using _watch = other.watch(() => void look().catch(silent));
      await sleep(300);
      await bench.engine.start(name, silent, never);
      for (let tries = 0; states.at(-1) !== 'Running' && tries < 300; tries++) await sleep(50);
      assert.equal(states.at(-1), 'Running');
    });
  });
}

/** Where a creation is cancelled, by the progress that is told there. */
const stages: Readonly<Record<string, Parameters<typeof abortAt>[0]>> = {
  check: progress => progress.kind === 'step' && progress.step === 'check',
  create: progress => progress.kind === 'step' && progress.step === 'create',
  start: progress => progress.kind === 'step' && progress.step === 'start',
  boot: progress => progress.kind === 'boot' && progress.event.stage === 'sshd',
  ready: progress => progress.kind === 'boot' && progress.event.stage === 'ready',
};
