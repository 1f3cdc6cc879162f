import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { kubeError } from '../../../src/engine/kubernetes/errors.ts';
import { type ExecStreams, execStreams } from '../../../src/engine/kubernetes/execStreams.ts';
import { portForward } from '../../../src/engine/kubernetes/portForward.ts';
import { isKubeStatus } from '../../../src/engine/kubernetes/status.ts';
import { isConnectionFailure } from '../../../src/engine/kubernetes/unreachable.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { ApiServer, deferred, json, statusOf } from './apiServer.ts';

const pod = { namespace: 'ours', name: 'web' };
const portHead = Buffer.from([22, 0]);

/** A kubelet at the far end of a port-forward: both channels begin with the port. */
async function forward(server: ApiServer, onOpen: (socket: WebSocket) => void): Promise<Duplex> {
  server.onChannels = socket => {
    socket.send(frame(0, portHead));
    socket.send(frame(1, portHead));
    onOpen(socket);
  };
  return await portForward(await server.api(), 'ours', 'web', 22);
}

function frame(channel: number, data: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([channel]), Buffer.from(data)]);
}

describe('a port-forward', () => {
  it('carries bytes both ways and ends when the pod ends', async () => {
    await using server = await ApiServer.start();
    const stream = await forward(server, socket => {
      socket.on('message', (data: Buffer) => {
        socket.send(frame(0, `${data[0]}:${data.subarray(1)}`));
        if (data.includes('bye')) socket.close(1000);
      });
    });
    const url = new URL(server.seen[0]?.url ?? '', server.url);
    assert.equal(`${url.pathname}${url.search}`, '/api/v1/namespaces/ours/pods/web/portforward?ports=22');
    stream.write('hello');
    stream.write('bye');
    assert.equal(await text(stream), '0:hello0:bye');
  });

  it('carries megabytes unharmed, whatever their frames are', async () => {
    await using server = await ApiServer.start();
    const down = randomBytes(5_000_000);
    const up = randomBytes(5_000_000);
    const received: Buffer[] = [];
    const stream = await forward(server, socket => {
      socket.on('message', (data: Buffer) => {
        received.push(data.subarray(1));
        if (received.reduce((sum, { length }) => sum + length, 0) === up.length) socket.close(1000);
      });
      for (let at = 0; at < down.length; ) {
        const length = 1 + Math.floor(Math.random() ** 4 * 300_000);
        socket.send(frame(0, down.subarray(at, at + length)));
        socket.ping();
        at += length;
      }
    });
    for (let at = 0; at < up.length; at += 70_000) stream.write(up.subarray(at, at + 70_000));
    assert.ok((await buffer(stream)).equals(down));
    assert.ok(Buffer.concat(received).equals(up));
  });

  it('takes no more from the network than its reader does', async () => {
    await using server = await ApiServer.start();
    const far = deferred<WebSocket>();
    const stream = await forward(server, far.resolve);
    const socket = await far.promise;
    for (let i = 0; i < 640; i++) socket.send(frame(0, Buffer.alloc(100_000)));
    stream.pause();
    await sleep(500);
    assert.ok(stream.readableLength < 2_000_000, `${stream.readableLength} bytes are here`);
    assert.ok(socket.bufferedAmount > 30_000_000, `${socket.bufferedAmount} bytes wait there`);
    socket.close(1000);
    assert.equal((await buffer(stream)).length, 64_000_000);
  });

  it('holds up its writer while the pod takes nothing', async () => {
    await using server = await ApiServer.start();
    const far = deferred<WebSocket>();
    const stream = await forward(server, far.resolve);
    (await far.promise).pause();
    let written = 0;
    while (written < 100_000_000 && stream.write(Buffer.alloc(65_536))) written += 65_536;
    for (let i = 0; i < 100 && written < 100_000_000; i++) {
      const drained = await Promise.race([
        new Promise(resolve => stream.once('drain', () => resolve(true))),
        sleep(300).then(() => false),
      ]);
      if (!drained) break;
      while (stream.write(Buffer.alloc(65_536))) written += 65_536;
    }
    assert.ok(written < 30_000_000, `${written} bytes were taken`);
    stream.destroy();
  });

  it('fails with the kubelet’s words where nothing listens', async () => {
    await using server = await ApiServer.start();
    const stream = await forward(server, socket => {
      socket.send(frame(1, 'dial tcp4 127.0.0.1:22: connect: connection refused'));
      socket.close(1000);
    });
    await assert.rejects(text(stream), /Nothing listens on port 22/);
  });

  it('fails when the connection breaks off, which is no end', async () => {
    await using server = await ApiServer.start();
    const stream = await forward(server, () => setTimeout(() => server.cutAll(), 50));
    await assert.rejects(text(stream), isConnectionFailure);
  });

  it('still gets what the pod says after our own end, and then is done', async () => {
    await using server = await ApiServer.start();
    const closed = deferred<number>();
    const stream = await forward(server, socket => {
      socket.on('close', closed.resolve);
      setTimeout(() => socket.send(frame(0, 'late')), 300);
    });
    stream.end();
    assert.equal(await text(stream), 'late');
    assert.equal(await closed.promise, 1000);
  });

  it('is gone at once when destroyed', async () => {
    await using server = await ApiServer.start();
    const closed = deferred<void>();
    const stream = await forward(server, socket => socket.on('close', () => closed.resolve()));
    stream.destroy();
    await closed.promise;
  });

  it('ends within seconds of a ping without an answer, though the connection stands', async () => {
    await using server = await ApiServer.start();
    const stream = await forward(server, socket => socket.pause());
    const startedAt = Date.now();
    await assert.rejects(text(stream), { code: 'ETIMEDOUT' });
    const seconds = (Date.now() - startedAt) / 1000;
    assert.ok(seconds > 14 && seconds < 20, `after ${seconds} s`);
  });

  it('lives on while a slow reader sees no pongs', async () => {
    await using server = await ApiServer.start();
    const stream = await forward(server, socket => {
      for (let i = 0; i < 40; i++) socket.send(frame(0, Buffer.alloc(100_000)));
      socket.close(1000);
    });
    stream.pause();
    await sleep(21_000);
    assert.equal((await buffer(stream)).length, 4_000_000);
  });
});

