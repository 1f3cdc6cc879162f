import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod';
import { Channel } from '../../../src/panels/channel.ts';
import type { HostMessage } from '../../../src/panels/messages.ts';

const protocol = {
  requests: {
    double: { params: z.object({ number: z.number() }), result: z.object({ number: z.number() }) },
    fail: { params: z.object({}), result: z.object({}) },
  },
  events: { tick: z.object({}) },
} as const;

function open() {
  const posted: HostMessage[] = [];
  const logged: string[] = [];
  const channel = new Channel(
    protocol,
    {
      double: ({ number }) => ({ number: number * 2, secret: 'not in the table' }),
      fail: () => {
        throw new Error('no such luck');
      },
    },
    { post: message => posted.push(message), log: message => logged.push(message) },
  );
  return { channel, posted, logged };
}
const request = (method: string, params: unknown) => ({ type: 'request', id: 7, method, params });

describe('a page’s channel', () => {
  it('answers a request, with nothing that the table does not name', async () => {
    const { channel, posted } = open();
    await channel.receive(request('double', { number: 21 }));
    assert.deepEqual(posted, [{ type: 'result', id: 7, result: { number: 42 } }]);
  });

  it('answers a failure with its words', async () => {
    const { channel, posted } = open();
    await channel.receive(request('fail', {}));
    assert.deepEqual(posted, [{ type: 'failure', id: 7, message: 'no such luck' }]);
  });

  it('refuses wrong parameters by place, and repeats nothing of them', async () => {
    const { channel, posted, logged } = open();
    await channel.receive(request('double', { number: 'hush' }));
    assert.deepEqual(posted, [{ type: 'failure', id: 7, message: 'wrong parameters: number' }]);
    assert.ok(!logged.join().includes('hush'));
  });

  it('answers nothing to what is no request of the table, whatever it is', async () => {
    const { channel, posted } = open();
    for (const method of ['constructor', '__proto__', 'toString', 'nothing'])
      await channel.receive(request(method, {}));
    await fc.assert(fc.asyncProperty(fc.anything(), async message => channel.receive(message)));
    assert.deepEqual(posted, []);
  });

  it('is silent once it is disposed', async () => {
    const { channel, posted } = open();
    channel[Symbol.dispose]();
    channel.send('tick', {});
    await channel.receive(request('double', { number: 1 }));
    assert.deepEqual(posted, []);
  });
});
