import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineClock } from '../../../../src/engine/clock.ts';

const second = 1000;
const hour = 3600 * second;
const now = Date.parse('2026-01-01T12:00:00Z');
/** As an engine whose clock is so far ahead of ours would date an answer. */
const dated = (aheadMs: number) => new Date(now + aheadMs).toUTCString();

describe('the engine’s clock', () => {
  const aheadOf = (clock: EngineClock) => now - clock.here(now).getTime();

  for (const [what, aheadMs, expected] of [
    ['shows the same', 0, 0],
    ['differs by whole seconds and by an answer’s way', -4 * second, 0],
    ['is an hour ahead', hour, hour + 500],
    ['is a day behind', -24 * hour, -24 * hour + 500],
  ] as const) {
    it(what, () => {
      const clock = new EngineClock();
      clock.note(dated(aheadMs), now);
      assert.equal(aheadOf(clock), expected);
      assert.ok(Math.abs(clock.now() - Date.now() - expected) < second);
    });
  }

  it('does not move with each answer, and follows when it is set', () => {
    const clock = new EngineClock();
    clock.note(dated(hour), now);
    clock.note(dated(hour + 3 * second), now);
    assert.equal(aheadOf(clock), hour + 500);
    clock.note(dated(0), now);
    assert.equal(aheadOf(clock), 0);
  });

  it('stays what it is where an answer has no date, or an odd one', () => {
    const clock = new EngineClock();
    for (const date of [undefined, '', 'yesterday', 7, ['x']]) clock.note(date, now);
    assert.equal(aheadOf(clock), 0);
  });
});
