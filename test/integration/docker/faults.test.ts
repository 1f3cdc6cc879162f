/** What goes wrong on a Docker engine: each a clear error and the right state at once, nothing lost, nothing left behind. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Dockerode from 'dockerode';
import type { Engine, Progress } from '../../../src/engine/engine.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { baseImage } from '../../support/baseImage.ts';
import { eventually } from '../../support/command.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { Relay } from '../../support/relay.ts';
import { testImage } from '../../support/rootfs/testImages.ts';
import {
  abortAt,
  EngineBench,
  failure,
  never,
  openSocket,
  recorder,
  silent,
  testSettings,
} from '../engineBench.ts';
import { leftoversOf } from './leftovers.ts';
import { importFiles } from './madeImages.ts';
import { silentRegistry } from './silentRegistry.ts';
import { SmallDisk } from './smallDisk.ts';

/** Within which a list has to show what the engine knows. */
const soonMs = 60_000;

describe('faults', () => {
  const docker = new Dockerode({ socketPath: dockerSocket });
  let bench: EngineBench;
  before(async () => {
    bench = await EngineBench.on(dockerSocket);
  });
  after(() => bench[Symbol.asyncDispose]());

  describe('what people do to containers and volumes by hand', () => {
    it('a container removed: off, nothing lost, the next start makes it again', async () => {
      const name = await bench.create();
      await bench.engine.exec(name, ['sh', '-c', 'echo kept >/root/file']);
      const { hostKey } = await bench.engine.record(name);
      await docker.getContainer(`berth-${name}`).remove({ force: true, v: true });
      await bench.untilState(name, 'Off', soonMs);
      const workspace = await bench.find(name);
      assert.equal(workspace?.state.cause, 'removed');
      assert.equal(workspace.hostKey, hostKey.publicKey);
      assert.equal((await bench.engine.record(name)).hostKey.privateKey, hostKey.privateKey);
      await bench.engine.start(name, silent, never);
      assert.equal((await bench.engine.exec(name, ['cat', '/root/file'])).stdout, 'kept\n');
    });

    it('a container removed, then the settings edited: the start uses them', async () => {
      const name = await bench.create({}, false);
      await docker.getContainer(`berth-${name}`).remove({ v: true });
      const { revision } = await bench.engine.record(name);
      const settings = testSettings({ env: [{ name: 'FRESH', value: 'yes' }] });
      await bench.engine.edit(name, { settings, revision }, silent, never);
      await bench.engine.start(name, silent, never);
      const { stdout } = await bench.engine.exec(name, ['sh', '-c', '. /berth/env; echo $FRESH']);
      assert.equal(stdout, 'yes\n');
    });

    it('a container paused: an error that says so, a start lets it go on, a stop ends it', async () => {
      const name = await bench.create();
      const container = docker.getContainer(`berth-${name}`);
      await container.pause();
      await bench.untilState(name, 'Error', soonMs);
      assert.equal((await bench.state(name))?.cause, 'paused');
      await bench.engine.start(name, silent, never);
      assert.equal((await bench.state(name))?.kind, 'Running');
      await container.pause();
      await bench.engine.stop(name, { force: false }, silent, never);
      assert.equal((await bench.state(name))?.cause, 'person');
      await bench.engine.start(name, silent, never);
      await container.pause();
      await bench.engine.stop(name, { force: true }, silent, never);
      assert.equal((await bench.state(name))?.kind, 'Off');
    });

    it('a container renamed is found, and has its name back at the next start', async () => {
      const name = await bench.create({}, false);
      await docker.getContainer(`berth-${name}`).rename({ name: `odd-${name}` });
      assert.equal((await bench.state(name))?.cause, 'never-started');
      await bench.engine.start(name, silent, never);
      assert.equal((await docker.getContainer(`berth-${name}`).inspect()).State.Running, true);
    });

    it('a container restarted, killed and stopped by hand: the state follows', async () => {
      const name = await bench.create();
      const container = docker.getContainer(`berth-${name}`);
      await container.restart({ t: 5 });
      await bench.untilState(name, 'Running', soonMs);
      await container.stop({ t: 5 });
      await bench.untilState(name, 'Off', soonMs);
      assert.equal((await bench.state(name))?.cause, 'machine');
      await container.start();
      await bench.untilState(name, 'Running', soonMs);
      await container.kill();
      await bench.untilState(name, 'Error', soonMs);
      assert.match((await bench.state(name))?.reason ?? '', /137/);
      await bench.engine.start(name, silent, never);
    });

    it('a home removed: said, not replaced in silence; a rebuild makes an empty one', async () => {
      const name = await bench.create();
      await docker.getContainer(`berth-${name}`).remove({ force: true });
      await docker.getVolume(`berth-${name}-home`).remove();
      await bench.untilState(name, 'Error', soonMs);
      assert.equal((await bench.state(name))?.cause, 'home-missing');
      assert.match((await failure(bench.engine.start(name, silent, never))).message, /home is gone/);
      await bench.engine.rebuild(name, { pull: false }, silent, never);
      await bench.engine.start(name, silent, never);
    });

    it('a record removed: said, and it can be deleted', async () => {
      const name = await bench.create({}, false);
      const container = docker.getContainer(`berth-${name}`);
      const { Config, HostConfig, Image } = await container.inspect();
      await container.remove();
      await docker.getVolume(`berth-${name}-record`).remove();
      assert.equal(await bench.find(name), undefined);
      // Docker makes an empty volume in the place of a missing one.
      await docker.createContainer({ ...Config, Image, HostConfig, name: `berth-${name}` });
      await failure(bench.engine.record(name), 'invalid');
      await bench.engine.remove(name, { keepHome: false }, silent, never);
    });

    it('a record changed from inside: no rebuild, start or form believes it, and it is said', async () => {
      const name = await bench.create({ env: [{ name: 'KEY', value: 'kept', secret: true }] });
      const tamper = async () => {
        const script = [
          's|"mounts":\\[\\]|"mounts":[{"type":"bind","source":"/","path":"/host","readOnly":false}]|',
          's|"name":"t-[0-9a-f]*"|"name":"other"|',
          's|"image":{"reference":"[^"]*"|"image":{"reference":"evil"|',
        ];
        const args = script.flatMap(line => ['-e', line]);
        const sed = ['sed', '-i', ...args, '/berth/record.json'];
        assert.equal((await bench.engine.exec(name, sed, { user: '0:0' })).exitCode, 0);
        const { stdout } = await bench.engine.exec(name, ['cat', '/berth/record.json'], { user: '0:0' });
        for (const word of ['"/host"', '"other"', '"evil"']) assert.ok(stdout.includes(word), word);
      };
      const mounts = async () => {
        const { Mounts } = await docker.getContainer(`berth-${name}`).inspect();
        return Mounts.map(({ Type, Name }) => `${Type} ${Name}`).sort();
      };
      const expected = [`volume berth-${name}-home`, `volume berth-${name}-record`];
      await tamper();
      assert.deepEqual((await bench.engine.record(name)).settings.mounts, []);
      const { report, seen } = recorder();
      await bench.engine.rebuild(name, { pull: false }, report, never);
      assert.deepEqual(await mounts(), expected);
      assert.match(
        seen.map(told => (told.kind === 'output' ? told.text : '')).join(''),
        /changed by hand.*Volumes/,
      );
      const { settings, image } = await bench.engine.record(name);
      assert.equal(image.reference, baseImage);
      assert.equal(settings.env[0]?.value, 'kept');

      await tamper();
      await docker.getContainer(`berth-${name}`).remove({ force: true });
      await bench.engine.start(name, silent, never);
      assert.deepEqual(await mounts(), expected);
    });

    it('an edit and a rebuild are known without the container that carried them', async () => {
      const name = await bench.create({}, false);
      const settings = testSettings({ description: 'newer' });
      await bench.engine.edit(name, { settings, revision: 1 }, silent, never);
      await bench.engine.rebuild(name, { pull: false }, silent, never);
      await docker.getContainer(`berth-${name}`).remove({ force: true });
      assert.equal((await bench.find(name))?.settings?.description, 'newer');
      assert.equal((await bench.engine.record(name)).settings.description, 'newer');
    });

    it('whatever is made of boot’s files from inside, every workspace is listed at once', async () => {
      const odd = [
        'rm -rf /berth/run; echo x >/berth/run',
        'rm -rf /berth/run; ln -s run /berth/run',
        'rm -rf /berth/run; ln -s /proc/1/root/berth/run /berth/run',
        'rm -rf /berth/run/ready; mkdir /berth/run/ready',
        'truncate -s 3G /berth/run/stop-reason',
        'rm -rf /berth/run/stop-reason; mkdir /berth/run/stop-reason; truncate -s 3G /berth/run/stop-reason/x',
        'rm -rf /berth/run/stop-reason; mkfifo /berth/run/stop-reason',
        'rm -rf /berth/run/stop-reason; ln -s stop-reason /berth/run/stop-reason',
        'truncate -s 3G /berth/record.json',
      ];
      const name = await bench.create();
      for (const script of odd) {
        const { exitCode } = await bench.engine.exec(name, ['sh', '-c', script], { user: '0:0' });
        assert.equal(exitCode, 0, script);
        for (const isUp of [true, false]) {
          if (!isUp) await docker.getContainer(`berth-${name}`).kill();
          const startedAt = performance.now();
          assert.ok((await bench.find(name))?.state, script);
          assert.ok(performance.now() - startedAt < soonMs, script);
        }
        if (script.endsWith('record.json')) break;
        const mount = `berth-${name}-record:/berth`;
        const cleanUp = ['run', '--rm', '-v', mount, baseImage, 'rm', '-rf', '/berth/run'];
        execFileSync('docker', ['-H', `unix://${dockerSocket}`, ...cleanUp]);
        await bench.engine.start(name, silent, never);
      }
      const startedAt = performance.now();
      await failure(bench.engine.record(name), 'invalid');
      assert.ok(performance.now() - startedAt < soonMs);
    });

    it('a stop that takes its time can be left, and a forced one does not wait for it', async () => {
      const name = await bench.create({ stopGraceSeconds: 60 });
      const stubborn = `trap '' TERM HUP; (while :; do sleep 1; done) >/dev/null 2>&1 </dev/null &`;
      await bench.engine.exec(name, ['sh', '-c', stubborn]);
      const startedAt = performance.now();
      const leaving = new AbortController();
      const left = failure(bench.engine.stop(name, { force: false }, silent, leaving.signal), 'cancelled');
      await bench.untilState(name, 'Turning off', soonMs);
      leaving.abort();
      await left;
      assert.equal((await bench.state(name))?.kind, 'Turning off', 'the engine goes on stopping it');
      await bench.engine.stop(name, { force: true }, silent, never);
      assert.equal((await bench.state(name))?.kind, 'Off');
      assert.ok(performance.now() - startedAt < 40_000, 'it does not wait for the grace of 60 s');
    });

    it('an edit saved during a rebuild is kept and counts', async () => {
      const name = await bench.create({ stopGraceSeconds: 3 });
      const stubborn = `trap '' TERM HUP; (while :; do sleep 1; done) >/dev/null 2>&1 </dev/null &`;
      await bench.engine.exec(name, ['sh', '-c', stubborn]);
      const { report, seen } = recorder();
      const rebuild = bench.engine.rebuild(name, { pull: false }, report, never);
      await eventually(
        () => seen.some(told => told.kind === 'step' && told.step === 'create'),
        'it is at work',
      );
      await sleep(500);
      const settings = testSettings({ env: [{ name: 'EDITED', value: 'yes' }] });
      await (await bench.another()).edit(name, { settings, revision: 1 }, silent, never);
      assert.equal(await Promise.race([rebuild, 'goes on']), 'goes on');
      await rebuild;
      const record = await bench.engine.record(name);
      assert.deepEqual([record.revision, record.settings.env[0]?.value], [3, 'yes']);
      const { stdout } = await bench.engine.exec(name, ['sh', '-c', '. /berth/env; echo $EDITED']);
      assert.equal(stdout, 'yes\n');
    });

    it('a workspace deleted during a rebuild is said to be, and does not come back', async () => {
      const name = await bench.create({}, false);
      const report = ({ kind, ...progress }: Progress) => {
        if (kind !== 'step' || !('step' in progress) || progress.step !== 'create') return;
        const dockerNow = (...args: string[]) =>
          execFileSync('docker', ['-H', `unix://${dockerSocket}`, ...args]);
        dockerNow('rm', '-f', `berth-${name}`);
        dockerNow('volume', 'rm', `berth-${name}-home`, `berth-${name}-record`);
      };
      await failure(bench.engine.rebuild(name, { pull: false }, report, never), 'not-found');
      assert.deepEqual(await leftoversOf(docker, name), []);
    });

    it('one deletes what another starts: it is there whole, or nothing of it is', async () => {
      const other = await bench.another();
      for (let round = 0; round < 8; round++) {
        const name = await bench.create({}, false);
        await docker.getContainer(`berth-${name}`).remove({ force: true });
        const isHomeKept = round % 2 === 1;
        const [started, removed] = await Promise.allSettled([
          bench.engine.start(name, silent, never),
          sleep(round * 25).then(() => other.remove(name, { keepHome: isHomeKept }, silent, never)),
        ]);
        const left = await leftoversOf(docker, name);
        const words = `round ${round}: ${[started, removed].map(({ status }) => status)}, left: ${left}`;
        if (removed.status === 'rejected') {
          // The engine did not let go of what the new container uses: it is done again.
          await other.remove(name, { keepHome: isHomeKept }, silent, never);
        } else if (started.status === 'fulfilled') {
          await other.remove(name, { keepHome: isHomeKept }, silent, never).catch(() => {});
        }
        const kept = await leftoversOf(docker, name);
        assert.deepEqual(kept, isHomeKept ? [`berth-${name}-home`] : [], words);
        if (isHomeKept) await other.volumes?.removeKeptHome(name);
      }
    });

    it('a container of an image made from a workspace is nobody’s workspace', async () => {
      const name = await bench.create({}, false);
      const image = `berth-test/committed-${name}:1`;
      await docker.getContainer(`berth-${name}`).commit({ repo: `berth-test/committed-${name}`, tag: '1' });
      const stranger = await docker.createContainer({ Image: image, name: `stranger-${name}` });
      try {
        await bench.engine.remove(name, { keepHome: false }, silent, never);
        assert.equal(await bench.find(name), undefined);
        assert.ok(await stranger.inspect());
      } finally {
        await stranger.remove({ force: true });
        await docker.getImage(image).remove();
      }
    });
  });

  describe('names', () => {
    it('a foreign container with our name: a refusal, and it is never touched', async () => {
      const name = bench.newName();
      const foreign = await docker.createContainer({
        Image: baseImage,
        name: `berth-${name}`,
        Cmd: ['true'],
      });
      try {
        const error = await failure(bench.engine.create(bench.request(name), silent, never), 'conflict');
        assert.match(error.message, /not Berth’s/);
        assert.equal(await bench.find(name), undefined);
        await failure(bench.engine.remove(name, { keepHome: false }, silent, never), 'not-found');
        assert.ok(await foreign.inspect());
      } finally {
        await foreign.remove({ force: true });
      }
    });

    it('a foreign container in the place of ours: an error state, and ours comes back once it is gone', async () => {
      const name = await bench.create({}, false);
      await docker.getContainer(`berth-${name}`).remove();
      const foreign = await docker.createContainer({
        Image: baseImage,
        name: `berth-${name}`,
        Cmd: ['true'],
      });
      try {
        assert.equal((await bench.state(name))?.cause, 'foreign');
        await failure(bench.engine.start(name, silent, never), 'conflict');
      } finally {
        await foreign.remove({ force: true });
      }
      await bench.engine.start(name, silent, never);
    });

    it('a name taken between check and creation: a refusal, the other stays, nothing of ours does', async () => {
      const name = bench.newName();
      const report = (progress: { kind: string; step?: string }) => {
        if (progress.step === 'create') {
          execFileSync('docker', [
            '-H',
            `unix://${dockerSocket}`,
            'create',
            '--name',
            `berth-${name}`,
            baseImage,
            'true',
          ]);
        }
      };
      await failure(bench.engine.create(bench.request(name), report, never), 'conflict');
      assert.deepEqual(await leftoversOf(docker, name), [`/berth-${name}`]);
      await docker.getContainer(`berth-${name}`).remove();
    });

    for (const [what, labels] of [
      ['settings that are no JSON', { 'workspace.berth/settings': '{nope' }],
      ['a newer version’s labels', { 'workspace.berth/schema': '99' }],
      [
        'a login name with an ssh option in it',
        {
          'workspace.berth/login': JSON.stringify({ name: 'x\nProxyCommand y', uid: 1, gid: 1, home: '/x' }),
        },
      ],
    ] as const) {
      it(`${what}: shown as unreadable, others are not affected, it can be deleted`, async () => {
        const name = await bench.create({}, false);
        const container = docker.getContainer(`berth-${name}`);
        const { Config, HostConfig, Image } = await container.inspect();
        await container.remove();
        const Labels = { ...Config.Labels, ...labels };
        await docker.createContainer({ ...Config, Image, HostConfig, Labels, name: `berth-${name}` });
        const state = await bench.state(name);
        assert.deepEqual([state?.kind, state?.cause], ['Unknown', 'unreadable']);
        await failure(bench.engine.record(name), 'invalid');
        await bench.engine.remove(name, { keepHome: false }, silent, never);
        assert.deepEqual(await leftoversOf(docker, name), []);
      });
    }
  });

  describe('images and settings that do not work', () => {
    const refusals: [string, () => Promise<{ settings: object; image?: string }>, RegExp, string?][] = [
      [
        'a missing bind path',
        async () => ({ settings: { mounts: [{ type: 'bind', source: '/no/such' }] } }),
        /\/no\/such/,
        'invalid',
      ],
      [
        'an unknown volume driver',
        async () => ({ settings: { mounts: [{ type: 'driver', driver: 'nobody' }] } }),
        /driver|plugin/,
      ],
      ['an unknown runtime', async () => ({ settings: { runtime: 'nobody' } }), /nobody/, 'unsupported'],
      ['GPUs where there are none', async () => ({ settings: { gpuCount: 1 } }), /GPU/, 'unsupported'],
      [
        'an image that is nowhere',
        async () => ({ settings: { image: '127.0.0.1:9/none:1' } }),
        /Cannot pull 127/,
      ],
      [
        'an image without a shell',
        async () => {
          const image = await importFiles(docker, { file: 'x' });
          return { settings: { image }, image };
        },
        /no shell/,
        'unsupported',
      ],
      [
        'an image for another platform',
        async () => {
          const image = await importFiles(docker, { file: 'x' }, 's390x');
          return { settings: { image }, image };
        },
        /s390x/,
        'unsupported',
      ],
      [
        'an image that exits at once',
        async () => ({
          settings: { image: await exitsAtOnce(docker), firstProcess: 'image' },
          image: exitingImage,
        }),
        /exit|ended/,
      ],
    ];
    for (const [what, prepare, words, code] of refusals) {
      it(`${what}: said by name, nothing left behind`, async () => {
        const name = bench.newName();
        const { settings, image } = await prepare();
        try {
          const error = await failure(bench.engine.create(bench.request(name, settings), silent, never));
          assert.match(error.message, words);
          if (code !== undefined) assert.equal(error.code, code);
          assert.deepEqual(await leftoversOf(docker, name), []);
        } finally {
          if (image !== undefined) await docker.getImage(image).remove({ force: true });
        }
      });
    }

    it('a home on a disk that is too small: no space, said so, the home stays', async () => {
      const name = bench.newName();
      await using disk = await SmallDisk.make();
      await docker.createVolume({
        Name: `berth-${name}-home`,
        Driver: 'local',
        DriverOpts: { type: 'none', o: 'bind', device: disk.path },
      });
      const volume = docker.getVolume(`berth-${name}-home`);
      try {
        const { code, message } = await failure(
          bench.engine.create(bench.request(name, { user: 'fresh', home: '/usr/share' }), silent, never),
        );
        assert.equal(code, 'no-space');
        assert.match(message, /disk of the target is full/);
        assert.deepEqual(await leftoversOf(docker, name), [`berth-${name}-home`]);
      } finally {
        const isLetGo = () =>
          volume.remove().then(
            () => true,
            () => false,
          );
        await eventually(isLetGo, 'the volume is let go');
      }
    });

    it('too little memory is named once it has run out', async () => {
      const name = await bench.create({ memoryMiB: 64, firstProcess: 'boot' });
      // The kernel takes the process with the highest score: boot, not one of several hungry ones.
      const hungry = [
        'echo 1000 >/proc/1/oom_score_adj || exit',
        'for i in 1 2 3 4; do perl -e "my @a; while (1) { push @a, q(x) x 100000 }" & done; wait',
      ].join('\n');
      await bench.engine.exec(name, ['sh', '-c', hungry], { user: '0:0' }).catch(() => undefined);
      await eventually(
        async () => (await bench.state(name))?.cause === 'out-of-memory',
        'its state names the memory',
      );
      await bench.engine.start(name, silent, never);
      const [, stop] = await bench.engine.history(name);
      assert.deepEqual([stop?.kind, stop?.cause], ['stop', 'out-of-memory']);
      assert.match(stop?.words ?? '', /^it ran out of memory/);
      assert.ok(stop?.at !== undefined && stop.at <= Date.now(), 'when it was');
    });
  });

  describe('an engine that goes away', () => {
    let relay: Relay;
    let far: Engine;
    before(async () => {
      relay = await Relay.start(dockerSocket);
      far = await openSocket(relay.socketPath);
    });
    after(async () => {
      far[Symbol.dispose]();
      await relay.stop();
    });

    it('before a call: unreachable, each of them, in time', async () => {
      const name = await bench.create();
      await relay.cut();
      try {
        const signal = AbortSignal.timeout(5000);
        const calls: Record<string, () => Promise<unknown>> = {
          probe: () => far.probe(),
          list: () => far.list(),
          create: () => far.create(bench.request(bench.newName()), silent, signal),
          start: () => far.start(name, silent, signal),
          stop: () => far.stop(name, { force: false }, silent, signal),
          remove: () => far.remove(name, { keepHome: false }, silent, signal),
          rebuild: () => far.rebuild(name, { pull: false }, silent, signal),
          edit: () => far.edit(name, { settings: testSettings(), revision: 1 }, silent, signal),
          record: () => far.record(name),
          exec: () => far.exec(name, ['true']),
          dial: () => far.dial(name, 22),
          inspect: () => far.inspect(name),
          log: () => collect(far.log(name, { follow: true }, signal)),
          stats: () => collect(far.stats(name, signal)),
        };
        for (const [what, call] of Object.entries(calls)) {
          const error = await failure(call());
          assert.equal(error.code, 'unreachable', `${what}: ${error.code}, ${error.message}`);
        }
      } finally {
        await relay.restore();
      }
      assert.equal((await far.list()).find(workspace => workspace.name === name)?.state.kind, 'Running');
    });

    it('during a creation: unreachable, and what was left is taken back once it answers again', async () => {
      const name = bench.newName();
      let cut: Promise<void> | undefined;
      const report = (progress: Progress) => {
        if (progress.kind === 'step' && progress.step === 'start') cut ??= relay.cut();
      };
      await failure(far.create(bench.request(name), report, never), 'unreachable');
      await cut;
      await relay.restore();
      for (let tries = 0; tries < 40 && (await leftoversOf(docker, name)).length > 0; tries++) {
        await far.list().catch(() => undefined);
        await sleep(50);
      }
      assert.deepEqual(await leftoversOf(docker, name), []);
    });

    it('during a start and a log: an error, and the workspace is what the engine says', async () => {
      const name = await bench.create({}, false);
      let cut: Promise<void> | undefined;
      const report = (progress: Progress) => {
        if (progress.kind === 'step' && progress.step === 'start') cut ??= relay.cut();
      };
      await failure(far.start(name, report, never), 'unreachable');
      await cut;
      await relay.restore();
      // Until the ends of the old connections have come through.
      await sleep(100);
      await far.start(name, silent, never);
      assert.equal((await bench.state(name))?.kind, 'Running');
      const log = collect(far.log(name, { follow: true }, AbortSignal.timeout(5000))).then(
        () => 'ended',
        (error: unknown) => (isBerthError(error) ? error.code : 'other'),
      );
      await sleep(300);
      await relay.cut();
      assert.equal(await log, 'unreachable');
      await relay.restore();
    });

    it('while watched: told at once when it goes, and when it is back', async () => {
      const changes: number[] = [];
      using _watch = far.watch(() => void changes.push(Date.now()));
      await sleep(300);
      changes.length = 0;
      await relay.cut();
      await sleep(300);
      assert.ok(changes.length > 0);
      changes.length = 0;
      await relay.restore();
      for (let tries = 0; tries < 40 && changes.length === 0; tries++) await sleep(50);
      assert.ok(changes.length > 0);
    });

    it('a target removed while its workspaces are made, started and rebuilt: each comes to its end, then it is let go', async () => {
      const image = await testImage('slow');
      const [made, started, rebuilt] = [
        bench.newName(),
        await bench.create({ image }, false),
        await bench.create({ image }),
      ];
      const gone = await openSocket(dockerSocket);
      const reached: Promise<void>[] = [];
      const booting = () => {
        let tell = () => {};
        reached.push(new Promise(resolve => (tell = resolve)));
        return (progress: Progress) => {
          if (progress.kind === 'boot') tell();
        };
      };
      const work = [
        gone.create(bench.request(made, { image }), booting(), never),
        gone.start(started, booting(), never),
        gone.rebuild(rebuilt, { pull: false }, booting(), never),
      ];
      await Promise.all(reached);
      const retired = gone.retire();
      assert.equal(await Promise.race([retired, sleep(300, 'at work')]), 'at work');
      await Promise.all(work);
      await retired;
      for (const name of [made, started, rebuilt]) {
        assert.equal((await bench.state(name))?.kind, 'Running');
        const containers = (await leftoversOf(docker, name)).filter(leftover => leftover.startsWith('/'));
        assert.deepEqual(containers, [`/berth-${name}`]);
        assert.equal((await leftoversOf(docker, name)).includes(`berth-${name}-mark-building`), false);
      }
      await failure(gone.list(), 'cancelled');
    });

    it('a creation is one for every target of the process that is the same engine', async () => {
      await using registry = await silentRegistry();
      const name = bench.newName();
      const creating = new AbortController();
      const creation = failure(
        bench.engine.create(bench.request(name, { image: registry.image }), silent, creating.signal),
        'cancelled',
      );
      await bench.untilState(name, 'Building');
      const twin = await bench.another();
      assert.equal((await bench.find(name, twin))?.state.kind, 'Building');
      await failure(twin.start(name, silent, never), 'conflict');
      creating.abort();
      await creation;
      assert.deepEqual(await leftoversOf(docker, name), []);
    });

    it('an engine object let go while its workspace starts ends the call', async () => {
      const name = await bench.create({}, false);
      const gone = await openSocket(dockerSocket);
      const report = (progress: { kind: string }) => {
        if (progress.kind === 'boot') gone[Symbol.dispose]();
      };
      await failure(gone.start(name, report, never), 'cancelled');
      assert.ok(['Running', 'Initializing', 'Off'].includes((await bench.state(name))?.kind ?? ''));
    });
  });

  describe('a creating process that is killed', () => {
    it('while it pulls: shown as interrupted, and another process finishes it', async () => {
      await using registry = await silentRegistry();
      const name = bench.newName();
      await killedAt(name, registry.image, progress => progress.step === 'pull');
      await bench.untilState(name, 'Error', soonMs);
      const workspace = await bench.find(name);
      assert.equal(workspace?.state.cause, 'interrupted');
      assert.equal(workspace.createdBy, 'gone@example.org');
      await docker.getImage(baseImage).tag({ repo: registry.repository, tag: '1' });
      try {
        await bench.engine.start(name, silent, never);
        assert.equal((await bench.state(name))?.kind, 'Running');
        assert.equal((await bench.engine.record(name)).createdBy, 'gone@example.org');
        await bench.engine.remove(name, { keepHome: false }, silent, never);
        assert.deepEqual(await leftoversOf(docker, name), []);
      } finally {
        await docker.getImage(registry.image).remove();
      }
    });

    for (const [stage, reached] of [
      ['the creation', (progress: Told) => progress.step === 'create'],
      ['the start', (progress: Told) => progress.step === 'start'],
      ['the boot', (progress: Told) => progress.kind === 'boot'],
    ] as const) {
      it(`at ${stage}: it can be finished or deleted, and deleted nothing is left`, async () => {
        const name = bench.newName();
        await killedAt(name, baseImage, reached);
        const state = await bench.state(name);
        assert.notEqual(state?.kind, 'Building');
        const started = await bench.engine.start(name, silent, never).then(
          () => true,
          error => !isBerthError(error, 'invalid'),
        );
        assert.equal((await bench.state(name))?.kind === 'Running', started);
        await bench.engine.remove(name, { keepHome: false }, silent, never);
        assert.deepEqual(await leftoversOf(docker, name), []);
      });
    }

    for (const [what, next] of [
      ['a start', (name: WorkspaceName) => bench.engine.start(name, silent, never)],
      ['a rebuild', (name: WorkspaceName) => bench.engine.rebuild(name, { pull: false }, silent, never)],
      ['a deletion', async () => {}],
    ] as const) {
      it(`a rebuild that was killed is cleared away by ${what}`, async () => {
        const name = await bench.create({ stopGraceSeconds: 20 });
        const stubborn = `trap '' TERM HUP; (while :; do sleep 1; done) >/dev/null 2>&1 </dev/null &`;
        await bench.engine.exec(name, ['sh', '-c', stubborn]);
        const interims = async () =>
          (await leftoversOf(docker, name)).filter(leftover => leftover.startsWith(`/berth-${name}_`));
        await killedAt(name, 'rebuild', async ({ step }) => {
          if (step !== 'create') return false;
          await eventually(async () => (await interims()).length > 0, 'the new container is there');
          return true;
        });
        assert.equal((await interims()).length, 1);
        await bench.engine.stop(name, { force: true }, silent, never);
        assert.equal((await bench.find(name))?.name, name);
        await next(name);
        assert.equal((await interims()).length, what === 'a deletion' ? 1 : 0);
        await bench.engine.remove(name, { keepHome: false }, silent, never);
        assert.deepEqual(await leftoversOf(docker, name), []);
      });
    }

    it('a container that reads an image’s users is the workspace’s, and goes with it', async () => {
      const since = Math.floor(Date.now() / 1000);
      const name = bench.newName();
      const request = bench.request(name, { user: 'somebody' }, false);
      await (await bench.another()).create(request, silent, never);
      const filters = {
        event: ['create'],
        label: ['workspace.berth/role=passage', `workspace.berth/name=${name}`],
      };
      const events = await docker.getEvents({ since, until: Math.floor(Date.now() / 1000) + 1, filters });
      assert.match((await collect(events)).join(''), /never-started|"create"/);
      // As a kill would leave it.
      const Labels = { 'workspace.berth/name': name, 'workspace.berth/role': 'passage' };
      await docker.createContainer({ Image: baseImage, Cmd: ['never-started'], Labels });
      await bench.engine.remove(name, { keepHome: false }, silent, never);
      assert.deepEqual(await leftoversOf(docker, name), []);
    });

    it('a pull cancelled in time leaves nothing', async () => {
      await using registry = await silentRegistry();
      const name = bench.newName();
      const { report, signal } = abortAt(progress => progress.kind === 'step' && progress.step === 'pull');
      await failure(
        bench.engine.create(bench.request(name, { image: registry.image }), report, signal),
        'cancelled',
      );
      assert.deepEqual(await leftoversOf(docker, name), []);
    });
  });
});

interface Told {
  readonly kind: string;
  readonly step?: string;
}

/** Has another process create the workspace, or rebuild it, and kills it the hard way once it has got that far. */
async function killedAt(
  name: string,
  image: string,
  reached: (progress: Told) => boolean | Promise<boolean>,
): Promise<void> {
  const script = join(import.meta.dirname, 'creator.ts');
  const child = spawn(process.execPath, [script, dockerSocket, name, image], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (await reached(JSON.parse(line))) child.kill('SIGKILL');
  }
  clearTimeout(timer);
  const [, signal] = await ended;
  assert.equal(signal, 'SIGKILL');
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

const exitingImage = `berth-test/exits-${process.pid}:1`;

async function exitsAtOnce(docker: Dockerode): Promise<string> {
  const container = await docker.createContainer({ Image: baseImage, Cmd: ['sh', '-c', 'echo bye; exit 7'] });
  try {
    await container.commit({ repo: exitingImage.split(':')[0] ?? '', tag: '1' });
  } finally {
    await container.remove();
  }
  return exitingImage;
}
