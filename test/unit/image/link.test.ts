import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nextPage } from '../../../src/image/link.ts';

const current = new URL('https://r.io:5000/v2/a/tags/list?n=2');

describe('nextPage', () => {
  const rows: readonly [string, string | undefined, string | undefined][] = [
    ['no header', undefined, undefined],
    ['an empty one', '', undefined],
    ['a path', '</v2/a/tags/list?last=b&n=2>; rel="next"', '/v2/a/tags/list?last=b&n=2'],
    ['a query', '<?last=b>; rel="next"', '/v2/a/tags/list?last=b'],
    ['a whole address', '<https://r.io:5000/v2/x?y>; rel="next"', '/v2/x?y'],
    ['another host: only its path', '<http://inside:80/v2/x?y>;rel=next', '/v2/x?y'],
    ['no quotes, other parameters', '</x>; title="a, b"; rel=next; z', '/x'],
    ['upper case', '</x>; REL="NEXT"', '/x'],
    ['several relations', '</x>; rel="last next"', '/x'],
    ['several links', '</p>; rel="prev", </n>; rel="next"', '/n'],
    ['a comma in the address', '</n?a=1,2>; rel="next"', '/n?a=1,2'],
    ['another relation', '</p>; rel="prev"', undefined],
    ['no relation', '</p>', undefined],
    ['another scheme', '<javascript:alert(1)>; rel="next"', undefined],
    ['no address', '<http://[>; rel="next"', undefined],
    ['what would be a host elsewhere', '<https://r.io//evil.example/x>; rel="next"', '/evil.example/x'],
    ['no angle brackets', '/p; rel="next"', undefined],
  ];
  for (const [what, header, expected] of rows) {
    it(`takes ${what}`, () => assert.equal(nextPage(header, current), expected));
  }

  it('ends, and stays at the registry, whatever the header is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl().map(url => `<${url}>; rel=next`),
        ),
        header => {
          const next = nextPage(header, current);
          assert.ok(next === undefined || new URL(next, current).origin === current.origin);
        },
      ),
    );
    const begin = performance.now();
    for (const hostile of ['<', '<a>', '<a>;', '<a>;rel=', ';rel="'])
      nextPage(hostile.repeat(20_000), current);
    nextPage(`<a>${' ;a = '.repeat(20_000)}`, current);
    nextPage(`<a>${' '.repeat(50_000)}`, current);
    assert.ok(performance.now() - begin < 10_000);
  });
});
