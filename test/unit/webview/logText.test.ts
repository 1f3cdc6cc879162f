import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LineReader } from '../../../webview/shared/logText.ts';

const read = (...chunks: string[]) => {
  const reader = new LineReader();
  return [...chunks.flatMap(chunk => reader.push(chunk)), reader.rest];
};

describe('the lines of a log', () => {
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['cut anywhere', ['a', 'b\nc', '\n'], ['ab', 'c', '']],
    ['not complete yet', ['a\nb'], ['a', 'b']],
    ['with Windows ends', ['a\r\nb\r\n'], ['a', 'b', '']],
    ['written over', ['10%\r50%\r100%\n'], ['100%', '']],
    ['with colours', ['\x1b[1;31mred\x1b[0m\n'], ['red', '']],
    ['with an escape cut in two', ['\x1b[3', '1mred\n'], ['red', '']],
    ['with links and titles', ['\x1b]0;title\x07x\x1b]8;;http://a\x1b\\y\n'], ['xy', '']],
    ['with other controls', ['a\x00\x07\x08b\tc\n'], ['ab\tc', '']],
  ];
  for (const [words, chunks, lines] of rows)
    it(`are read ${words}`, () => assert.deepEqual(read(...chunks), lines));

  it('are the same however the text was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 8 }).map(text => text.replaceAll('x', '\n'))), chunks => {
        assert.deepEqual(read(...chunks), read(chunks.join('')));
      }),
    );
  });

  it('are never longer than a page can lay out, and never held back for ever', () => {
    const reader = new LineReader();
    const lines = reader.push('x'.repeat(1_000_000));
    assert.ok(lines.length > 100 && lines.every(line => line.length <= 4096));
    assert.equal(lines.join('').length + reader.rest.length, 1_000_000);
  });
});
