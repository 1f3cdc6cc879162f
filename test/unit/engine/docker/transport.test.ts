import assert from 'node:assert/strict';
import { request } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CommandStream } from '../../../../src/engine/docker/commandStream.ts';
import { OpenStreams, TransportAgent, turns } from '../../../../src/engine/docker/transport.ts';

describe('the connections of an engine', () => {
  it('are no more opened once it is closed, though calls wait for one', async () => {
    const opened = new OpenStreams();
    let count = 0;
    const open = () => {
      // What it would otherwise be asked for on and on, without a pause in which a test could fail.
      if (++count > 20) throw new Error('asked on and on');
      return new CommandStream('cat', [], () => new Error('it ended'));
    };
    const agent = new TransportAgent(open, opened, { keepAlive: true, maxSockets: 1 });
    const calls = ['/a', '/b', '/c'].map(path => {
      const call = request({ agent, host: 'engine', path }).on('error', () => {});
      call.end();
      return call;
    });
    assert.equal(count, 1);
    const ended = calls.slice(0, 2).map(call => new Promise(resolve => call.once('close', resolve)));
    opened[Symbol.dispose]();
    await Promise.all(ended);
    await turn();
    assert.equal(count, 1);
    agent.destroy();
  });

  it('over ssh begin four at a time, in the order in which they were asked for', async () => {
    const inTurn = turns();
    const begun: number[] = [];
    const streams = Array.from({ length: 8 }, () => new PassThrough());
    const ask = (number: number, problem?: Error) =>
      inTurn(() => {
        begun.push(number);
        return problem ? Promise.reject(problem) : (streams[number] ?? new PassThrough());
      });
    const asked = [0, 1, 2, 3, 4].map(number => ask(number));
    const failing = ask(5, new Error('it is down'));
    asked.push(ask(6));
    await turn();
    assert.deepEqual(begun, [0, 1, 2, 3]);
    streams[2]?.emit('settled');
    // In the moment in which one is let in.
    asked.push(ask(7));
    await turn();
    assert.deepEqual(begun, [0, 1, 2, 3, 4]);
    streams[0]?.emit('settled');
    await assert.rejects(failing, /it is down/);
    await turn();
    assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6]);
    for (const stream of streams) stream.emit('settled');
    await Promise.all(asked);
    assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
