import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNewsOf } from '../../../src/commands/startOffer.ts';

const now = 1_000_000_000;
const off = { kind: 'Off', reason: 'stopped by a person', cause: 'person' } as const;
const running = { kind: 'Running', reason: '' } as const;

describe('a start that the proxy refused is offered again', () => {
  for (const [title, refusal, expected] of [
    ['at the first refusal', { refusedAt: now - 500, seenAt: undefined, state: off }, true],
    ['not where none was refused', { refusedAt: undefined, seenAt: undefined, state: off }, false],
    [
      'not again while the same window keeps trying',
      { refusedAt: now, seenAt: now - 5_000, state: off },
      false,
    ],
    [
      'once more when the tries had come to an end',
      { refusedAt: now, seenAt: now - 121_000, state: off },
      true,
    ],
    ['not when it runs by now', { refusedAt: now, seenAt: undefined, state: running }, false],
    ['not for one that is gone', { refusedAt: now, seenAt: undefined, state: undefined }, false],
    ['not for an old mark', { refusedAt: now - 121_000, seenAt: undefined, state: off }, false],
    [
      'over a clock that was set back a little',
      { refusedAt: now + 3_000, seenAt: undefined, state: off },
      true,
    ],
  ] as const) {
    it(title, () => assert.equal(isNewsOf({ now, ...refusal }), expected));
  }
});
