import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PagedList } from '../../../src/image/pagedList.ts';

const { signal } = new AbortController();

function source(pages: number, size = 10) {
  const read: number[] = [];
  let running = 0;
  const list = new PagedList(async function* (until) {
    for (let page = 0; page < pages; page++) {
      assert.equal(running++, 0, 'two pages are read at once');
      await new Promise(resolve => setTimeout(resolve, 1));
      until.throwIfAborted();
      running--;
      read.push(page);
      yield Array.from({ length: size }, (_, at) => `${page * size + at}`);
    }
  });
  return { list, read };
}

describe('PagedList', () => {
  it('reads no further than it is asked to', async () => {
    const { list, read } = source(5);
    assert.deepEqual(await list.first(10, signal), {
      entries: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      hasMore: true,
    });
    assert.deepEqual(read, [0]);
    assert.equal((await list.first(15, signal)).entries.length, 15);
    assert.deepEqual(read, [0, 1]);
  });

  it('takes a page of whatever length', async () => {
    const { list } = source(1, 300_000);
    assert.equal((await list.first(300_000, signal)).entries.length, 300_000);
  });

  it('knows its end', async () => {
    const { list } = source(2);
    assert.deepEqual((await list.first(100, signal)).hasMore, false);
    assert.deepEqual((await list.first(19, signal)).hasMore, true);
  });

  it('reads on until enough entries fit', async () => {
    const { list, read } = source(5);
    const found = await list.first(2, signal, entry => entry.endsWith('7'));
    assert.deepEqual(found.entries, ['7', '17']);
    assert.deepEqual(read, [0, 1]);
    assert.deepEqual(await list.first(9, signal, entry => entry === 'none'), { entries: [], hasMore: false });
  });

  it('reads each page once for all who ask, and goes on when one of them leaves', async () => {
    const { list, read } = source(3);
    const leaving = new AbortController();
    const left = list.first(30, leaving.signal);
    const stays = list.first(30, signal);
    leaving.abort(new Error('left'));
    await assert.rejects(left, /left/);
    assert.equal((await stays).entries.length, 30);
    assert.deepEqual(read, [0, 1, 2]);
  });

  it('fails for good, and ends its reading when it is disposed', async () => {
    const broken = new PagedList(async function* () {
      yield ['a'];
      throw new Error('cut');
    });
    assert.deepEqual((await broken.first(1, signal)).entries, ['a']);
    assert.equal(broken.hasFailed, false);
    await assert.rejects(broken.first(2, signal), /cut/);
    await assert.rejects(broken.first(2, signal), /cut/);
    assert.equal(broken.hasFailed, true);
    const { list } = source(3);
    list[Symbol.dispose]();
    await assert.rejects(list.first(30, signal), { name: 'AbortError' });
  });
});
