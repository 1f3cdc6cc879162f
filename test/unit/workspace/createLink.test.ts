import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { badge, createLink, readCreateLink } from '../../../src/workspace/createLink.ts';

const read = (query: string, path = '/create') => readCreateLink(path, query);
/** As VS Code's Uri takes a link apart: the query is decoded as a whole. */
const queryOf = (link: string) => decodeURIComponent(new URL(link).search.slice(1));

describe('a link to the form', () => {
  it('fills in what it names', () => {
    assert.deepEqual(
      read('image=ghcr.io%2Facme%2Fdev%3A1&repo=https://example.org/a%2Bb.git&branch=main&kind=jupyter'),
      {
        values: {
          image: 'ghcr.io/acme/dev:1',
          repository: 'https://example.org/a+b.git',
          repositoryBranch: 'main',
          kind: 'jupyter',
        },
      },
    );
  });

  it('names a template of the person, or the address of one', () => {
    assert.deepEqual(read('template=R%20%26%20Python'), { values: {}, template: 'R & Python' });
    const { template } = read('image=a&template=https%3A%2F%2Fexample.org%2Fa.json%3Fb%3Dc%23d');
    assert.ok(template instanceof URL);
    assert.equal(template.href, 'https://example.org/a.json?b=c');
  });

  const hostile: readonly (readonly [string, string, RegExp])[] = [
    ['leads elsewhere', '', /leads to/],
    ['is endless', `image=${'a'.repeat(5000)}`, /too long/],
    ['would run something', 'image=a&initScript=curl', /nothing is known of “initScript”/],
    ['would mount something', 'mounts=%5B%5D', /nothing is known of “mounts”/],
    ['would let somebody in', 'publicKeys=ssh-ed25519', /nothing is known of/],
    ['names what every object has', 'constructor=a', /nothing is known of “constructor”/],
    ['says it twice', 'image=a&image=b', /twice/],
    ['has an image that is none', 'image=a%20b', /cannot be the value of “image”/],
    ['has options for git', 'repo=--upload-pack%3Dsh', /cannot be the value of “repo”/],
    ['has a helper for git', 'repo=ext%3A%3Ash', /cannot be the value of “repo”/],
    ['has a template without TLS', 'template=http://example.org/a.json', /cannot be the value of “template”/],
    ['has a template of this machine', 'template=file:///etc/passwd', /cannot be the value of “template”/],
    ['has a template in itself', 'template=data:,%7B%7D', /cannot be the value of “template”/],
    ['runs a command', 'template=command:workbench.action.quit', /cannot be the value of “template”/],
    ['hides a host behind a name', 'template=https://github.com@evil.example/', /cannot be the value of/],
    ['has an address that is none', 'template=https:%2F%2F', /cannot be the value of “template”/],
    ['has an empty template', 'template=%20', /cannot be the value of “template”/],
    ['has a template of two lines', 'template=a%0Ab', /cannot be the value of “template”/],
    ['has two templates', 'template=a&template=b', /twice/],
    ['has a name that is none', 'name=..%2F..', /cannot be the value of “name”/],
  ];
  for (const [what, query, words] of hostile) {
    it(`that ${what} is refused`, () => {
      assert.throws(() => read(query, query === '' ? '/delete' : '/create'), {
        name: 'BerthError',
        message: words,
      });
    });
  }

  it('is read as it was made, whatever is in it', () => {
    const image = fc
      .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
      .filter(text => /^[^\s\0]+$/.test(text));
    fc.assert(
      fc.property(image, fc.string({ maxLength: 60 }), (reference, description) => {
        const values = { image: reference, ...(description === '' ? {} : { description }) };
        const query = queryOf(createLink(values, 'R & C++ 100%'));
        assert.deepEqual(read(query), { values, template: 'R & C++ 100%' });
      }),
    );
  });

  it('leaves out what no link may carry', () => {
    assert.equal(
      createLink({ image: 'a', initScript: 'b', user: 'c' }),
      'vscode://berth.berth/create?image=a',
    );
  });

  it('gives nobody the token of a repository’s address', () => {
    const link = createLink({ repository: 'https://ghp_secret@github.com/acme/app' });
    assert.equal(read(queryOf(link)).values.repository, 'https://github.com/acme/app');
  });

  it('of a template names it, or its file', () => {
    for (const template of ['R & Python', 'https://forge.acme/dev.json?ref=a&inline=false']) {
      const link = read(queryOf(createLink({ repository: 'git@github.com:acme/app' }, template)));
      assert.equal(String(link.template), template);
      assert.deepEqual(link.values, { repository: 'git@github.com:acme/app' });
    }
  });

  it('stands in a badge as one address', () => {
    const [, address = ''] = /^.*\]\(([^)]+)\)$/.exec(badge(createLink({ image: 'a)b&c' }))) ?? [];
    assert.deepEqual(read(queryOf(new URL(address).searchParams.get('url') ?? '')).values, {
      image: 'a)b&c',
    });
  });
});
