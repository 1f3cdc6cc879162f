import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { retryIn } from '../../../../src/engine/kubernetes/api.ts';
import { queryText } from '../../../../src/engine/kubernetes/channels.ts';
import { exitOf } from '../../../../src/engine/kubernetes/execStreams.ts';
import { FrameReader } from '../../../../src/engine/kubernetes/frames.ts';
import { KubeStatusError } from '../../../../src/engine/kubernetes/status.ts';

/** A server's frame (RFC 6455, 5.2): never masked. */
function frame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload]);
  if (length < 65_536) {
    return Buffer.concat([Buffer.from([first, 126, length >> 8, length & 255]), payload]);
  }
  const head = Buffer.from([first, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

function read(chunks: readonly Buffer[]): { messages: Buffer[]; controls: [number, string][] } {
  const messages: Buffer[] = [];
  const controls: [number, string][] = [];
  const reader = new FrameReader();
  for (const chunk of chunks) {
    reader.read(chunk, {
      data: (piece, isFirst) => {
        if (isFirst) messages.push(Buffer.from(piece));
        else messages.push(Buffer.concat([messages.pop() ?? Buffer.alloc(0), piece]));
      },
      control: (opcode, payload) => controls.push([opcode, payload.toString()]),
    });
  }
  return { messages, controls };
}

describe('FrameReader', () => {
  it('gives the same messages however the bytes are cut', () => {
    const sizes = fc.array(fc.oneof(fc.nat(300), fc.constantFrom(125, 126, 65_535, 65_536, 70_000)), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        sizes,
        fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 60 }),
        (lengths, cuts) => {
          const payloads = lengths.map((length, index) => Buffer.alloc(length + 1, 65 + index));
          const bytes = Buffer.concat(
            payloads.flatMap(payload => [frame(0x82, payload), frame(0x89, Buffer.from('p'))]),
          );
          const chunks: Buffer[] = [];
          let at = 0;
          for (const cut of [...cuts, bytes.length]) {
            chunks.push(bytes.subarray(at, at + cut));
            at += cut;
          }
          const { messages, controls } = read(chunks);
          assert.deepEqual(
            messages.map(message => message.toString()),
            payloads.map(payload => payload.toString()),
          );
          assert.deepEqual(
            controls,
            payloads.map(() => [9, 'p']),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('puts a message of several frames together, with a ping in its middle', () => {
    const { messages, controls } = read([
      frame(0x02, Buffer.from('ab')),
      frame(0x89, Buffer.alloc(0)),
      frame(0x80, Buffer.from('cd')),
    ]);
    assert.deepEqual([messages.map(String), controls], [['abcd'], [[9, '']]]);
  });

  it('refuses what no server may send', () => {
    const wrong = [
      [0x82, 0x81, 0, 0, 0, 0, 0],
      [0xc2, 1, 0],
      [0x83, 0],
      [0x8b, 0],
      [0x89, 126, 1, 0],
      [0x09, 0],
      [0x82, 127, 255, 0, 0, 0, 0, 0, 0, 0],
    ];
    for (const bytes of wrong) assert.throws(() => read([Buffer.from(bytes)]), /not a WebSocket frame/);
  });
});

describe('exitOf', () => {
  it('is the exit code, or an error with the server’s words', () => {
    assert.deepEqual(exitOf('{"metadata":{},"status":"Success"}'), { exitCode: 0 });
    assert.ok(exitOf('') instanceof Error);
    const failure = { status: 'Failure', reason: 'InternalError', message: 'no such program', code: 500 };
    assert.match(String(exitOf(JSON.stringify(failure))), /no such program/);
  });
});

describe('retryIn', () => {
  const status = (code: number, retryAfterMs?: number) =>
    Object.assign(new KubeStatusError(code, '', ''), { retryAfterMs });
  it('waits as asked, bounded, where that cannot do a thing twice', () => {
    assert.equal(retryIn(status(429, 2000), 'POST'), 2000);
    assert.equal(retryIn(status(429, 3_600_000), 'POST'), 10_000);
    assert.equal(retryIn(status(503), 'GET'), 1000);
    assert.equal(retryIn(status(503, 1000), 'POST'), undefined);
    assert.equal(retryIn(status(500), 'GET'), undefined);
    assert.equal(retryIn(status(500, 1000), 'GET'), 1000);
    assert.equal(retryIn(status(404), 'GET'), undefined);
    assert.equal(retryIn(new Error('cut'), 'GET'), undefined);
    assert.equal(retryIn(Object.assign(new Error('cut'), { isReused: true }), 'GET'), 0);
    assert.equal(retryIn(Object.assign(new Error('cut'), { isReused: true }), 'PATCH'), undefined);
  });
});

describe('queryText', () => {
  it('writes a list as its name several times and leaves out what is undefined', () => {
    assert.equal(queryText({ a: ['x y', '&'], b: undefined, c: true, d: 0 }), '?a=x+y&a=%26&c=true&d=0');
    assert.equal(queryText({}), '');
  });
});
