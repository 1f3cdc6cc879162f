import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { binarySize, duration } from '../../../src/workspace/words.ts';

describe('binarySize', () => {
  for (const [bytes, expected] of [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [20 * 2 ** 20, '20 MiB'],
    [1.25 * 2 ** 30, '1.3 GiB'],
    [15.6 * 2 ** 30, '15.6 GiB'],
    [117e6, '112 MiB'],
    [5000 * 2 ** 40, '4.9 PiB'],
    [2 ** 60, '1024 PiB'],
  ] as const) {
    it(`${bytes} is ${expected}`, () => assert.equal(binarySize(bytes), expected));
  }
});

describe('duration', () => {
  for (const [ms, expected] of [
    [-5_000, 'under 1 min'],
    [59_000, 'under 1 min'],
    [60_000, '1 min'],
    [3_599_000, '59 min'],
    [3_600_000, '1 h'],
    [47 * 3_600_000, '47 h'],
    [48 * 3_600_000, '2 days'],
  ] as const) {
    it(`${ms} ms is ${expected}`, () => assert.equal(duration(ms), expected));
  }
});
