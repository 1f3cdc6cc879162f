import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assignments } from '../../../src/boot/shell.ts';
import { shellQuote } from '../../../src/workspace/shell.ts';
import { hostileText } from './hostile.ts';
import { output, shells } from './shells.ts';

describe('quoting for the shell', () => {
  it('has at least one shell to be tried on', () => {
    assert.notEqual(shells.length, 0);
  });

  for (const shell of shells) {
    it(`survives ${shell.join(' ')} for any text`, () => {
      fc.assert(
        fc.property(fc.array(hostileText, { minLength: 1, maxLength: 40 }), values => {
          const names = values.map((_, index) => `berth_${index}`);
          const script =
            assignments(Object.fromEntries(values.map((value, index) => [`berth_${index}`, value]))) +
            names.map(name => `printf '%s\\0' "$${name}"\n`).join('');
          assert.deepEqual(output(shell, script).split('\0').slice(0, -1), values);
        }),
        { numRuns: 15 },
      );
    });
  }

  it('is one word even where the text looks like many', () => {
    assert.equal(shellQuote("it's $(rm -rf /)"), `'it'\\''s $(rm -rf /)'`);
  });
});
