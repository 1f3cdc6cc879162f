import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { applied, editsFor, placeOf } from '../../../../../src/image/catalogue/authoring/jsonEdit.ts';
import type { JsonPath } from '../../../../../src/image/catalogue/problem.ts';

const text = `{
  "friendly_name": "Firefox", // mine
  "unknown":   {"kept": [1,  2]},
  "compatibility": [
    { "version": "1.18.x", "image": "a" },
    { "version": "1.17.x", "image": "b" }
  ]
}
`;
const edited = (path: JsonPath, value: unknown, from = text) => applied(from, editsFor(from, path, value));

describe('an edit of a JSON file', () => {
  it('changes one value and leaves all else as it was written', () => {
    assert.equal(edited(['friendly_name'], 'Fire"fox'), text.replace('"Firefox"', '"Fire\\"fox"'));
    assert.equal(edited(['compatibility', 1, 'image'], 'c'), text.replace('"b"', '"c"'));
  });

  it('adds and takes out properties and items', () => {
    assert.deepEqual(JSON.parse(edited(['cores'], 2, '{}')), { cores: 2 });
    assert.deepEqual(
      JSON.parse(edited(['compatibility', 0], undefined).replace('// mine', '')).compatibility,
      [{ version: '1.17.x', image: 'b' }],
    );
    assert.deepEqual(JSON.parse(edited(['a', 0], {}, '')), { a: [{}] });
    assert.equal(edited(['absent'], undefined), text);
  });

  it('gives the value that was asked for, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (key, value) => {
        assert.deepEqual(JSON.parse(edited([key], value, '{"a": 1}')), {
          a: 1,
          ...JSON.parse(JSON.stringify({ [key]: value })),
        });
      }),
    );
  });
});

describe('the place of a problem', () => {
  const at = (path: JsonPath, from = text) => {
    const { offset, length } = placeOf(from, path);
    return from.slice(offset, offset + length);
  };
  it('is its value, the name of what is large, or what lacks it', () => {
    assert.equal(at(['friendly_name']), '"Firefox"');
    assert.equal(at(['compatibility', 1, 'image']), '"b"');
    assert.equal(at(['compatibility']), '"compatibility"');
    assert.equal(at(['unknown', 'gone', 'deeper']), '"unknown"');
    assert.equal(at(['compatibility', 0, 'gone']), '{');
    assert.equal(at(['gone']), '{');
    assert.equal(at(['gone'], 'x'), 'x');
    assert.equal(at([], ''), '');
  });
});
