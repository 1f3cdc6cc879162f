import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCatalogue } from '../../../src/image/catalogue/catalogue.ts';
import type { ShelvedCatalogue } from '../../../src/image/catalogue/shelf.ts';
import { catalogueItemOf } from '../../../src/views/catalogueItems.ts';
import { BerthError } from '../../../src/workspace/error.ts';
import { entry, listOf } from '../../support/pages/catalogues.ts';

const now = 1_700_000_000_000;
const catalogue = parseCatalogue(
  JSON.stringify(listOf(entry('Firefox'), entry('Old', { enabled: false }), {})),
);
const shelved = (more: Partial<ShelvedCatalogue> = {}): ShelvedCatalogue => ({
  address: 'https://a.example',
  isBuiltIn: false,
  channel: undefined,
  isReading: false,
  copy: {
    address: 'https://a.example',
    list: 'https://a.example/1.1/list.json',
    catalogue,
    checkedAt: now - 3 * 3_600_000,
  },
  problem: undefined,
  ...more,
});
const item = (of: ShelvedCatalogue, isAllowed = false) =>
  catalogueItemOf({ kind: 'catalogue', catalogue: of.address, of, isAllowed }, now);
const entryItem = (index: number, standing = { isAllowed: false, hasChanged: false }) => {
  const of = catalogue.entries[index];
  assert.ok(of);
  return catalogueItemOf({ kind: 'catalogueEntry', catalogue: 'a', entry: of.id, of, standing }, now);
};

describe('the row of a catalogue', () => {
  const problem = new BerthError('Cannot read the catalogue: it cannot be reached.');
  const table: [string, ShelvedCatalogue, string, string][] = [
    ['that was read', shelved(), 'Acme', '2 entries · stable · read 3 h ago'],
    ['on another channel', shelved({ channel: 'edge' }), 'Acme', '2 entries · edge · read 3 h ago'],
    ['that is being read', shelved({ isReading: true }), 'Acme', '2 entries · stable · reading…'],
    [
      'that is a last good copy',
      shelved({ problem }),
      'Acme',
      '2 entries · stable · last good copy · read 3 h ago',
    ],
    ['that cannot be read', shelved({ problem, copy: undefined }), 'https://a.example', 'cannot be read'],
  ];
  for (const [words, of, label, description] of table) {
    it(`${words} says so`, () => {
      const look = item(of);
      assert.deepEqual([look.label, look.description], [label, description]);
      assert.ok(look.spoken.startsWith(`${label}, catalogue`));
      assert.equal(look.icon, of.problem ? 'warning' : 'library');
    });
  }

  it('offers what fits it', () => {
    assert.equal(item(shelved(), true).context, 'catalogue channels allowed');
    assert.equal(item(shelved({ copy: undefined })).context, 'catalogue');
  });
});

describe('the row of an entry', () => {
  it('opens the gallery there, and says what is special about it', () => {
    const look = entryItem(0, { isAllowed: true, hasChanged: true });
    assert.deepEqual(look.command?.args, [{ catalogue: 'a', entry: 'Firefox' }]);
    assert.equal(look.spoken, 'Firefox, entry, changed since you used it, Tools');
    assert.equal(look.context, 'entry allowed');
    assert.equal(entryItem(1).description, 'not offered now · Tools');
  });

  it('that cannot be used says why', () => {
    const [of] = catalogue.unusable;
    assert.ok(of);
    const look = catalogueItemOf({ kind: 'unusable', catalogue: 'a', of }, now);
    assert.match(look.spoken, /^Entry 3, entry that cannot be used: .*it is missing/);
  });

  it('a catalogue that cannot be read offers its fix', () => {
    const what = new BerthError('It cannot be reached.');
    const look = catalogueItemOf({ kind: 'catalogueNote', catalogue: 'a', what }, now);
    assert.deepEqual(look.command?.args, [{ catalogue: 'a' }]);
    assert.equal(look.spoken, 'It cannot be reached.. Press Enter to: Try again');
  });
});
