import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { newestFirst } from '../../../src/image/tagOrder.ts';

/** Each is in the right order: shuffled, it has to come out as it stands. */
const orders: readonly (readonly [string, readonly string[]])[] = [
  ['versions from the highest down, by number', ['10.0', '9.9', '2.10.1', '2.9.12', '1']],
  ['with and without v', ['v3.0.0', '2.1', 'v2.0']],
  ['what moves along comes first', ['latest', 'stable', 'main', '22.04', 'bookworm']],
  [
    'a shorter version moves along with its newest, so it comes before',
    ['3', '3.12', '3.12.4', '3.12.3', '3.11'],
  ],
  [
    'a release before its previews, the later preview first',
    ['2.0', '2.0-rc10', '2.0-rc9', '2.0-beta1', '1.9'],
  ],
  ['the plain version before its variants', ['20.1', '20.1-alpine', '20.1-slim', '20.0']],
  ['dates', ['20241103', '20240930', '20231231']],
  ['dates with dots and dashes', ['2024.11', '2024.9', '2023.12']],
  ['commits and words after all versions', ['1.0', '0123abcdef', 'bookworm', 'feature-2', 'feature-10']],
];

describe('newestFirst', () => {
  for (const [name, order] of orders) {
    it(`puts ${name}`, () => {
      assert.deepEqual(newestFirst(order.toReversed()), order);
      assert.deepEqual(newestFirst(order.toSorted()), order);
    });
  }

  it('loses none, and comes to the same order from any other', () => {
    const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}$/);
    fc.assert(
      fc.property(fc.uniqueArray(tag, { maxLength: 30 }), tags => {
        const order = newestFirst(tags);
        assert.deepEqual(order.toSorted(), tags.toSorted());
        assert.deepEqual(newestFirst(tags.toReversed()), order);
      }),
    );
  });

  it('takes 10,000 in a moment', () => {
    const tags = Array.from({ length: 10_000 }, (_, at) => `v${at % 50}.${at % 7}.${at}-rc${at % 3}`);
    const begin = performance.now();
    assert.equal(newestFirst(tags).length, 10_000);
    assert.ok(performance.now() - begin < 10_000);
  });
});
