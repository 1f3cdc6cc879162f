import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseChallenges } from '../../../src/image/challenge.ts';

type Read = [string, Record<string, string>][];
const read = (header: string): Read =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('parseChallenges', () => {
  const rows: readonly [string, string, Read][] = [
    ['nothing', '', []],
    ['a scheme alone', 'Negotiate', [['negotiate', {}]]],
    ['Basic', 'Basic realm="Registry Realm"', [['basic', { realm: 'Registry Realm' }]]],
    [
      'Bearer',
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
      [
        [
          'bearer',
          {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:a/b:pull,push',
          },
        ],
      ],
    ],
    [
      'any order, any case, spaces everywhere',
      '  bEARER  SCOPE = "s" ,\tService="x" , Realm ="r"',
      [['bearer', { scope: 's', service: 'x', realm: 'r' }]],
    ],
    [
      'several challenges, as Node joins them',
      'Bearer realm="r", Basic realm="b", Negotiate',
      [
        ['bearer', { realm: 'r' }],
        ['basic', { realm: 'b' }],
        ['negotiate', {}],
      ],
    ],
    [
      'a scheme without parameters before another',
      'Negotiate, Basic realm="b"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'b' }],
      ],
    ],
    [
      'token68',
      'Negotiate YWJj/+==, Bearer realm="r"',
      [
        ['negotiate', {}],
        ['bearer', { realm: 'r' }],
      ],
    ],
    ['escapes', String.raw`Basic realm="a \"b\", c\\d"`, [['basic', { realm: 'a "b", c\\d' }]]],
    [
      'values without quotes',
      'Bearer realm=https://a.b/token?x=1,service=s',
      [['bearer', { realm: 'https://a.b/token?x=1', service: 's' }]],
    ],
    ['a quote that never ends', 'Bearer realm="https://a', [['bearer', { realm: 'https://a' }]]],
    [
      'no comma between parameters',
      'Bearer realm="r" service="s"',
      [['bearer', { realm: 'r', service: 's' }]],
    ],
    ['stray commas', ',, Basic ,realm="r",,', [['basic', { realm: 'r' }]]],
    ['the first of two', 'Bearer realm="a",realm="b"', [['bearer', { realm: 'a' }]]],
    ['parameters of no scheme', 'realm="a"', []],
    ['garbage', '"=;()[]{}', []],
  ];
  for (const [what, header, expected] of rows) {
    it(`reads ${what}`, () => assert.deepEqual(read(header), expected));
  }

  it('reads back what is written by the rules, whatever the values are', () => {
    const value = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    const challenge = fc.record({ scheme: name, parameters: fc.dictionary(name, value, { minKeys: 1 }) });
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), challenges => {
        const header = challenges
          .map(({ scheme, parameters }) => {
            const written = Object.entries(parameters).map(
              ([key, text]) => `${key}="${text.replace(/["\\]/g, String.raw`\$&`)}"`,
            );
            return `${scheme} ${written.join(', ')}`;
          })
          .join(', ');
        assert.deepEqual(
          parseChallenges(header).map(({ scheme, parameters }) => ({
            scheme,
            parameters: Object.fromEntries(parameters),
          })),
          challenges.map(({ scheme, parameters }) => ({ scheme, parameters: { ...parameters } })),
        );
      }),
    );
  });

  it('ends, and quickly, whatever the header is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), text => {
        parseChallenges(text);
      }),
    );
    const begin = performance.now();
    for (const hostile of ['"', 'a=', 'a="\\', ' ', ',', 'a', 'Basic a=', '\\"']) {
      parseChallenges(hostile.repeat(20_000));
      parseChallenges(`Bearer realm="${hostile.repeat(20_000)}`);
    }
    assert.ok(performance.now() - begin < 10_000);
  });
});
