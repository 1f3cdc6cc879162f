import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  completed,
  type HistoryEntry,
  maxEntries,
  parseHistory,
  withEntry,
} from '../../../src/workspace/history.ts';

describe('a history', () => {
  const rows: readonly (readonly [string, HistoryEntry | undefined])[] = [
    ['start 1767322800', { kind: 'start', at: 1767322800_000, words: '' }],
    [
      'stop 1767322800 person a person stopped it',
      { kind: 'stop', at: 1767322800_000, cause: 'person', words: 'a person stopped it' },
    ],
    ['stop 0 unknown', { kind: 'stop', at: undefined, words: '' }],
    ['stop 5 nonsense these words', { kind: 'stop', at: 5000, words: 'these words' }],
    ['stop 5', { kind: 'stop', at: 5000, words: '' }],
    ['start', undefined],
    ['start -1', undefined],
    ['start 99999999999999999999', undefined],
    ['stopped 5 person', undefined],
    ['<script>', undefined],
    ['', undefined],
  ];
  for (const [line, entry] of rows) {
    it(`reads '${line}'`, () => assert.deepEqual(parseHistory(`${line}\n`), entry ? [entry] : []));
  }

  it('reads what it wrote, of words with line breaks too, and no more than it keeps', () => {
    let text = 'junk\n';
    for (let each = 1; each <= maxEntries + 5; each++)
      text = withEntry(text, { kind: 'stop', at: each * 1000, cause: 'limit', words: 'a\nstart 7\tb' });
    const entries = parseHistory(text);
    assert.equal(entries.length, maxEntries);
    assert.deepEqual(entries[0], { kind: 'stop', at: 6000, cause: 'limit', words: 'a start 7 b' });
    assert.equal(text.split('\n').length, maxEntries + 1);
  });

  it('bounds words that somebody inside has made long', () => {
    assert.equal(parseHistory(`stop 1 person ${'x'.repeat(9999)}`)[0]?.words.length, 300);
  });

  const start: HistoryEntry = { kind: 'start', at: 1000, words: '' };
  const stop: HistoryEntry = { kind: 'stop', at: 2000, cause: 'person', words: 'a' };
  const off = { kind: 'Off', cause: 'machine', reason: 'the engine' } as const;
  const stoppedAt = '1970-01-01T00:00:03.000Z';
  const last: HistoryEntry = { kind: 'stop', at: 3000, cause: 'machine', words: 'the engine' };
  it('ends with the state that it is in, where nobody has written that down', () => {
    assert.deepEqual(completed([start], { state: off, stoppedAt }), [start, last]);
    assert.deepEqual(completed([start, stop], { state: off, stoppedAt }), [start, stop]);
    const running = { kind: 'Running', reason: '' } as const;
    const startedAt = '1970-01-01T00:00:01.000Z';
    assert.deepEqual(completed([start], { state: running, startedAt }), [start]);
    assert.deepEqual(completed([stop], { state: running, startedAt }), [stop, start]);
    // An error of one that is up is no stop.
    const paused = { kind: 'Error', cause: 'paused', reason: '' } as const;
    assert.deepEqual(completed([start], { state: paused }), [start]);
    assert.deepEqual(completed([], { state: off, stoppedAt }), []);
    // Kept as a code, read in words.
    const coded: HistoryEntry = { ...stop, words: '#lifespan 0 28800' };
    assert.equal(completed([start, coded], { state: off })[1]?.words, 'stopped at its 8 h lifespan');
  });
});
