import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pairwise } from '../../support/pairwise.ts';

const factors = {
  size: ['small', 'large'],
  colour: ['red', 'green', 'blue'],
  shape: ['round', 'square', 'flat', 'long'],
  price: ['low', 'high'],
} as const;

describe('a pairwise table', () => {
  const rows = pairwise(factors);

  it('has every two values of different factors in one row', () => {
    const entries = Object.entries(factors);
    for (const [one, values] of entries) {
      for (const [other, others] of entries) {
        if (one === other) continue;
        for (const a of values) {
          for (const b of others) {
            assert.ok(
              rows.some(
                row =>
                  Object.entries(row).filter(([k, v]) => (k === one && v === a) || (k === other && v === b))
                    .length === 2,
              ),
              `${a} and ${b}`,
            );
          }
        }
      }
    }
  });

  it('is short: not much longer than the two longest factors make it', () => {
    assert.ok(rows.length >= 12 && rows.length <= 16, String(rows.length));
  });
});
