/** Connecting from a machine whose clock is not the engine's: who may start a workspace does not depend on it. */
import assert from 'node:assert/strict';
import { rm, utimes } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { offsets } from '../../support/otherClock.ts';
import { Room } from './room.ts';

let room: Room;
let yak: WorkspaceName;
before(async () => {
  room = await Room.open();
  yak = await room.create('clocks');
});
after(() => room?.[Symbol.asyncDispose]());

async function stateOf(name: WorkspaceName): Promise<string> {
  return (await room.engine.find(name))?.state.kind ?? 'gone';
}

async function forget(...kinds: ('wanted' | 'refused' | 'seen')[]): Promise<void> {
  for (const kind of kinds) await rm(room.home.folder.mark(room.alias(yak), kind), { force: true });
}

const ms = { h: 3_600_000, d: 86_400_000 };
/** '-1h' in milliseconds. */
function offsetMs(clock: string): number {
  const [, sign, count, unit] = /^([+-])(\d+)([hd])$/.exec(clock) ?? [];
  return Number(`${sign}${count}`) * (unit === 'd' ? ms.d : ms.h);
}

describe('a clock that differs from the engine’s', () => {
  for (const clock of offsets) {
    it(`by ${clock}: a window that reconnects starts nothing, Berth’s own command does`, async () => {
      await room.stop(yak);
      await forget('wanted', 'refused');
      for (const _ of ['at once', 'and again']) {
        const refused = await room.ssh(yak, 'true', { clock });
        assert.notEqual(refused.code, 0);
        assert.match(refused.stderr, /^berth: .* stopped less than two minutes ago \(.+\), and a window/);
        assert.equal(await stateOf(yak), 'Off');
      }
      await room.home.markWanted(room.alias(yak));
      // As the file system of a machine with that clock would date it.
      const wanted = new Date(Date.now() + offsetMs(clock));
      await utimes(room.home.folder.mark(room.alias(yak), 'wanted'), wanted, wanted);
      const started = await room.ssh(yak, 'echo in', { clock });
      assert.equal(started.stdout, 'in\n', started.stderr);
      await forget('seen');
      assert.equal((await room.ssh(yak, 'echo again', { clock })).stdout, 'again\n');
    });
  }

  it('that is set back by a day while a workspace is off takes nothing for a stop of just now', async () => {
    await room.stop(yak);
    await forget('wanted', 'refused');
    assert.notEqual((await room.ssh(yak, 'true')).code, 0);
    // The mark of the refusal is of the future then, and holds nobody out; the stop itself is the engine's, and does.
    const { stderr } = await room.ssh(yak, 'true', { clock: '-1d' });
    assert.match(stderr, /stopped less than two minutes ago/);
  });
});
