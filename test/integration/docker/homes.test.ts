/** Homes on a real Docker and a real Podman, and what becomes of them when something goes wrong. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import Dockerode from 'dockerode';
import { writeBackup } from '../../../src/backup/backupWriter.ts';
import { backupSource, homesOf } from '../../../src/engine/homeSources.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { backUp, manifestOf } from '../../support/backups.ts';
import { ensureBaseImage } from '../../support/baseImage.ts';
import { eventually } from '../../support/command.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { startPodman } from '../../support/podman.ts';
import { Relay } from '../../support/relay.ts';
import { EngineBench, never, openSocket, silent } from '../engineBench.ts';
import { homeContract } from '../homeContract.ts';
import { makeTree, shell, sumOfTree } from '../homeTree.ts';
import { leftoversOf } from './leftovers.ts';
import { SmallDisk } from './smallDisk.ts';

homeContract('Docker', async () => {
  const docker = new Dockerode({ socketPath: dockerSocket });
  return {
    bench: await EngineBench.on(dockerSocket),
    place: [dockerSocket],
    leftovers: name => leftoversOf(docker, name),
    stop: async () => {},
  };
});

homeContract('Podman', async () => {
  const podman = await startPodman();
  const docker = new Dockerode({ socketPath: podman.socketPath });
  try {
    await ensureBaseImage(() => {}, podman.socketPath);
    return {
      bench: await EngineBench.on(podman.socketPath),
      place: [podman.socketPath],
      leftovers: name => leftoversOf(docker, name),
      stop: () => podman.stop(),
    };
  } catch (error) {
    await podman.stop();
    throw error;
  }
});

describe('a home on Docker, when something goes wrong', () => {
  const docker = new Dockerode({ socketPath: dockerSocket });
  let bench: EngineBench;
  let folder: string;
  let name: WorkspaceName;
  before(async () => {
    bench = await EngineBench.on(dockerSocket);
    folder = await mkdtemp(join(tmpdir(), 'berth-homes-'));
    name = await bench.create();
    await makeTree(bench.engine, name);
  });
  after(async () => {
    await bench?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('is not backed up to a disk that is full, and nothing half is left there', async () => {
    await using disk = await SmallDisk.make('16M');
    await assert.rejects(backUp(bench.engine, name, join(disk.path, 'x.tar')), error =>
      isBerthError(error, 'no-space'),
    );
    assert.deepEqual(await readdir(disk.path), []);
  });

  it('is not backed up by half where the engine is lost in the middle', async () => {
    const relay = await Relay.start(dockerSocket);
    const engine = await openSocket(relay.socketPath);
    try {
      const path = join(folder, 'lost.tar');
      const manifest = manifestOf(await bench.engine.record(name));
      const { tar } = await homesOf(engine).read(name, never);
      const progress = (bytes: number) => {
        if (bytes > 1 << 20) void relay.cut();
      };
      await assert.rejects(writeBackup(path, manifest, tar, { signal: never, progress }), error => {
        assert.ok(isBerthError(error, 'unreachable'), String(error));
        return true;
      });
      assert.deepEqual(await readdir(folder), []);
    } finally {
      engine[Symbol.dispose]();
      await relay.stop();
    }
  });

  it('stays as it was where the other one does not fit on its disk', async () => {
    const backup = await backUp(bench.engine, name, join(folder, 'x.tar'));
    await using disk = await SmallDisk.make('40M');
    const small = bench.newName();
    await docker.createVolume({
      Name: `berth-${small}-home`,
      DriverOpts: { type: 'none', o: 'bind', device: disk.path },
    });
    try {
      await bench.engine.create(bench.request(small), silent, never);
      await shell(bench.engine, small, 'echo mine > ~/mine');
      await bench.engine.stop(small, { force: true }, silent, never);
      const { sums } = backup;
      const unknown = async (signal: AbortSignal) => {
        const { tar, owner } = await backupSource(backup).open(signal);
        return { tar, owner };
      };
      // Known beforehand, and found on the way.
      for (const source of [backupSource(backup), { open: unknown }]) {
        await assert.rejects(homesOf(bench.engine).replace(small, source, silent, never), error => {
          assert.ok(isBerthError(error, 'no-space'), String(error));
          return true;
        });
      }
      assert.ok(sums.tar.bytes > 40 << 20);
      await bench.engine.start(small, silent, never);
      assert.equal(
        await shell(bench.engine, small, 'cat ~/mine; ls -d ~/.berth-swap 2>/dev/null; true'),
        'mine',
      );
    } finally {
      await bench.engine.remove(small, { keepHome: true }, silent, never);
      await docker.getVolume(`berth-${small}-home`).remove({ force: true });
    }
  });

  it('whose maker is killed in the middle is known as half made, can only be deleted, and then nothing is left', async () => {
    const killed = bench.newName();
    const creator = join(import.meta.dirname, 'creator.ts');
    const { image } = bench.settings();
    const argv = [creator, dockerSocket, killed, image, '', name];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    let told = '';
    for await (const piece of child.stdout) {
      told += String(piece);
      if (told.includes('"step":"home"') && !child.killed) child.kill('SIGKILL');
    }
    await ended;
    assert.equal(child.signalCode, 'SIGKILL');
    await eventually(
      async () => (await bench.state(killed))?.cause === 'interrupted',
      'the state of an interrupted creation',
      60_000,
    );
    await assert.rejects(bench.engine.start(killed, silent, never), error => isBerthError(error, 'invalid'));
    await bench.engine.remove(killed, { keepHome: false }, silent, never);
    assert.deepEqual(await leftoversOf(docker, killed), []);
    assert.notEqual(await sumOfTree(bench.engine, name), '');
  });
});
