/** Limits in real minutes, as settings have them, and a window that keeps reconnecting for longer than it is kept out. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { eventually, run } from '../../support/command.ts';
import { Room } from './room.ts';

const minute = 60_000;
/** Of which hours have other minutes than those of UTC. */
const zone = 'Asia/Kolkata';

let room: Room;
before(async () => {
  room = await Room.open({ settings: { cpus: 0.5, memoryMiB: 128 } });
});
after(() => room?.[Symbol.asyncDispose]());

async function find(name: WorkspaceName): Promise<Workspace> {
  const workspace = await room.engine.find(name);
  assert.ok(workspace);
  return workspace;
}

/** Once it is off, when that was and why. */
async function end(name: WorkspaceName): Promise<{ readonly at: number; readonly reason: string }> {
  await eventually(async () => (await find(name)).state.kind === 'Off', 'it is off', 5 * minute);
  const { stoppedAt, state } = await find(name);
  assert.equal(state.cause, 'limit');
  return { at: Date.parse(stoppedAt ?? ''), reason: state.reason };
}

// Together they take as long as the longest of them.
describe('limits in real minutes', { concurrency: true }, () => {
  it('an idle stop comes once nobody has been connected for a minute', async () => {
    const name = await room.create('idle', { idleMinutes: 1 });
    assert.equal((await room.ssh(name, 'sleep 20; echo done')).stdout, 'done\n');
    const leftAt = Date.now();
    const { at, reason } = await end(name);
    assert.equal(reason, 'idle for 1 min');
    // Whoever looks every ten seconds may have seen the last of the session before it was over.
    assert.ok(at - leftAt > minute - 15_000, `${at - leftAt} ms`);
  });

  it('a daily stop comes at its minute, in a zone of its own', async () => {
    const wanted = Math.ceil(Date.now() / minute) * minute + minute;
    const dailyStop = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
    }).format(wanted);
    const name = await room.create('daily', { dailyStop, dailyStopZone: zone, warningMinutes: 1 });
    const { at, reason } = await end(name);
    assert.equal(reason, `daily stop at ${dailyStop} ${zone}`);
    assert.ok(at >= wanted - 1000, `${wanted - at} ms too early`);
  });

  it('a window that keeps reconnecting for longer than two minutes does not bring back what a limit has stopped', async () => {
    const name = await room.create('window');
    const started = () => run('docker', ['inspect', '-f', '{{.State.StartedAt}}', `berth-${name}`]);
    const limits = 'berth_lifespan=3 berth_warning=1 berth_longest=3600\\n';
    await room.ssh(name, `printf '${limits}' >/berth/limits.new && mv /berth/limits.new /berth/limits`);
    const { at } = await end(name);
    const before = (await started()).stdout;
    let tries = 0;
    for (; Date.now() - at < 2.25 * minute; tries++) {
      const { code, stderr } = await room.ssh(name, 'true');
      assert.notEqual(code, 0);
      assert.match(stderr, /^berth: .*(?:stopped less than two minutes ago|reconnect)/);
      await sleep(4_000);
    }
    assert.ok(tries > 2);
    assert.equal((await find(name)).state.kind, 'Off');
    assert.equal((await started()).stdout, before);
    // Who sits at it may.
    assert.match((await room.sshAtTerminal(name, 'echo hello')).stdout, /hello/);
  });
});
