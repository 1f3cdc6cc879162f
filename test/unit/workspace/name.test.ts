import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { aliasOf, generateName, parseAlias, TargetId, WorkspaceName } from '../../../src/workspace/name.ts';

const label = (max: number) =>
  fc
    .stringMatching(new RegExp(`^[a-z0-9](?:[a-z0-9-]{0,${max - 2}}[a-z0-9])?$`))
    .filter(text => text.length <= max);

describe('names', () => {
  for (const good of ['a', '7', 'brave-otter', 'a--b', 'x'.repeat(40)]) {
    it(`accepts ${good}`, () => assert.equal(WorkspaceName.parse(good), good));
  }
  for (const bad of ['', '-a', 'a-', 'A', 'a.b', 'a_b', 'ä', 'a b', 'a\n', 'x'.repeat(41)]) {
    it(`refuses ${JSON.stringify(bad)}`, () => assert.equal(WorkspaceName.safeParse(bad).success, false));
  }

  it('makes an alias of which both parts come back', () => {
    fc.assert(
      fc.property(label(40), label(20), (name, target) => {
        const alias = aliasOf(WorkspaceName.parse(name), TargetId.parse(target));
        assert.deepEqual(parseAlias(alias), { name, target });
      }),
    );
  });

  it('takes only its own aliases for aliases, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map(text => `${text}.local.berth`),
        ),
        text => {
          const parts = parseAlias(text);
          if (parts) assert.equal(aliasOf(parts.name, parts.target), text);
        },
      ),
    );
    assert.equal(parseAlias('otter.local.berth.example'), undefined);
    assert.equal(parseAlias('Otter.local.berth'), undefined);
  });

  it('generates a name that is not taken, even when every pair is', () => {
    const taken = new Set<string>();
    for (let count = 0; count < 200; count++) {
      const name = generateName(taken, () => 0.5);
      assert.ok(!taken.has(name));
      assert.ok(WorkspaceName.safeParse(name).success);
      taken.add(name);
    }
  });
});
