import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCatalogueLink } from '../../../src/workspace/catalogueLink.ts';

const read = (parameters: Record<string, string> | string) =>
  readCatalogueLink('/create', new URLSearchParams(parameters).toString());

describe('a link to a catalogue', () => {
  it('names the catalogue and an entry', () => {
    assert.deepEqual(read({ catalogue: 'https://a.example/c/', entry: 'VS Code & more' }), {
      catalogue: 'https://a.example/c/',
      entry: 'VS Code & more',
    });
    assert.deepEqual(read({ catalogue: 'http://localhost:1' }), {
      catalogue: 'http://localhost:1',
      entry: undefined,
    });
  });

  it('is none without a catalogue', () => {
    assert.equal(read({ image: 'debian' }), undefined);
    assert.equal(readCatalogueLink('/other', 'catalogue=https://a.example'), undefined);
  });

  const refused: [string, Record<string, string> | string, RegExp][] = [
    ['a file of this machine', { catalogue: 'file:///etc' }, /not the address of a catalogue on the web/],
    ['a path', { catalogue: '/etc' }, /not the address/],
    ['a command', { catalogue: 'command:berth.delete' }, /not the address/],
    ['a password', { catalogue: 'https://a:b@a.example' }, /not the address/],
    ['nothing', { catalogue: '' }, /not the address/],
    ['something beside it', { catalogue: 'https://a.example', initScript: 'x' }, /“initScript” cannot stand/],
    ['two catalogues', 'catalogue=https://a.example&catalogue=https://b.example', /“catalogue” twice/],
    ['an entry without a name', { catalogue: 'https://a.example', entry: ' ' }, /names no entry/],
    ['too much', { catalogue: `https://a.example/${'x'.repeat(5_000)}` }, /too long/],
  ];
  for (const [words, parameters, why] of refused) {
    it(`does not lead to ${words}`, () => assert.throws(() => read(parameters), why));
  }
});
