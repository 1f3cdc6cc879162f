import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  familiarReference,
  formatReference,
  type ImageReference,
  isRepository,
  isSameReference,
  parseReference,
  parseRegistry,
} from '../../../src/image/reference.ts';
import { isBerthError } from '../../../src/workspace/error.ts';

const sha = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('parseReference', () => {
  const good: readonly [string, ImageReference][] = [
    ['debian', { registry: 'docker.io', repository: 'library/debian' }],
    [' debian:bookworm ', { registry: 'docker.io', repository: 'library/debian', tag: 'bookworm' }],
    ['acme/dev', { registry: 'docker.io', repository: 'acme/dev' }],
    ['docker.io/debian', { registry: 'docker.io', repository: 'library/debian' }],
    ['index.docker.io/debian', { registry: 'docker.io', repository: 'library/debian' }],
    ['ghcr.io/acme/dev:1', { registry: 'ghcr.io', repository: 'acme/dev', tag: '1' }],
    ['localhost/dev', { registry: 'localhost', repository: 'dev' }],
    ['localhost:5000/dev:1', { registry: 'localhost:5000', repository: 'dev', tag: '1' }],
    ['127.0.0.1:5000/a/b/c', { registry: '127.0.0.1:5000', repository: 'a/b/c' }],
    ['[2001:db8::1]:5000/dev', { registry: '[2001:db8::1]:5000', repository: 'dev' }],
    ['[::1]/dev', { registry: '[::1]', repository: 'dev' }],
    ['Uppercase/dev', { registry: 'Uppercase', repository: 'dev' }],
    [`debian@${sha}`, { registry: 'docker.io', repository: 'library/debian', digest: sha }],
    [`r.io/a:v1.2_3-x@${sha}`, { registry: 'r.io', repository: 'a', tag: 'v1.2_3-x', digest: sha }],
    ['a__b/c-d.e', { registry: 'docker.io', repository: 'a__b/c-d.e' }],
  ];
  for (const [text, reference] of good) {
    it(`reads ${text.trim()}`, () => assert.deepEqual(parseReference(text), reference));
  }

  const bad = [
    '',
    ' ',
    'https://ghcr.io/acme/dev',
    'Debian',
    'debian:',
    'debian@',
    'debian:a b',
    'debian@sha256:123',
    `debian@sha256:${'A'.repeat(64)}`,
    `debian@${sha}@${sha}`,
    '-debian',
    'a//b',
    '/a',
    'a/',
    'ghcr.io/',
    'ghcr.io:port/a',
    '-bad.io/a',
    'a..b',
    'a___b',
    '../../containers/json',
    'debian?x=1',
    `${'a'.repeat(256)}`,
    'f'.repeat(64),
    `debian:${'t'.repeat(129)}`,
  ];
  for (const text of bad) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))} with words`, () => {
      assert.throws(
        () => parseReference(text),
        error => isBerthError(error, 'invalid'),
      );
    });
  }

  const component = fc.stringMatching(/^[a-z0-9]+(?:[._-][a-z0-9]+){0,2}$/).filter(text => text.length < 30);
  const reference = fc.record(
    {
      registry: fc.oneof(
        fc.constantFrom('docker.io', 'localhost', '[::1]:5000'),
        fc.domain(),
        fc.tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `${host}:${port}`),
      ),
      repository: fc.array(component, { minLength: 2, maxLength: 4 }).map(parts => parts.join('/')),
      tag: fc.stringMatching(/^\w[\w.-]{0,20}$/),
      digest: fc.constant(sha),
    },
    { requiredKeys: ['registry', 'repository'], noNullPrototype: true },
  );

  it('reads back what was written, whole or familiar', () => {
    fc.assert(
      fc.property(reference, made => {
        assert.deepEqual(parseReference(formatReference(made)), made);
        assert.deepEqual(parseReference(familiarReference(made)), made);
      }),
    );
  });

  it('answers any text with a reference that fits into a path, or with words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
        try {
          const whole = formatReference(parseReference(text));
          assert.match(whole, /^[\w.:/@[\]+-]+$/);
          assert.ok(!whole.includes('..'));
        } catch (error) {
          assert.ok(isBerthError(error, 'invalid'), String(error));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('familiarReference', () => {
  for (const [text, familiar] of [
    ['docker.io/library/debian:bookworm', 'debian:bookworm'],
    ['docker.io/acme/dev', 'acme/dev'],
    ['docker.io/library/a/b', 'library/a/b'],
    ['ghcr.io/acme/dev', 'ghcr.io/acme/dev'],
  ] as const) {
    it(`writes ${text} as people do`, () => assert.equal(familiarReference(parseReference(text)), familiar));
  }
});

describe('isSameReference', () => {
  it('sees through what is left out', () => {
    assert.equal(isSameReference('debian', 'docker.io/library/debian:latest'), true);
    assert.equal(isSameReference('debian:a', 'debian:b'), false);
    assert.equal(isSameReference('not a reference', 'not a reference'), true);
  });
});

describe('parseRegistry', () => {
  const rows: readonly [string, string | undefined][] = [
    ['ghcr.io', 'ghcr.io'],
    [' r.io:5000 ', 'r.io:5000'],
    ['localhost', 'localhost'],
    ['[::1]:5000', '[::1]:5000'],
    ['index.docker.io', 'docker.io'],
    ['registry-1.docker.io', 'docker.io'],
    ['', undefined],
    ['https://ghcr.io', undefined],
    ['ghcr.io/acme', undefined],
    ['r.io:99999', undefined],
    ['[:::]', undefined],
    ['me@r.io', undefined],
    ['r.io?x', undefined],
  ];
  for (const [text, expected] of rows) {
    it(`${expected === undefined ? 'refuses' : 'takes'} '${text}'`, () => {
      if (expected !== undefined) assert.equal(parseRegistry(text), expected);
      else
        assert.throws(
          () => parseRegistry(text),
          error => isBerthError(error, 'invalid'),
        );
    });
  }
});

describe('isRepository', () => {
  it('takes paths by the grammar only', () => {
    for (const text of ['a', 'library/debian', 'a/b/c-d_e.f']) assert.ok(isRepository(text), text);
    for (const text of ['', '..', 'a/../b', '/a', 'A', 'a?b', 'a%2fb', 'a'.repeat(256)])
      assert.ok(!isRepository(text), text);
  });
});
