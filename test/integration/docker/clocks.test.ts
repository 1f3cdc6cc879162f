/** Clocks that differ: the engine's, this machine's, and that of somebody else who works on the same engine. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import Dockerode from 'dockerode';
import { ensureBaseImage } from '../../support/baseImage.ts';
import { eventually, run } from '../../support/command.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { clockEnvironment, offsets, underClock } from '../../support/otherClock.ts';
import { startPodman } from '../../support/podman.ts';
import { EngineBench, failure, never, silent } from '../engineBench.ts';
import { assertLifetime, type Lifetime } from '../lifetime.ts';
import { leftoversOf } from './leftovers.ts';
import { silentRegistry } from './silentRegistry.ts';

const minute = 60_000;

async function lifetimeUnder(offset: string, socketPath: string): Promise<Lifetime> {
  const script = join(import.meta.dirname, 'lifetime.ts');
  const [program, ...words] = underClock(offset, [process.execPath, script, socketPath]);
  const { stdout } = await run(program, words, { env: clockEnvironment, timeoutMs: 120_000 });
  return JSON.parse(stdout);
}

describe('a clock that differs from the engine’s', () => {
  for (const offset of offsets) {
    it(`by ${offset}: a whole life of a workspace, each state and its age as it is`, async () => {
      assertLifetime(await lifetimeUnder(offset, dockerSocket));
    });
  }

  it('by a day, on Podman, either way', async () => {
    const podman = await startPodman();
    try {
      await ensureBaseImage(silent, podman.socketPath);
      for (const offset of ['-1d', '+1d']) assertLifetime(await lifetimeUnder(offset, podman.socketPath));
    } finally {
      await podman.stop();
    }
  });
});

describe('somebody at work whose clock differs', () => {
  const docker = new Dockerode({ socketPath: dockerSocket });
  let bench: EngineBench;
  before(async () => {
    bench = await EngineBench.on(dockerSocket);
  });
  after(() => bench[Symbol.asyncDispose]());

  for (const [where, host] of [
    ['this machine', ''],
    ['another machine', 'far-away'],
  ] as const) {
    for (const offset of ['-1d', '+1d']) {
      it(`by ${offset} on ${where} is at work, not gone: the creation is shown and nobody takes it over`, async () => {
        await using registry = await silentRegistry();
        const name = bench.newName();
        const script = join(import.meta.dirname, 'creator.ts');
        const words = [process.execPath, script, dockerSocket, name, registry.image, host];
        const [program, ...rest] = underClock(offset, words);
        const child = spawn(program, rest, {
          stdio: 'ignore',
          env: { ...process.env, ...clockEnvironment },
        });
        try {
          const ended = once(child, 'exit');
          await bench.untilState(name, 'Building', 60_000);
          const workspace = await bench.find(name);
          assert.ok(Math.abs(Date.parse(workspace?.createdAt ?? '') - Date.now()) < minute);
          await failure(bench.engine.start(name, silent, never), 'conflict');
          await failure(bench.engine.remove(name, { keepHome: false }, silent, never), 'conflict');
          // It takes back by itself what it made.
          child.kill('SIGTERM');
          await ended;
          await eventually(
            async () => (await leftoversOf(docker, name)).length === 0,
            'nothing of it is left',
          );
        } finally {
          child.kill('SIGKILL');
        }
      });
    }
  }
});
