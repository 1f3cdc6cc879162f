/** What people do over ssh, and what is special to connections whose socket is handed over to ssh. */
import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { Background, run } from '../../support/command.ts';
import { sshContract } from '../sshContract.ts';
import { childrenOf } from './flow.ts';
import { Room } from './room.ts';

let room: Room;
let yak: WorkspaceName;
before(async () => {
  room = await Room.open();
  yak = await room.create('yak');
});
after(() => room?.[Symbol.asyncDispose]());

const remote = () => `${room.alias(yak)}`;

sshContract('ssh to a workspace of this machine', () => ({ room, name: yak }));

describe('a workspace that runs', () => {
  it('needs no process of ours once it is joined', async () => {
    const ssh = new Background('ssh', room.command(remote(), 'echo joined; sleep 30').slice(1));
    try {
      await ssh.until(() => ssh.output.includes('joined'), 'it was joined');
      assert.deepEqual(await childrenOf(ssh.child.pid ?? 0), []);
    } finally {
      await ssh.stop();
    }
  });

  it('asks the engine one question the second time, and writes nothing', async () => {
    const seen = room.home.folder.mark(room.alias(yak), 'seen');
    await rm(seen, { force: true });
    await room.ssh(yak, 'true');
    const first = await stat(seen);
    await room.ssh(yak, 'true');
    assert.equal((await stat(seen)).mtimeMs, first.mtimeMs);
  });

  it('is found again after a restart by hand, on its new port', async () => {
    const port = () => run('docker', ['port', `berth-${yak}`, '22']).then(({ stdout }) => stdout);
    const before = await port();
    await run('docker', ['restart', '-t', '5', `berth-${yak}`]);
    const { code, stderr } = await room.ssh(yak, 'true');
    assert.equal(code, 0, stderr);
    assert.notEqual(await port(), before);
  });

  it('is joined though known_hosts was lost or says another key, and by no other key than its own', async () => {
    const { knownHosts } = room.home.folder;
    const good = await readFile(knownHosts, 'utf8');
    for (const text of [
      '',
      `${room.alias(yak)} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOqDlafKsmiuNffEhKGGkpQxv3HKkTYnE8TK0VI5ZQjo\n`,
    ]) {
      await writeFile(knownHosts, text);
      const { code, stderr } = await room.ssh(yak, 'true');
      assert.equal(code, 0, stderr);
      assert.equal(await readFile(knownHosts, 'utf8'), good);
    }
    // One that is not pinned is refused, however it was reached.
    const { code, stderr } = await room.ssh(yak, 'true', { args: ['-o', 'HostKeyAlias=nobody.t.berth'] });
    assert.notEqual(code, 0);
    assert.match(stderr, /Host key verification failed/);
  });
});
