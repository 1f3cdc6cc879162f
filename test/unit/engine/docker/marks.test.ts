import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isProcessAlive } from '../../../../src/engine/isProcessAlive.ts';
import { labelKeys } from '../../../../src/engine/labels.ts';
import { isMakerAlive, readMark } from '../../../../src/engine/maker.ts';

const minute = 60_000;
const now = 1_000_000 * minute;
const mark = (host: string, ageMs: number, pid = 1) => ({
  maker: { identity: 'ann', host, pid },
  at: now - ageMs,
  token: 't',
});

describe('isMakerAlive', () => {
  const rows: [string, ReturnType<typeof mark>, boolean, boolean][] = [
    ['here and running', mark('here', minute), true, true],
    ['here and gone', mark('here', 0), false, false],
    ['here, running, in a pull of two hours', mark('here', 120 * minute), true, true],
    ['here, its number taken by another since', mark('here', 25 * 60 * minute), true, false],
    [
      'here and running, before the clock was set back by two days',
      mark('here', -48 * 60 * minute),
      true,
      true,
    ],
    ['here and gone, before the clock was set back', mark('here', -60 * minute), false, false],
    ['elsewhere, lately', mark('there', 29 * minute), false, true],
    ['elsewhere, long ago', mark('there', 31 * minute), true, false],
    ['elsewhere, by a clock a little ahead', mark('there', -5 * minute), false, true],
    ['elsewhere, before the clock was set back by a day', mark('there', -24 * 60 * minute), false, false],
  ];
  for (const [what, at, isRunning, expected] of rows) {
    it(`${what}: ${expected ? 'alive' : 'gone'}`, () => {
      assert.equal(
        isMakerAlive(at, now, 'here', () => isRunning),
        expected,
      );
    });
  }
});

describe('isProcessAlive', () => {
  it('knows this process, and that a number nobody has is nobody', () => {
    assert.equal(isProcessAlive(process.pid), true);
    assert.equal(isProcessAlive(2 ** 22 + 1), false);
    assert.equal(isProcessAlive(0), false);
    assert.equal(isProcessAlive(-1), false);
  });
});

describe('readMark', () => {
  it('anything in the labels is a mark or none, never an exception', () => {
    const keys = fc.constantFrom(labelKeys.maker, labelKeys.at, labelKeys.token);
    fc.assert(
      fc.property(fc.dictionary(keys, fc.oneof(fc.string(), fc.json())), labels => void readMark(labels)),
    );
  });
});
