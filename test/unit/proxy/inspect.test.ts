import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { ask, parseAnswer, parseContainer } from '../../../src/proxy/inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-inspect-'));
const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

/** An engine that says these bytes to whoever connects; without end where `hangs`. */
async function engine(name: string, says: readonly string[], hangs = false): Promise<string> {
  const path = join(folder, name);
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.once('data', () => {
      for (const part of says) socket.write(part);
      if (!hangs) socket.end();
    });
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(path, resolve));
  return path;
}

const head = 'HTTP/1.0 200 OK\r\nDate: Sun, 22 Nov 2026 02:00:00 GMT\r\n';

describe('parseAnswer', () => {
  it('takes an answer apart', () => {
    const answer = parseAnswer(Buffer.from(`${head}Content-Length: 2\r\n\r\n{}`));
    assert.equal(answer?.status, 200);
    assert.equal(answer?.body.toString(), '{}');
  });

  it('sees one that was cut short, and one that is none', () => {
    for (const text of [
      '',
      'HTTP/1.0 200',
      `${head}\r`,
      `${head}Content-Length: 9\r\n\r\n{}`,
      'SSH-2.0-x\r\n\r\n',
    ]) {
      assert.equal(parseAnswer(Buffer.from(text)), undefined);
    }
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), bytes => void parseAnswer(Buffer.from(bytes))));
  });
});

describe('parseContainer', () => {
  const container = (report: unknown, status = 200) =>
    parseContainer({ status, body: Buffer.from(JSON.stringify(report)) });
  const running = {
    State: { Running: true, Paused: false, StartedAt: '2026-11-22T02:00:00Z' },
    Config: { Labels: { 'workspace.berth/name': 'yak' } },
    NetworkSettings: { Ports: { '22/tcp': [{ HostIp: '127.0.0.1', HostPort: '32768' }] } },
  };

  it('reads what decides', () => {
    assert.deepEqual(container(running), {
      isRunning: true,
      startedAt: '2026-11-22T02:00:00Z',
      labels: { 'workspace.berth/name': 'yak' },
      sshPort: 32768,
    });
  });

  it('does not take a paused one for running', () => {
    assert.equal(container({ ...running, State: { Running: true, Paused: true } })?.isRunning, false);
  });

  it('knows no port where none is published', () => {
    for (const ports of [null, {}, { '22/tcp': null }, { '22/tcp': [] }, { '22/tcp': [{ HostPort: 'x' }] }]) {
      assert.equal(container({ ...running, NetworkSettings: { Ports: ports } })?.sshPort, undefined);
    }
  });

  it('knows none in an error', () => {
    assert.equal(container({ message: 'No such container' }, 404), undefined);
  });

  it('never throws, whatever the engine says', () => {
    fc.assert(fc.property(fc.jsonValue(), report => void container(report)));
  });
});

describe('ask', () => {
  it('has the answer as soon as it is complete, though the engine does not hang up', async () => {
    const path = await engine('slow', [head, '\r\n{"a":', '1}\n'], true);
    assert.equal((await ask(path, '/x', 2_000)).body.toString(), '{"a":1}\n');
  });

  it('waits for the end of what is no object', async () => {
    const path = await engine('tar', [`${head}\r\nfile`, 'content']);
    assert.equal((await ask(path, '/x', 2_000)).body.toString(), 'filecontent');
  });

  it('fails where nobody listens, nobody answers, or no HTTP comes', async () => {
    await assert.rejects(ask(join(folder, 'nobody'), '/x', 500), { code: 'ENOENT' });
    await assert.rejects(ask(await engine('mute', [], true), '/x', 100), /does not answer/);
    await assert.rejects(ask(await engine('other', ['220 smtp\r\n']), '/x', 500), /no HTTP/);
  });
});
