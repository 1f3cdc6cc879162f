import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextWarning, warningsAt } from '../../../src/commands/warningsAt.ts';
import type { TimeLeft } from '../../../src/workspace/timeLeft.ts';
import { sampleSettings, sampleWorkspace } from '../views/samples.ts';

const now = 1_780_000_000_000;
const minute = 60_000;

function running(minutesLeft: number | undefined, changes: Partial<TimeLeft> = {}) {
  return sampleWorkspace('brave-otter', {
    state: { kind: 'Running', reason: '' },
    settings: sampleSettings({ lifespanHours: 8 }),
    time: {
      endsAt: minutesLeft === undefined ? undefined : now + minutesLeft * minute,
      limit: 'lifespan',
      what: '8 h lifespan',
      isWarned: false,
      roomMs: 5 * minute,
      ...changes,
    },
  });
}

describe('a warning', () => {
  it('comes once it is time, once for each stop, and again for one that was put off', () => {
    assert.deepEqual(warningsAt([running(11)], now, new Map()).due, []);
    const first = warningsAt([running(10)], now, new Map());
    assert.deepEqual(first.due, [
      {
        ref: { target: 'local', name: 'brave-otter' },
        endsAt: now + 10 * minute,
        what: '8 h lifespan',
        roomMs: 5 * minute,
      },
    ]);
    assert.deepEqual(warningsAt([running(9.5)], now, first.said).due, []);
    assert.equal(warningsAt([running(8)], now, first.said).due.length, 1);
  });

  it('does not come for what is off, has no end, or is past it', () => {
    const off = { ...running(5), state: { kind: 'Off', reason: '' } as const };
    assert.deepEqual(warningsAt([off, running(undefined), running(-1)], now, new Map()).due, []);
  });

  it('is waited for until its moment, and not once it was given', () => {
    assert.equal(nextWarning([running(25), running(undefined)], now, new Map()), now + 15 * minute);
    assert.equal(
      nextWarning([running(25)], now, new Map([['local/brave-otter', now + 25 * minute]])),
      undefined,
    );
    assert.equal(nextWarning([running(60 * 100)], now, new Map()), now + 24 * 60 * minute);
  });
});
