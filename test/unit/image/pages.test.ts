import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { distinct } from '../../../src/image/pages.ts';

describe('distinct', () => {
  it('has each name once, where it came first', async () => {
    const pages = (async function* () {
      yield ['3', '2', '2'];
      // A tag that was pushed meanwhile moved the last one to the next page.
      yield ['2', '1'];
    })();
    assert.deepEqual(await Array.fromAsync(distinct(pages)), [['3', '2'], ['1']]);
  });
});
