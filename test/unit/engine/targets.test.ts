import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TargetsFile } from '../../../src/engine/target.ts';
import { freeId, parseTargets } from '../../../src/engine/targets.ts';
import { isBerthError } from '../../../src/workspace/error.ts';

describe('freeId', () => {
  const rows: readonly [string, readonly string[], string][] = [
    ['local', [], 'local'],
    ['local', ['local'], 'local-2'],
    ['local', ['local', 'local-2'], 'local-3'],
    ['Büro Server', [], 'buro-server'],
    ['build.example.com', [], 'build-example-com'],
    ['10.0.0.5', [], '10-0-0-5'],
    ['a-very-long-name-of-a-context', [], 'a-very-long-name-of'],
    ['a-very-long-name-of-a-context', ['a-very-long-name-of'], 'a-very-long-name-o-2'],
    ['日本', [], 'docker'],
    ['--', ['docker'], 'docker-2'],
  ];
  for (const [name, taken, id] of rows) {
    it(`makes ${id} of ${name}`, () => {
      assert.equal(
        freeId(
          name,
          taken.map(id => ({ id })),
        ),
        id,
      );
    });
  }

  it('makes a valid id of any name that no other has', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 30 }), names => {
        const made: { id: string }[] = [];
        for (const name of names) made.push({ id: freeId(name, made) });
        assert.equal(new Set(made.map(({ id }) => id)).size, made.length);
      }),
    );
  });
});

describe('parseTargets', () => {
  for (const [what, text, code] of [
    ['an empty file', '', 'invalid'],
    ['half a file', '{"version":1,"targets":[', 'invalid'],
    ['something else', '[]', 'invalid'],
    ['a target that is none', '{"version":1,"targets":[{"id":"-x"}]}', 'invalid'],
    ['a newer file', '{"version":2,"whatever":true}', 'unsupported'],
  ] as const) {
    it(`refuses ${what} with words that name the file`, () => {
      assert.throws(
        () => parseTargets(text, '/b/targets.json'),
        error => isBerthError(error, code) && error.message.includes('/b/targets.json'),
      );
    });
  }

  it('reads what it wrote', () => {
    const file = TargetsFile.parse({
      version: 1,
      targets: [
        {
          kind: 'docker',
          id: 'box',
          title: 'Box',
          endpoint: { type: 'ssh', host: 'box' },
          origin: 'by hand',
        },
      ],
      dismissed: ['unix:///x.sock'],
    });
    assert.deepEqual(parseTargets(JSON.stringify(file), 'f'), file);
  });
});
