import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HomeWords, homeError } from '../../../src/engine/homeWords.ts';

describe('what the program beside a home says', () => {
  it('is read from pieces of any size', async () => {
    const words = new HomeWords();
    const copied: number[] = [];
    words.onCopied = bytes => copied.push(bytes);
    for (const piece of [
      '@berth ho',
      'me gnu 12 3',
      '400\ntar: ./a: file changed\n@berth at 5',
      '\n@berth changed\n',
      '@berth end 1\n',
    ]) {
      words.take(piece);
    }
    assert.deepEqual(await words.hello, { tar: 'gnu', usedBytes: 12 * 1024, freeBytes: 3400 * 1024 });
    assert.deepEqual(copied, [5 * 1024]);
    assert.equal(await words.end, 1);
    assert.equal(words.hasChanged, true);
    assert.equal(words.tail, 'tar: ./a: file changed');
  });

  it('that ends before it began has no greeting', async () => {
    const words = new HomeWords();
    words.take('sh: cd: /home: no\n@berth end 43\n');
    await assert.rejects(words.hello, /cannot be opened. sh: cd: \/home: no/);
    assert.equal(await words.end, 43);
  });

  it('that breaks off is an error', async () => {
    const words = new HomeWords();
    words.take('@berth home other 1 1\n');
    words.close();
    assert.equal((await words.hello).tar, 'other');
    await assert.rejects(words.end, /broke off before all of the data had come/);
  });

  for (const [code, tail, expected, words] of [
    [28, '', 'no-space', /not enough room/],
    [2, 'tar: ./a: Cannot write: No space left on device', 'no-space', /not enough room/],
    [42, '', 'unsupported', /no tar program/],
    [44, '', 'failed', /\.berth-swap/],
    [44, 'mv: No space left on device', 'failed', /\.berth-swap/],
    [46, '', 'conflict', /Another restore/],
    [2, 'tar: oops', 'failed', /exit code 2\). tar: oops/],
  ] as const) {
    it(`tells exit code ${code} as ${expected}${tail && ` (${tail})`}`, () => {
      const error = homeError(code, tail);
      assert.equal(error.code, expected);
      assert.match(error.message, words);
    });
  }
});
