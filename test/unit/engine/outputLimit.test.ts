import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OutputLimit } from '../../../src/engine/outputLimit.ts';

describe('what a program prints', () => {
  it('is taken as far as 64 MiB, in however many pieces', () => {
    const limit = new OutputLimit();
    for (let piece = 0; piece < 64; piece++) limit.count(1024 ** 2);
    assert.throws(() => limit.count(1), /printed too much/);
  });
});
