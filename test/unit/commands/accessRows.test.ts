import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessRows, withKeys, withoutKey } from '../../../src/commands/accessRows.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { withNew, withoutOld } from '../../../src/ssh/keyRotation.ts';
import { keyBody } from '../../../src/workspace/keyBody.ts';

const mine = generateKey('berth me').publicKey;
const laptop = generateKey('laptop').publicKey;
const anna = generateKey('anna@example.org').publicKey;
const bob = generateKey('').publicKey;
const owner = 'me@example.org';
const keys = (machines: string[], publicKeys: string[] = []) => ({
  authorizedKeys: machines.map(key => ({ key, owner })),
  settings: { publicKeys },
});

describe('who may enter', () => {
  it('is listed: machines first, people by name, what is open with each', () => {
    const sessions = [{ key: keyBody(anna) }, { key: keyBody(anna) }, {}, { key: keyBody(laptop) }];
    const rows = accessRows(keys([mine, laptop], [bob, anna, laptop]), mine, sessions);
    assert.deepEqual(
      rows.map(({ name, by, isThisMachine, kind, sessions, untold }) => [
        name,
        by,
        isThisMachine,
        kind,
        sessions,
        untold,
      ]),
      [
        [owner, 'machine', true, 'ED25519', 0, 1],
        ['laptop', 'machine', false, 'ED25519', 1, 1],
        [`…${keyBody(bob).slice(-12)}`, 'person', false, 'ED25519', 0, 1],
        ['anna@example.org', 'person', false, 'ED25519', 2, 1],
      ],
    );
  });

  it('grows by those who may not enter yet', () => {
    assert.deepEqual(withKeys(keys([mine], [anna]), [`${keyBody(anna)} other`, bob, mine]), {
      publicKeys: [anna, bob],
    });
    assert.equal(withKeys(keys([mine], [anna]), [anna, mine]), undefined);
  });

  it('shrinks by a key wherever it stands', () => {
    assert.deepEqual(withoutKey(keys([mine, anna], [anna, bob]), keyBody(anna)), {
      authorizedKeys: [{ key: mine, owner }],
      publicKeys: [bob],
    });
    assert.equal(withoutKey(keys([mine], [bob]), keyBody(anna)), undefined);
  });
});

describe('a key in the place of another', () => {
  const next = generateKey('berth me').publicKey;
  const table: readonly (readonly [string, ReturnType<typeof keys>, unknown, unknown])[] = [
    [
      'is put beside it, then alone',
      keys([mine, laptop]),
      {
        authorizedKeys: [
          { key: mine, owner },
          { key: next, owner },
          { key: laptop, owner },
        ],
        publicKeys: [],
      },
      {
        authorizedKeys: [
          { key: next, owner },
          { key: laptop, owner },
        ],
        publicKeys: [],
      },
    ],
    [
      'keeps its name where it was shared',
      keys([laptop], [`${keyBody(mine)} my desk`]),
      {
        authorizedKeys: [{ key: laptop, owner }],
        publicKeys: [`${keyBody(mine)} my desk`, `${keyBody(next)} my desk`],
      },
      { authorizedKeys: [{ key: laptop, owner }], publicKeys: [`${keyBody(next)} my desk`] },
    ],
    [
      'goes where both are already',
      keys([mine, next]),
      undefined,
      { authorizedKeys: [{ key: next, owner }], publicKeys: [] },
    ],
    ['is not put where the old one may not enter', keys([laptop], [anna]), undefined, undefined],
    ['is done once', keys([next]), undefined, undefined],
  ];
  for (const [title, given, added, alone] of table) {
    it(title, () => {
      assert.deepEqual(withNew(given, mine, next), added);
      assert.deepEqual(withoutOld(given, mine, next), alone);
    });
  }
});
