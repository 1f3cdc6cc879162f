/** Workspaces on engines elsewhere, where the proxy carries the bytes itself: `sshd -i` over the engine's exec. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { Background, eventually, run } from '../../support/command.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { childrenOf, residentBytes, sha256OfGigabyte } from './flow.ts';
import { Room } from './room.ts';

const mebibyte = 1024 * 1024;
let server: Server;
const sockets = new Set<Socket>();
let room: Room;
let yak: WorkspaceName;

before(async () => {
  // The same engine behind a TCP port, which nobody takes for one of this machine.
  server = createServer({ allowHalfOpen: true }, near => {
    const far = connect({ path: dockerSocket, allowHalfOpen: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  room = await Room.open({ endpoint: { type: 'tcp', host: '127.0.0.1', port: address.port } });
  yak = await room.create('far');
});
after(async () => {
  await room?.[Symbol.asyncDispose]();
  for (const socket of sockets) socket.destroy();
  server?.close();
});

/** The proxy that an ssh of ours runs. */
async function proxyOf(ssh: Background): Promise<number> {
  let found: number | undefined;
  await eventually(async () => {
    [found] = await childrenOf(ssh.child.pid ?? 0);
    return found !== undefined;
  }, 'ssh ran its proxy');
  return found ?? 0;
}

describe('a workspace on an engine elsewhere', () => {
  it('is joined by the same config, whose exit codes and streams are the command’s', async () => {
    const { code, stdout, stderr } = await room.ssh(yak, 'cat; echo words >&2; exit 7', { input: 'through' });
    assert.deepEqual([code, stdout, stderr], [7, 'through', 'words\n']);
  });

  it('is started when it is off', async () => {
    await room.stop(yak);
    await room.home.markWanted(room.alias(yak));
    const { stdout, stderr } = await room.ssh(yak, 'echo hello');
    assert.equal(stdout, 'hello\n', stderr);
  });

  it('is not started by a window that reconnects', async () => {
    await room.stop(yak);
    const mark = room.home.folder.mark(room.alias(yak), 'wanted');
    await run('rm', ['-f', mark]);
    assert.match((await room.ssh(yak, 'true')).stderr, /^berth: .* stopped less than two minutes ago/);
    await room.home.markWanted(room.alias(yak));
  });

  it('gets a gigabyte and gives one, unchanged, in little memory', async () => {
    const expected = await sha256OfGigabyte();
    const commands = [
      `ssh -F '${room.config}' ${room.alias(yak)} 'head -c 1073741824 /dev/zero' | sha256sum`,
      `head -c 1073741824 /dev/zero | ssh -F '${room.config}' ${room.alias(yak)} sha256sum`,
    ];
    for (const command of commands) {
      const flow = new Background('bash', ['-c', command]);
      try {
        const held: number[] = [];
        while (!flow.hasExited) {
          held.push(...(await proxiesUnder(flow.child.pid ?? 0)));
          await sleep(250);
        }
        assert.equal(flow.output.split(' ')[0], expected, flow.output);
        const half = Math.floor(held.length / 2);
        const [early, late] = [Math.max(...held.slice(0, half)), Math.max(...held.slice(half))];
        assert.ok(half > 5 && late < 250 * mebibyte, `the proxy held ${late} bytes`);
        assert.ok(late - early < 48 * mebibyte, `it grew from ${early} to ${late} bytes`);
      } finally {
        await flow.stop();
      }
    }
  });

  it('holds back what ssh does not take: a reader that sleeps costs no memory', async () => {
    const ssh = new Background('bash', [
      '-c',
      `ssh -F '${room.config}' ${room.alias(yak)} 'head -c 1073741824 /dev/zero' | (sleep 6; head -c 1)`,
    ]);
    try {
      await sleep(3_000);
      const early = Math.max(...(await proxiesUnder(ssh.child.pid ?? 0)));
      await sleep(2_000);
      const late = Math.max(...(await proxiesUnder(ssh.child.pid ?? 0)));
      assert.ok(early > 0, 'the proxy was at work');
      assert.ok(late - early < 48 * mebibyte, `it grew from ${early} to ${late} bytes`);
    } finally {
      await ssh.stop();
    }
  });

  it('leaves no proxy and no session behind when ssh is killed', async () => {
    const ssh = new Background('ssh', room.command(room.alias(yak), 'echo joined; exec sleep 1234').slice(1));
    await ssh.until(() => ssh.output.includes('joined'), 'it was joined');
    const proxy = await proxyOf(ssh);
    ssh.child.kill('SIGKILL');
    await eventually(async () => (await residentBytes(proxy)) === 0, 'the proxy was gone', 60_000);
    await eventually(
      async () => !(await run('docker', ['top', `berth-${yak}`])).stdout.includes('sshd: root'),
      'its session was gone',
      60_000,
    );
    await ssh.stop();
  });

  it('ends ssh, and the proxy, when the workspace goes', async () => {
    const ssh = new Background('ssh', room.command(room.alias(yak), 'echo joined; exec sleep 1234').slice(1));
    try {
      await ssh.until(() => ssh.output.includes('joined'), 'it was joined');
      const proxy = await proxyOf(ssh);
      await room.engine.stop(yak, { force: true }, () => {}, AbortSignal.timeout(30_000));
      assert.notEqual(await ssh.ended(15_000), undefined, 'ssh ended');
      await eventually(async () => (await residentBytes(proxy)) === 0, 'the proxy was gone', 60_000);
    } finally {
      await ssh.stop();
    }
  });
});

/** The memory of every proxy below a process, in bytes. */
async function proxiesUnder(pid: number): Promise<number[]> {
  const below: number[] = [];
  for (const child of await childrenOf(pid)) {
    below.push(...(await proxiesUnder(child)));
    const command = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('proxy.cjs')) below.push(await residentBytes(child));
  }
  return below;
}