describe('a server without WebSockets', () => {
  it('is told as such, with what to do', async () => {
    await using server = await ApiServer.start();
    await assert.rejects(portForward(await server.api(), 'ours', 'web', 22), error => {
      assert.ok(isBerthError(error, 'unsupported'));
      assert.match(error.message, /1\.31.*Upgrade request required/);
      return true;
    });
  });

  it('that knows none of the protocols is the same', async () => {
    await using server = await ApiServer.start();
    server.protocols = [];
    server.onChannels = () => {};
    await assert.rejects(portForward(await server.api(), 'ours', 'web', 22), { code: 'unsupported' });
  });
});

describe('a program in a container', () => {
  const run = async (
    server: ApiServer,
    onOpen: (socket: WebSocket, url: URL) => void,
    options: Parameters<typeof execStreams>[4] = {},
  ): Promise<ExecStreams> => {
    server.onChannels = onOpen;
    return await execStreams(await server.api(), pod, 'main', ['sh', '-c', 'a b'], options);
  };
  /** As Kubernetes 1.34 sends it: without its kind. */
  const success = JSON.stringify({ metadata: {}, status: 'Success' });
  const exitWith = (code: number) =>
    JSON.stringify({
      ...statusOf(500, 'NonZeroExitCode', `command terminated with exit code ${code}`),
      details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
    });

  it('is asked for with its words, and gives both outputs and its exit code', async () => {
    await using server = await ApiServer.start();
    const streams = await run(server, socket => {
      socket.send(frame(1, 'out'));
      socket.send(frame(2, 'err'));
      socket.send(frame(3, exitWith(7)));
      socket.close(1000);
    });
    const [stdout, stderr] = await Promise.all([text(streams.stdout), text(streams.stderr)]);
    assert.deepEqual([stdout, stderr, await streams.exit], ['out', 'err', { exitCode: 7 }]);
    assert.equal(
      server.seen[0]?.url,
      '/api/v1/namespaces/ours/pods/web/exec?container=main&command=sh&command=-c&command=a+b&stdin=false&stdout=true&stderr=true',
    );
  });

  it('gets its input and the end of it', async () => {
    await using server = await ApiServer.start();
    const streams = await run(
      server,
      socket => {
        let input = '';
        socket.on('message', (data: Buffer) => {
          if (data[0] === 0) input += data.subarray(1);
          if (data[0] !== 255) return;
          assert.deepEqual([...data], [255, 0]);
          socket.send(frame(1, input.toUpperCase()));
          socket.send(frame(3, success));
          socket.close(1000);
        });
      },
      { stdin: true },
    );
    streams.stdin?.write('ab');
    streams.stdin?.end('c');
    assert.equal(await text(streams.stdout), 'ABC');
    assert.deepEqual(await streams.exit, { exitCode: 0 });
  });

  it('of a server that has no end of input is refused where there is input', async () => {
    await using server = await ApiServer.start();
    server.protocols = ['v4.channel.k8s.io'];
    await assert.rejects(
      run(server, () => {}, { stdin: true }),
      { code: 'unsupported' },
    );
    const streams = await run(server, socket => {
      socket.send(frame(3, success));
      socket.close(1000);
    });
    assert.deepEqual(await streams.exit, { exitCode: 0 });
  });

  it('that cannot be run gives the server’s words', async () => {
    await using server = await ApiServer.start();
    const streams = await run(server, socket => {
      socket.send(frame(3, JSON.stringify(statusOf(500, 'InternalError', 'exec: "nope": not found'))));
      socket.close(1000);
    });
    await assert.rejects(streams.exit, /exec: "nope": not found/);
  });

  it('in a pod that is not there, or that we may not exec into, is the server’s refusal', async () => {
    await using server = await ApiServer.start();
    server.refuseUpgrade = statusOf(403, 'Forbidden', 'pods "web" is forbidden: no pods/exec');
    await assert.rejects(execStreams(await server.api(), pod, 'main', ['true']), error => {
      assert.ok(isKubeStatus(error, 'Forbidden'));
      return true;
    });
  });

  it('whose connection breaks off fails, and so do its streams', async () => {
    await using server = await ApiServer.start();
    const streams = await run(server, socket => {
      socket.send(frame(1, 'some'));
      setTimeout(() => server.cutAll(), 50);
    });
    await assert.rejects(streams.exit, isConnectionFailure);
    await assert.rejects(text(streams.stdout), isConnectionFailure);
  });

  it('is let go with the signal', async () => {
    await using server = await ApiServer.start();
    const closed = deferred<void>();
    const end = new AbortController();
    const streams = await run(server, socket => socket.on('close', () => closed.resolve()), {
      signal: end.signal,
    });
    end.abort();
    const error = await streams.exit.catch((cause: unknown) => kubeError(cause, 'Cannot run', end.signal));
    assert.ok(isBerthError(error, 'cancelled'));
    await closed.promise;
  });

  it('waits for the slower reader of its outputs', async () => {
    await using server = await ApiServer.start();
    const far = deferred<WebSocket>();
    const streams = await run(server, far.resolve);
    const socket = await far.promise;
    for (let i = 0; i < 300; i++) socket.send(frame(i % 2 === 0 ? 1 : 2, Buffer.alloc(100_000)));
    socket.send(frame(3, success));
    socket.close(1000);
    const stdout = buffer(streams.stdout);
    await sleep(300);
    assert.ok(socket.bufferedAmount > 1_000_000);
    const [out, err] = await Promise.all([stdout, buffer(streams.stderr)]);
    assert.deepEqual([out.length, err.length, await streams.exit], [15_000_000, 15_000_000, { exitCode: 0 }]);
  });
});

describe('a login that is refused at the upgrade', () => {
  it('is renewed once', async () => {
    await using server = await ApiServer.start();
    const command = await server.program(
      'login',
      `n=$(cat count 2>/dev/null || echo 0); echo $((n + 1)) > count
printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t%s"}}' "$n"`,
    );
    server.refuseUpgrade = statusOf(401, 'Unauthorized', 'Unauthorized');
    server.answer = (_seen, response) => json(response, 200, {});
    const exec = { command, apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
    const api = await server.api({ exec });
    await assert.rejects(execStreams(api, pod, 'main', ['true']), /does not accept your login/);
    assert.equal(server.seen.length, 2);
  });
});
