import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseEnvFile } from '../../../src/workspace/envFile.ts';

const pairs = (text: string) => parseEnvFile(text).entries.map(({ name, value }) => [name, value]);

describe('.env files', () => {
  const rows: readonly (readonly [string, string, readonly (readonly [string, string])[]])[] = [
    ['a plain value', 'A=1', [['A', '1']]],
    ['an empty one', 'A=', [['A', '']]],
    ['export', 'export A=1', [['A', '1']]],
    ['blanks around', '  A = 1  ', [['A', '1']]],
    ['comments and empty lines', '# first\n\nA=1\n  # last', [['A', '1']]],
    ['a comment behind a value', 'A=1 # one', [['A', '1']]],
    ['a # inside a value', 'A=a#b', [['A', 'a#b']]],
    ['single quotes, as they are', `A='x # \\n $HOME "y"'`, [['A', 'x # \\n $HOME "y"']]],
    ['double quotes with escapes', 'A="a\\nb\\t\\"c\\" \\\\ \\$x \\q"', [['A', 'a\nb\t"c" \\ $x \\q']]],
    [
      'quotes over several lines',
      'A="one\ntwo"\nB=2',
      [
        ['A', 'one\ntwo'],
        ['B', '2'],
      ],
    ],
    ['a comment behind a quote', "A='1' # one", [['A', '1']]],
    ['no expansion', 'A=$HOME/$B', [['A', '$HOME/$B']]],
    [
      'Windows line ends',
      'A=1\r\nB=2\r\n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['a byte order mark', '\uFEFFA=1', [['A', '1']]],
    [
      'the last of a name that stands twice',
      'A=1\nB=2\nA=3',
      [
        ['B', '2'],
        ['A', '3'],
      ],
    ],
    ['= inside a value', 'A=b=c', [['A', 'b=c']]],
    ['a quote inside a plain value', "A=it's", [['A', "it's"]]],
  ];
  for (const [words, text, expected] of rows)
    it(`reads ${words}`, () => assert.deepEqual(pairs(text), expected));

  it('names the line of every problem and reads on', () => {
    const { entries, problems } = parseEnvFile(
      'A=1\njust words\n1A=2\n"x"=3\nB="ends here" not\nC=4\nD="open\nE=5',
    );
    assert.deepEqual(
      problems.map(({ line }) => line),
      [2, 3, 4, 5, 7],
    );
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['A', 'C', 'E'],
    );
  });

  it('counts the lines of values that go over several', () => {
    assert.equal(parseEnvFile('A="1\n2\n3"\nB').problems[0]?.line, 4);
    assert.equal(parseEnvFile('A="1\n2\n3"\nB=1').entries[1]?.line, 4);
  });

  it('gives back every value that is quoted as a shell would have it', () => {
    const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,9}$/);
    const value = fc.string({ unit: 'binary' }).filter(text => !/[\0\r\uFEFF]/.test(text));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([name]) => name }), variables => {
        const text = variables
          .map(([name, value]) => `${name}="${value.replace(/[\\"$`]/g, '\\$&')}"`)
          .join('\n');
        assert.deepEqual(pairs(text), variables);
      }),
    );
  });

  it('never throws, and takes no more lines than there are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        const lines = text.split(/\r\n?|\n/).length;
        const { entries, problems } = parseEnvFile(text);
        assert.ok([...entries, ...problems].every(({ line }) => line >= 1 && line <= lines));
      }),
    );
  });
});
