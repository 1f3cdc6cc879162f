import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { CatalogueReader } from '../../../../src/image/catalogue/reader.ts';
import { reviewEntry } from '../../../../src/image/catalogue/review.ts';
import { List11 } from '../../../../src/image/catalogue/schema.ts';

const folder = new URL('../../../../media/catalogue/', import.meta.url).pathname;

describe('the catalogue that comes with Berth', () => {
  it('is as its schema wants it, and asks for nothing', async () => {
    using reader = new CatalogueReader({ folder: '/nonexistent', builtIn: new Map([['starter', folder]]) });
    const copy = await reader.read('starter', {}, AbortSignal.timeout(5_000));
    const { problems, unusable, entries } = copy.catalogue;
    assert.deepEqual([problems, unusable], [[], []]);
    assert.ok(entries.length >= 10);
    List11.parse(JSON.parse(await readFile(`${folder}1.1/list.json`, 'utf8')));
    for (const entry of entries) {
      assert.ok(reviewEntry('starter', entry, []).isSettled, entry.name);
      assert.equal((await reader.icon(copy, entry, AbortSignal.timeout(5_000)))?.type, 'image/svg+xml');
    }
  });
});
