import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arrange, matches, type SortOrder, sortOrders } from '../../../src/views/arrange.ts';
import { stateKinds } from '../../../src/workspace/state.ts';
import { sampleSettings, sampleWorkspace } from './samples.ts';

const none: ReadonlySet<string> = new Set();
const names = (order: SortOrder, favourites = none) =>
  arrange(
    [
      sampleWorkspace('b', { createdAt: '2026-01-03T00:00:00Z', image: 'ubuntu:24.04' }),
      sampleWorkspace('c', { createdAt: '2026-01-02T00:00:00Z', state: { kind: 'Running', reason: '' } }),
      sampleWorkspace('a', { createdAt: '2026-01-01T00:00:00Z', state: { kind: 'Error', reason: 'x' } }),
    ],
    { order, filter: '', favourites },
  )
    .map(({ name }) => name)
    .join('');

describe('arrange', () => {
  for (const [order, expected] of [
    ['name', 'abc'],
    ['state', 'cab'],
    ['newest', 'bca'],
    ['image', 'acb'],
  ] as const) {
    it(`by ${order}`, () => assert.equal(names(order), expected));
  }

  it('puts favourites first, in the same order among themselves', () => {
    assert.equal(names('name', new Set(['local/c', 'local/b'])), 'bca');
  });

  it('loses none and invents none, and does not depend on the order it was given', () => {
    const workspace = fc
      .record({
        name: fc.stringMatching(/^[a-z]{1,6}$/),
        kind: fc.constantFrom(...stateKinds),
        day: fc.integer({ min: 10, max: 28 }),
      })
      .map(({ name, kind, day }) =>
        sampleWorkspace(name, { state: { kind, reason: '' }, createdAt: `2026-01-${day}T00:00:00Z` }),
      );
    fc.assert(
      fc.property(
        fc.uniqueArray(workspace, { selector: ({ name }) => name }),
        fc.constantFrom(...sortOrders),
        (workspaces, order) => {
          const arrangement = { order, filter: '', favourites: none };
          const once = arrange(workspaces, arrangement);
          assert.deepEqual(arrange([...workspaces].reverse(), arrangement), once);
          assert.deepEqual(new Set(once), new Set(workspaces));
        },
      ),
    );
  });
});

describe('matches', () => {
  const workspace = sampleWorkspace('brave-otter', {
    settings: sampleSettings({ description: 'Paper on tides' }),
  });
  for (const [filter, expected] of [
    ['', true],
    ['otter', true],
    ['OTTER', true],
    ['tides debian', true],
    ['off', true],
    ['dev@', true],
    ['otter running', false],
    ['.*', false],
  ] as const) {
    it(`'${filter}' ${expected ? 'finds it' : 'does not'}`, () =>
      assert.equal(matches(workspace, filter), expected));
  }
});
