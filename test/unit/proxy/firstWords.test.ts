import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket, connect as tcp } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { firstWords } from '../../../src/proxy/firstWords.ts';

describe('the first words of a connection', () => {
  const server = createServer();
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => server.close());

  /** Both ends of one connection. */
  async function pair(): Promise<[Socket, Socket]> {
    const address = server.address();
    assert.ok(address && typeof address === 'object');
    const near = tcp(address.port, address.address);
    const [far] = (await once(server, 'connection')) as [Socket];
    return [near, far];
  }

  it('are taken off it, and what comes after stays', async () => {
    const [near, far] = await pair();
    far.write('SSH-2.0-x\r\n');
    assert.equal(String(await firstWords(near)), 'SSH-2.0-x\r\n');
    assert.equal(near.isPaused(), true);
    far.end('more');
    near.resume();
    assert.equal(String((await once(near, 'data'))[0]), 'more');
    near.destroy();
  });

  it('are none where it ends without one', async () => {
    const [near, far] = await pair();
    far.end();
    assert.equal(await firstWords(near), undefined);
    assert.equal(near.destroyed, true);
  });

  it('are none where it is closed without an end', async () => {
    const [near, far] = await pair();
    const words = firstWords(near);
    near.destroy();
    assert.equal(await words, undefined);
    far.destroy();
  });

  it('fail as it does', async () => {
    const [near, far] = await pair();
    const words = firstWords(near);
    near.destroy(new Error('broken'));
    await assert.rejects(words, /broken/);
    far.destroy();
  });

  it('are not waited for once the signal aborts', async () => {
    const [near, far] = await pair();
    const reason = new Error('too long');
    const over = new AbortController();
    const words = firstWords(near, over.signal);
    over.abort(reason);
    await assert.rejects(words, error => error === reason);
    assert.equal(near.destroyed, true);
    await assert.rejects(firstWords(far, over.signal), error => error === reason);
    assert.equal(far.destroyed, true);
  });

  it('leave no listener behind', async () => {
    const [near, far] = await pair();
    const count = () => near.listenerCount('data') + near.listenerCount('end') + near.listenerCount('error');
    const before = count();
    far.write('x');
    await firstWords(near, new AbortController().signal);
    assert.equal(count(), before);
    for (const end of [near, far]) end.destroy();
  });
});
