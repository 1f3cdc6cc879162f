import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CommandStream } from '../../../../src/engine/docker/commandStream.ts';
import { OpenStreams, TransportAgent } from '../../../../src/engine/docker/transport.ts';

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
});
