/** The same way in on Podman, whose API is Docker's in the main. */
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { baseImage, ensureBaseImage } from '../../support/baseImage.ts';
import { run } from '../../support/command.ts';
import { type PodmanService, startPodman } from '../../support/podman.ts';
import { adoptAs, candidate, forget, refusals } from '../adoption.ts';
import { Room } from './room.ts';

let podman: PodmanService;
let room: Room;
let yak: WorkspaceName;
before(async () => {
  podman = await startPodman();
  await ensureBaseImage(() => {}, podman.socketPath);
  room = await Room.open({ endpoint: { type: 'unix', path: podman.socketPath } });
  yak = await room.create('pod', { start: false });
});
after(async () => {
  await room?.[Symbol.asyncDispose]();
  await podman?.stop();
});

describe('a workspace on Podman', () => {
  it('is started by connecting, and joined by its socket', async () => {
    const { stdout, stderr } = await room.ssh(yak, 'echo hello');
    assert.equal(stdout, 'hello\n', stderr);
  });

  it('needs one question the second time', async () => {
    const seen = room.home.folder.mark(room.alias(yak), 'seen');
    const before = await stat(seen);
    const { stdout, stderr } = await room.ssh(yak, 'echo again');
    assert.equal(stdout, 'again\n', stderr);
    assert.equal((await stat(seen)).mtimeMs, before.mtimeMs);
  });

  it('is not started by a window that reconnects, and is by a person', async () => {
    await room.stop(yak);
    assert.match((await room.ssh(yak, 'true')).stderr, /^berth: .* stopped less than two minutes ago/);
    const { code, stdout } = await room.sshAtTerminal(yak, 'echo hello');
    assert.equal(code, 0, stdout);
  });
});

describe('a container of Podman that Berth did not make', () => {
  it('is adopted, entered, never stopped, and left as it was', async () => {
    const name = room.name('foreign');
    const env = { DOCKER_HOST: `unix://${podman.socketPath}` };
    const docker = async (...args: string[]) => (await run('docker', args, { env })).stdout.trim();
    await docker('run', '-d', `--name=${name}`, '--entrypoint', 'sleep', baseImage, 'infinity');
    try {
      const startedAt = await docker('inspect', '-f', '{{.State.StartedAt}}', name);
      const adopted = await adoptAs(room, name, await candidate(room, name));
      const { stdout, stderr } = await room.ssh(name, 'id -un');
      assert.equal(stdout, 'root\n', stderr);
      assert.deepEqual(await refusals(room, name), Array(5).fill('not-found'));
      await forget(room, adopted);
      assert.equal(await docker('exec', name, 'sh', '-c', 'ls -dA /tmp/.b* /run/sshd 2>/dev/null; true'), '');
      assert.equal(await docker('inspect', '-f', '{{.State.StartedAt}}', name), startedAt);
    } finally {
      await docker('rm', '-f', name);
    }
  });
});
