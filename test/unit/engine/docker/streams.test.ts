import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { followBoot } from '../../../../src/engine/bootFollow.ts';
import { outputsOf } from '../../../../src/engine/docker/exec.ts';
import { textOf, unframed } from '../../../../src/engine/docker/output.ts';
import { statsFrom } from '../../../../src/engine/docker/stats.ts';
import { isOfInterest } from '../../../../src/engine/docker/watch.ts';
import type { Progress } from '../../../../src/engine/engine.ts';
import { linesOf } from '../../../../src/engine/lines.ts';

function frame(kind: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = kind;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}
/** Cut at any places, as a network does. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
}
async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

describe('unframed', () => {
  it('gives each output its bytes, wherever the stream is cut', async () => {
    const frames = fc.array(
      fc.record({ kind: fc.constantFrom(1, 2), data: fc.uint8Array({ maxLength: 40 }) }),
    );
    await fc.assert(
      fc.asyncProperty(frames, fc.array(fc.nat()), async (frames, places) => {
        const bytes = Buffer.concat(frames.map(({ kind, data }) => frame(kind, Buffer.from(data))));
        const pieces = await all(unframed(Readable.from(cut(bytes, places))));
        for (const [kind, source] of [
          [1, 'stdout'],
          [2, 'stderr'],
        ] as const) {
          const sent = Buffer.concat(frames.filter(frame => frame.kind === kind).map(({ data }) => data));
          const got = Buffer.concat(pieces.filter(piece => piece.source === source).map(({ data }) => data));
          assert.deepEqual(got, sent);
        }
      }),
    );
  });

  it('passes on a stream without frames as it is', async () => {
    const [piece] = await all(unframed(Readable.from([Buffer.from('plain text of a terminal')])));
    assert.equal(String(piece?.data), 'plain text of a terminal');
  });
});

describe('outputsOf', () => {
  it('keeps both outputs apart', async () => {
    const frames = [frame(1, Buffer.from('a')), frame(2, Buffer.from('b')), frame(1, Buffer.from('c'))];
    assert.deepEqual(await outputsOf(Readable.from(frames)), { stdout: 'ac', stderr: 'b' });
  });

  it('gives up a program that prints without end', async () => {
    const piece = frame(1, Buffer.alloc(1 << 20));
    let pieces = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          pieces++;
          yield piece;
        }
      })(),
    );
    await assert.rejects(outputsOf(endless), /printed too much/);
    assert.ok(pieces < 100);
    assert.ok(endless.destroyed);
  });
});

describe('textOf and linesOf', () => {
  it('never cut a character or a line', async () => {
    const text = fc.string({ unit: 'grapheme' });
    await fc.assert(
      fc.asyncProperty(fc.array(text), fc.array(fc.nat()), async (lines, places) => {
        const clean = lines.map(line => line.replace(/[\n\r\uFEFF]/g, ''));
        const bytes = Buffer.from(clean.map(line => `${line}\n`).join(''));
        const pieces = cut(bytes, places).map(piece => frame(1, piece));
        assert.deepEqual(await all(linesOf(textOf(Readable.from(pieces)))), clean);
      }),
    );
  });
});

describe('followBoot', () => {
  async function* from(...lines: string[]) {
    yield* lines;
  }
  it('ends at ready and reports all before it', async () => {
    const seen: Progress[] = [];
    const lines = from('@berth home begin', 'hello', '@berth ready ok', '@berth git begin');
    assert.equal(await followBoot(lines, progress => seen.push(progress)), 'ready');
    assert.deepEqual(
      seen.map(({ kind }) => kind),
      ['boot', 'output', 'boot'],
    );
  });
  it('returns the failure of a stage before ready, shows one after it', async () => {
    const failed = await followBoot(from('@berth sshd fail no network'), () => {});
    assert.deepEqual(failed, { stage: 'sshd', event: 'fail', message: 'no network' });
    assert.equal(await followBoot(from('@berth init fail odd', '@berth ready ok'), () => {}), 'ready');
  });
  it('says so where the output ends early', async () => {
    assert.equal(await followBoot(from('panic'), () => {}), 'ended');
  });
});

describe('statsFrom', () => {
  const sample = {
    cpu_stats: { cpu_usage: { total_usage: 3e9 }, system_cpu_usage: 20e9, online_cpus: 4 },
    precpu_stats: { cpu_usage: { total_usage: 1e9 }, system_cpu_usage: 16e9 },
    memory_stats: { usage: 1000, limit: 5000, stats: { inactive_file: 400 } },
    networks: { eth0: { rx_bytes: 7, tx_bytes: 8 }, eth1: { rx_bytes: 1, tx_bytes: 1 } },
    blkio_stats: {
      io_service_bytes_recursive: [
        { op: 'Read', value: 5 },
        { op: 'write', value: 6 },
      ],
    },
  };
  it('counts cores, memory without cache, networks and disks', () => {
    assert.deepEqual(statsFrom(JSON.stringify(sample), 42), {
      at: 42,
      cpus: 2,
      memoryBytes: 600,
      memoryLimitBytes: 5000,
      receivedBytes: 8,
      sentBytes: 9,
      readBytes: 5,
      writtenBytes: 6,
    });
  });
  it('is nothing for the first sample and for what is none', () => {
    assert.equal(statsFrom(JSON.stringify({ ...sample, precpu_stats: {} }), 1), undefined);
    for (const line of ['', '{', '{}', 'null']) assert.equal(statsFrom(line, 1), undefined);
  });
});

describe('isOfInterest', () => {
  const event = (Action: string) => JSON.stringify({ Type: 'container', Action, Actor: { Attributes: {} } });
  for (const action of [
    'start',
    'die',
    'destroy',
    'create',
    'pause',
    'unpause',
    'rename',
    'update',
    'oom',
    'kill',
  ]) {
    it(`${action} is`, () => assert.equal(isOfInterest(event(action)), true));
  }
  for (const action of ['archive-path', 'extract-to-dir', 'exec_create: sh', 'exec_die', 'attach', 'top']) {
    it(`${action} is not: a list itself raises such`, () => assert.equal(isOfInterest(event(action)), false));
  }
  it('broken lines are not', () => {
    for (const line of ['', '{', '[]']) assert.equal(isOfInterest(line), false);
  });
});
