import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { plainText } from '../../../src/vscode/plainText.ts';

/** What the editor takes for a link: label and address stand together. */
const link = /\[[^\]]+\]\([^)]+\)/;

describe('plainText', () => {
  for (const [text, expected] of [
    [
      'Stopped: [restart](command:workbench.action.terminal.new)',
      'Stopped: [restart] (command:workbench.action.terminal.new)',
    ],
    ['[a](command:b)[c](https://d)', '[a] (command:b)[c] (https://d)'],
    ['[a]((command:b)', '[a] ((command:b)'],
    ['x[0] (first)', 'x[0] (first)'],
  ] as const) {
    it(`makes ${text} only words`, () => assert.equal(plainText(text), expected));
  }

  it('leaves no link in any text', () => {
    const hostile = fc.string({ unit: fc.constantFrom('[', ']', '(', ')', 'a', ' ', 'command:') });
    fc.assert(fc.property(hostile, text => assert.doesNotMatch(plainText(text), link)));
  });
});

describe('the sources', () => {
  it('have one way to a notification, one to a question, and trust no markdown', async () => {
    const root = join(import.meta.dirname, '../../../src');
    for await (const file of glob('**/*.ts', { cwd: root })) {
      const text = readFileSync(join(root, file), 'utf8');
      assert.doesNotMatch(text, /(?<!workspace\.)isTrusted|supportHtml/, file);
      if (!/^vscode\/(?:message|ask)\.ts$/.test(file)) {
        assert.doesNotMatch(text, /\.show(?:Information|Warning|Error)Message\b/, file);
      }
      if (file !== 'vscode/ask.ts') assert.doesNotMatch(text, /\.show(?:InputBox|QuickPick)\b/, file);
      // Whoever makes one by hand has it stay as the others do.
      if (/\.create(?:InputBox|QuickPick)\b/.test(text))
        assert.match(text, /ignoreFocusOut = staysOpen/, file);
    }
  });
});
