import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shellQuote, shellWord } from '../../../src/workspace/shell.ts';

describe('a word for the shell', () => {
  it('is bare only where nothing in it is special', () => {
    assert.deepEqual(['a/b:1', '', '~', 'a b', "it's"].map(shellWord), [
      'a/b:1',
      `''`,
      `'~'`,
      `'a b'`,
      `'it'\\''s'`,
    ]);
  });

  for (const quote of [shellQuote, shellWord])
    it(`of ${quote.name} is read as one, whatever the text`, () => {
      const words = fc.array(
        fc.string({ unit: 'binary', maxLength: 12 }).filter(text => !text.includes('\0')),
        { maxLength: 30 },
      );
      fc.assert(
        fc.property(words, list => {
          const script = `printf '%s\\0' ${list.map(quote).join(' ')}`;
          const said = execFileSync('/bin/sh', ['-c', script]).toString();
          const expected = list.length === 0 ? ['', ''] : [...list, ''];
          assert.deepEqual(
            said.split('\0'),
            expected.map(text => Buffer.from(text).toString()),
          );
        }),
        { numRuns: 20 },
      );
    });
});
