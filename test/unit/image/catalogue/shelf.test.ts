import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findImages } from '../../../../src/image/catalogue/find.ts';
import type { CatalogueCopy } from '../../../../src/image/catalogue/reader.ts';
import { decide, reviewEntry } from '../../../../src/image/catalogue/review.ts';
import { canonicalAddress, type Reading, Shelf } from '../../../../src/image/catalogue/shelf.ts';
import { CatalogueFolder, entry, listOf, Memory } from '../../../support/pages/catalogues.ts';

const signal = () => AbortSignal.timeout(5_000);

describe('the shelf of catalogues', () => {
  it('takes in only what can be read, and keeps it', async () => {
    await using made = await CatalogueFolder.make(listOf(entry('Firefox')));
    const { shelf, address, memory } = made;
    await assert.rejects(shelf.add(`${address}/nowhere`, signal()), /there is no list.json/);
    assert.deepEqual(shelf.list(), []);
    await shelf.add(address, signal());
    await shelf.add(address, signal());
    assert.deepEqual(memory.kept, [{ url: address }]);
    assert.deepEqual(
      shelf.list()[0]?.copy?.catalogue.entries.map(({ id }) => id),
      ['Firefox'],
    );
  });

  it('one that cannot be read hides none of the others, keeps its last copy, and is left alone for a while', async () => {
    let now = 1_000_000;
    let reads = 0;
    let isDown = false;
    const copy = { list: 'x', checkedAt: 0, catalogue: { entries: [] } } as unknown as CatalogueCopy;
    const reading: Reading = {
      read: async address => {
        reads++;
        if (address === 'bad' || isDown) throw new Error('no');
        return { ...copy, address, checkedAt: now };
      },
      icon: async () => undefined,
      forget: async () => undefined,
    };
    const memory = new Memory();
    memory.kept = [{ url: 'good' }, { url: 'bad' }];
    const shelf = new Shelf(reading, memory, { now: () => now });
    await shelf.load();
    const state = () => shelf.list().map(({ copy, problem }) => [copy !== undefined, problem !== undefined]);
    assert.deepEqual(state(), [
      [true, false],
      [false, true],
    ]);
    await shelf.load();
    assert.equal(reads, 2);
    now += 61_000;
    await shelf.load();
    assert.equal(reads, 3);
    isDown = true;
    await shelf.refresh('good');
    assert.deepEqual(state()[0], [true, true]);
  });

  it('what is looked at by two at once is read once', async () => {
    let reads = 0;
    const reading: Reading = {
      read: async () => {
        reads++;
        await new Promise(resolve => setTimeout(resolve, 20));
        throw new Error('no');
      },
      icon: async () => undefined,
      forget: async () => undefined,
    };
    const memory = new Memory();
    memory.kept = [{ url: 'a' }];
    const shelf = new Shelf(reading, memory);
    await Promise.all([shelf.refresh(), shelf.refresh('a'), shelf.load()]);
    assert.equal(reads, 1);
  });

  it('what is to be read anew is, though somebody just looks at it', async () => {
    const asked: (number | undefined)[] = [];
    const reading: Reading = {
      read: async (_, { freshMs }) => {
        asked.push(freshMs);
        await new Promise(resolve => setTimeout(resolve, 5));
        throw new Error('no');
      },
      icon: async () => undefined,
      forget: async () => undefined,
    };
    const memory = new Memory();
    memory.kept = [{ url: 'a' }];
    const shelf = new Shelf(reading, memory);
    await Promise.all([shelf.load(), shelf.refresh('a'), shelf.refresh('a'), shelf.load()]);
    assert.deepEqual(asked, [3_600_000, 0]);
    assert.equal(shelf.list()[0]?.isReading, false);
  });

  it('removes a catalogue with all that was allowed to its entries; what is built in can be restored', async () => {
    await using made = await CatalogueFolder.make(
      listOf(entry('Firefox', { run_config: { privileged: true } })),
    );
    const { address, memory } = made;
    const { shelf } = made;
    await shelf.add(address, signal());
    const [found] = shelf.list()[0]?.copy?.catalogue.entries ?? [];
    assert.ok(found);
    const review = reviewEntry(address, found, []);
    const { approval } = decide(review, new Set(['privileged']), 'entry', 0);
    await shelf.approve({ ...approval, catalogue: 'another' }, { ...review.origin, catalogue: 'another' });
    await shelf.approve(approval, review.origin);
    assert.deepEqual(shelf.standing(address)(found), { isAllowed: true, hasChanged: false });
    assert.deepEqual(shelf.standing(address)({ ...found, sha: 'new' }), {
      isAllowed: true,
      hasChanged: true,
    });
    await shelf.remove(address);
    assert.deepEqual(shelf.list(), []);
    assert.deepEqual(
      memory.allowed.map(({ catalogue }) => catalogue),
      ['another'],
    );
    assert.deepEqual(
      memory.used.map(({ catalogue }) => catalogue),
      ['another'],
    );
  });

  it('what comes with Berth can be removed and restored', async () => {
    const reading: Reading = {
      read: async () => Promise.reject(new Error('no')),
      icon: async () => undefined,
      forget: async () => undefined,
    };
    const memory = new Memory();
    memory.kept = [{ url: 'berth:starter' }];
    const shelf = new Shelf(reading, memory, { builtIn: ['berth:starter'] });
    const all = () => shelf.list().map(({ address, isBuiltIn }) => [address, isBuiltIn]);
    assert.deepEqual(all(), [['berth:starter', true]]);
    await shelf.setChannel('berth:starter', 'edge');
    assert.equal(shelf.list()[0]?.channel, 'edge');
    await shelf.remove('berth:starter');
    assert.deepEqual([all(), shelf.missing()], [[], ['berth:starter']]);
    await shelf.restore();
    assert.deepEqual([all(), shelf.missing()], [[['berth:starter', true]], []]);
  });

  const spellings: [string, string][] = [
    [' https://A.example/c/ ', 'https://a.example/c'],
    ['https://a.example/', 'https://a.example'],
    ['https://a.example/c/#top', 'https://a.example/c'],
    ['/srv/catalogue/', '/srv/catalogue/'],
    ['berth:starter', 'berth:starter'],
  ];
  for (const [typed, address] of spellings) {
    it(`knows ${typed.trim()} as ${address}`, () => assert.equal(canonicalAddress(typed), address));
  }

  it('finds images by the words of their entries', async () => {
    await using made = await CatalogueFolder.make(
      listOf(
        entry('Firefox', { description: 'A browser' }),
        entry('Old', { enabled: false }),
        entry('Blender'),
      ),
    );
    await made.shelf.add(made.address, signal());
    const found = (text: string) => findImages(made.shelf.list(), text);
    assert.deepEqual(found('browser fire'), [
      { reference: 'ghcr.io/acme/firefox:stable', detail: 'Firefox · Acme' },
    ]);
    await made.shelf.setChannel(made.address, 'edge');
    assert.deepEqual(
      found('').map(({ reference }) => reference),
      ['ghcr.io/acme/firefox:edge', 'ghcr.io/acme/blender:edge'],
    );
  });
});
