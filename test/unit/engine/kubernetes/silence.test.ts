import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Silence } from '../../../../src/engine/kubernetes/silence.ts';

describe('the silence of a workspace that is waited for', () => {
  let now = 0;
  type Heard = readonly { readonly ms: number; readonly state?: string }[];
  const after = (events: Heard) => {
    now = 0;
    const silence = new Silence(1000, () => now);
    for (const { ms, state } of events) {
      now += ms;
      silence.heard(state);
    }
    return silence;
  };
  const table: [string, Heard, number, boolean][] = [
    ['is not too long at first', [], 999, false],
    ['is too long at its limit', [], 1000, true],
    [
      'begins anew with another state',
      [
        { ms: 0, state: 'a' },
        { ms: 900, state: 'b' },
      ],
      999,
      false,
    ],
    [
      'goes on with the same state',
      [
        { ms: 0, state: 'a' },
        { ms: 900, state: 'a' },
      ],
      100,
      true,
    ],
    ['begins anew with every word', [{ ms: 0, state: 'a' }, { ms: 900 }, { ms: 0, state: 'a' }], 999, false],
  ];
  for (const [what, events, ms, isTooLong] of table) {
    it(what, () => {
      const silence = after(events);
      now += ms;
      assert.equal(silence.isTooLong, isTooLong);
    });
  }
});
