import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Block, type Inline, parseMarkdown } from '../../../webview/gallery/markdown.ts';

const text = (words: string): Inline => ({ kind: 'text', text: words });
const paragraph = (...inline: Inline[]): Block => ({ kind: 'paragraph', inline });

describe('notes', () => {
  const table: [string, string, Block[]][] = [
    ['are paragraphs', 'one\ntwo\n\nthree', [paragraph(text('one two')), paragraph(text('three'))]],
    [
      'have headings',
      '## A *b* ##',
      [{ kind: 'heading', inline: [text('A '), { kind: 'emphasis', text: 'b' }] }],
    ],
    ['have code', '```sh\na *b*\n\n```\nc', [{ kind: 'code', text: 'a *b*\n' }, paragraph(text('c'))]],
    ['end with code that is not closed', '```\na', [{ kind: 'code', text: 'a' }]],
    [
      'have lists',
      '- a\n* `b`\n1. c',
      [
        { kind: 'list', ordered: false, items: [[text('a')], [{ kind: 'code', text: 'b' }]] },
        { kind: 'list', ordered: true, items: [[text('c')]] },
      ],
    ],
    [
      'have links to the web',
      'see [docs](https://a.example/x)',
      [paragraph(text('see '), { kind: 'link', text: 'docs', url: 'https://a.example/x' })],
    ],
    [
      'have bare addresses',
      'see https://a.example/x!',
      [paragraph(text('see '), { kind: 'link', text: 'https://a.example/x!', url: 'https://a.example/x!' })],
    ],
    ['have no other links', '[x](command:berth.delete)', [paragraph(text('x'))]],
    ['have no links with a user', '[x](https://bank.example@evil.example/)', [paragraph(text('x'))]],
    ['have the words of pictures', '![x](https://a.example/x.png)', [paragraph(text('x'))]],
    ['have HTML as text', '<script>alert(1)</script>', [paragraph(text('<script>alert(1)</script>'))]],
    ['are strong', '**a** b', [paragraph({ kind: 'strong', text: 'a' }, text(' b'))]],
  ];
  for (const [words, markdown, expected] of table) {
    it(words, () => assert.deepEqual(parseMarkdown(markdown), expected));
  }

  it('are read in a moment, whatever they hold', () => {
    const begun = performance.now();
    for (const piece of ['#', ' #', '`', '*', '[', '<https://', '- ', '```\n']) {
      parseMarkdown(`# ${piece.repeat(19_000)}x`);
      parseMarkdown(piece.repeat(19_000));
    }
    assert.ok(performance.now() - begun < 15_000);
  });

  it('never lead anywhere but to the web, whatever they hold', () => {
    const pieces = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      '!',
      '*',
      '**',
      '`',
      '```',
      '\n',
      '- ',
      '# ',
      'a',
      'javascript:',
      'https://x',
      '<b>',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), parts => {
        const links = inlinesOf(parseMarkdown(parts.join(''))).filter(inline => inline.kind === 'link');
        for (const link of links) assert.match(link.url, /^https?:\/\//);
      }),
    );
  });

  it('of any length are read at once', () => {
    const began = performance.now();
    for (const bad of ['[', '*', '`', '![', '**a', '- ', 'https://'])
      parseMarkdown(bad.repeat(20_000 / bad.length));
    assert.ok(performance.now() - began < 15_000);
  });
});

function inlinesOf(blocks: readonly Block[]): readonly Inline[] {
  return blocks.flatMap(block =>
    block.kind === 'code' ? [] : block.kind === 'list' ? block.items.flat() : block.inline,
  );
}
