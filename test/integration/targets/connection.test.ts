/** Connections to real engines by every way there is, and to targets that are down. */
import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect as connectSocket, createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ConnectOptions,
  connect,
  type DockerConnection,
} from '../../../src/engine/docker/connection.ts';
import { parseEndpoint, type TlsFiles } from '../../../src/engine/docker/endpoint.ts';
import { probe } from '../../../src/engine/docker/facts.ts';
import { type BerthError, causeChain, isBerthError } from '../../../src/workspace/error.ts';
import { baseImage, ensureBaseImage } from '../../support/baseImage.ts';
import { eventually, freePort, run } from '../../support/command.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { isRoot } from '../../support/machine.ts';
import { startPodman } from '../../support/podman.ts';
import { Scene } from './support/folder.ts';
import { type SshServer, startSshServer } from './support/sshServer.ts';
import { makeCertificates, startGoServer, startTlsFront } from './support/tlsFront.ts';

/** The error of a probe, and how long it took. */
async function failure(address: string, tls?: TlsFiles, options?: ConnectOptions, signal?: AbortSignal) {
  using connection = connect(parseEndpoint(address, tls), options);
  const begin = performance.now();
  const error = await probe(connection, signal).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(isBerthError(error), `it answered, or failed without words: ${error}`);
  return {
    code: error.code,
    message: error.message,
    causes: causeChain(error),
    ms: performance.now() - begin,
  };
}

/** The facts of an engine that is up; a busy machine may need more than the first three seconds. */
async function answered(connection: DockerConnection) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await probe(connection);
    } catch (error) {
      if (attempt === 6 || !/no answer within/.test(String(error))) throw error;
    }
  }
}

/** Why a call fails, however long that takes. */
async function refusal(address: string, options: ConnectOptions): Promise<BerthError> {
  using connection = connect(parseEndpoint(address), options);
  const error = await connection.docker.ping().then(
    () => assert.fail(`${address} answered`),
    (error: unknown) => error,
  );
  assert.ok(isBerthError(error, 'unreachable'), String(error));
  return error;
}

let scene: Scene;
before(async () => {
  scene = await Scene.make();
});
after(() => scene[Symbol.asyncDispose]());

describe('a local engine', () => {
  it('answers with its facts', async () => {
    using connection = connect(parseEndpoint(`unix://${dockerSocket}`));
    const facts = await answered(connection);
    assert.match(facts.version, /^(Docker|Podman) \d+\.\d+/);
    assert.match(facts.platforms[0] ?? '', /^linux\/(amd64|arm64)$/);
    const { cpus = 0, memoryBytes = 0 } = facts;
    assert.ok(cpus > 0 && memoryBytes > 1e8);
    assert.ok(facts.freeMemoryBytes !== undefined && facts.freeMemoryBytes <= memoryBytes);
    assert.ok(facts.runtimes.includes(facts.defaultRuntime));
    assert.equal(facts.isLocal, true);
  });

  it('is found though DOCKER_HOST and its certificates make no sense', async () => {
    const saved = { ...process.env };
    Object.assign(process.env, {
      DOCKER_HOST: 'tcp://[',
      DOCKER_CERT_PATH: '/nowhere',
      DOCKER_CLIENT_TIMEOUT: '1',
    });
    try {
      using connection = connect(parseEndpoint(`unix://${dockerSocket}`));
      await answered(connection);
      assert.equal(process.env.DOCKER_HOST, 'tcp://[');
    } finally {
      for (const name of ['DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_CLIENT_TIMEOUT']) {
        if (saved[name] === undefined) delete process.env[name];
        else process.env[name] = saved[name];
      }
    }
  });

  it('closes what is open when it is disposed', async () => {
    const connection = connect(parseEndpoint(`unix://${dockerSocket}`));
    const events = await connection.docker.getEvents();
    const closed = new Promise<void>(resolve => {
      events.on('error', () => {});
      events.on('close', () => resolve());
    });
    events.resume();
    connection[Symbol.dispose]();
    await Promise.race([closed, sleep(2000).then(() => assert.fail('the stream of events is still open'))]);
  });

  it('answers as Podman, too', async () => {
    const podman = await startPodman();
    try {
      using connection = connect(parseEndpoint(`unix://${podman.socketPath}`));
      const facts = await answered(connection);
      assert.match(facts.version, /^Podman \d+\.\d+/);
      assert.ok(facts.runtimes.includes(facts.defaultRuntime));
      assert.ok(facts.freeDiskBytes !== undefined);
    } finally {
      await podman.stop();
    }
  });
});

describe('a target that is down', () => {
  const listen = async (server: Server, at: string | 0): Promise<void> => {
    await new Promise<void>(resolve => {
      if (at === 0) server.listen(0, '127.0.0.1', resolve);
      else server.listen(at, resolve);
    });
    scene.later(() => server.close());
  };

  it('has no socket', async () => {
    const { code, message } = await failure(`unix://${scene.path('none.sock')}`);
    assert.equal(code, 'unreachable');
    assert.match(message, /no such socket/);
  });

  it('left its socket behind', async () => {
    const path = scene.path('left.sock');
    await run(
      process.execPath,
      [
        '-e',
        `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 9))`,
      ],
      {
        mayFail: true,
      },
    );
    assert.match((await failure(`unix://${path}`)).message, /nothing listens on it/);
  });

  it('has something else in the place of the socket', async () => {
    await writeFile(scene.path('file.sock'), '');
    assert.match(
      (await failure(`unix://${scene.path('file.sock')}`)).message,
      /nothing listens on it|not a socket/,
    );
  });

  it('refuses this user', async () => {
    const path = scene.path('docker-closed.sock');
    await listen(createServer(), path);
    await chmod(path, 0o600);
    await chmod(scene.folder, 0o755);
    if (isRoot()) process.seteuid?.(65_534);
    else await chmod(path, 0);
    try {
      assert.match((await failure(`unix://${path}`)).message, /docker group/);
    } finally {
      if (isRoot()) process.seteuid?.(0);
    }
  });

  it('has a closed port', async () => {
    const { code, message } = await failure(`tcp://127.0.0.1:${await freePort()}`);
    assert.equal(code, 'unreachable');
    assert.match(message, /nothing listens there/);
  });

  it('has a name that nobody has', async () => {
    assert.match((await failure('tcp://berth.invalid:2375')).message, /no machine of that name/);
  });

  it('is not Docker', async () => {
    const server = createServer(socket => {
      socket.on('error', () => {});
      socket.end('SSH-2.0-hello\r\n');
    });
    await listen(server, 0);
    const { message } = await failure(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
    assert.match(message, /not Docker/);
  });

  it('breaks off in the middle of its answer', async () => {
    const server = createServer(socket => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"Name"');
      setTimeout(() => socket.destroy(), 50);
    });
    await listen(server, 0);
    const { message, ms } = await failure(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
    assert.match(message, /broke off/);
    assert.ok(ms < 2000, `after ${ms} ms`);
  });

  for (const kind of ['a socket', 'a port'] as const) {
    it(`keeps silent behind ${kind}: given up after three seconds`, async () => {
      const server = createServer();
      server.on('connection', socket => scene.later(() => socket.destroy()));
      const path = scene.path('silent.sock');
      await listen(server, kind === 'a socket' ? path : 0);
      const address =
        kind === 'a socket' ? `unix://${path}` : `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { code, message, ms } = await failure(address);
      assert.equal(code, 'unreachable');
      assert.match(message, /no answer within 3 seconds/);
      assert.ok(ms > 2900 && ms < 4000, `after ${ms} ms`);
    });
  }

  it('says so when the question was cancelled', async () => {
    const server = createServer();
    server.on('connection', socket => scene.later(() => socket.destroy()));
    await listen(server, scene.path('cancel.sock'));
    const { code, ms } = await failure(
      `unix://${scene.path('cancel.sock')}`,
      undefined,
      {},
      AbortSignal.timeout(200),
    );
    assert.equal(code, 'cancelled');
    assert.ok(ms < 1500, `after ${ms} ms`);
  });
});

describe('an engine over TLS', () => {
  const file = (name: string) => scene.path(name);
  const tls = (): TlsFiles => ({
    ca: file('ca.pem'),
    cert: file('client.pem'),
    key: file('client.key'),
    verify: true,
  });
  let port: number;
  let goPort: number;
  before(async () => {
    await makeCertificates(scene);
    port = await startTlsFront(scene, 'server');
    goPort = await startGoServer(scene);
  });

  it('answers, and streams run through it', async () => {
    using connection = connect(parseEndpoint(`tcp://127.0.0.1:${port}`, tls()));
    const facts = await answered(connection);
    assert.match(facts.version, /^Docker/);
    assert.equal(facts.isLocal, false);
    assert.equal(facts.freeDiskBytes, undefined, 'nobody can look at a disk from afar');
    const events = await connection.docker.getEvents();
    await connection.docker.ping();
    events.on('error', () => {});
  });

  it('reads renewed files at the next connection', async () => {
    const cert = file('renewed.pem');
    await writeFile(cert, await readFile(file('stranger.pem')));
    const endpoint = parseEndpoint(`tcp://127.0.0.1:${port}`, { ...tls(), cert, key: file('renewed.key') });
    await writeFile(file('renewed.key'), await readFile(file('stranger.key')));
    using connection = connect(endpoint);
    await assert.rejects(probe(connection), error => isBerthError(error, 'unreachable'));
    await writeFile(cert, await readFile(file('client.pem')));
    await writeFile(file('renewed.key'), await readFile(file('client.key')));
    await answered(connection);
  });

  const rows: readonly [string, string, () => TlsFiles, RegExp][] = [
    [
      'has a missing CA',
      'server',
      () => ({ ...tls(), ca: file('no.pem') }),
      /Cannot read the CA certificate.*no\.pem/,
    ],
    [
      'has a missing key',
      'server',
      () => ({ ...tls(), key: file('no.key') }),
      /Cannot read the client key.*no\.key/,
    ],
    ['has an untrusted certificate', 'server', () => ({ verify: true }), /not trusted/],
    [
      'has a certificate of another CA',
      'server',
      () => ({ ...tls(), ca: file('otherCa.pem') }),
      /not trusted/,
    ],
    ['has an expired certificate', 'expired', tls, /certificate has expired/],
    ['has a certificate of another name', 'other', tls, /another name/],
    [
      'wants a client certificate',
      'go',
      () => ({ ca: file('ca.pem'), verify: true }),
      /asks for a client certificate/,
    ],
    [
      'does not know the client',
      'go',
      () => ({ ...tls(), cert: file('stranger.pem'), key: file('stranger.key') }),
      /does not accept your client certificate/,
    ],
    [
      'is asked with an expired client certificate',
      'go',
      () => ({ ...tls(), cert: file('expired.pem'), key: file('expired.key') }),
      /does not accept your client certificate|your client certificate has expired/,
    ],
  ];
  for (const [what, certificate, files, expected] of rows) {
    it(`${what}: said in words`, async () => {
      const at =
        certificate === 'server'
          ? port
          : certificate === 'go'
            ? goPort
            : await startTlsFront(scene, certificate);
      const { code, message } = await failure(`tcp://127.0.0.1:${at}`, files());
      assert.equal(code, 'unreachable');
      assert.match(message, expected);
    });
  }

  it('answers an untrusting person who chose not to verify', async () => {
    using connection = connect(
      parseEndpoint(`tcp://127.0.0.1:${port}`, {
        cert: file('client.pem'),
        key: file('client.key'),
        verify: false,
      }),
    );
    await answered(connection);
  });

  it('does not speak TLS: said in words', async () => {
    const server = createServer(near => {
      const far = connectSocket({ path: dockerSocket });
      for (const socket of [near, far]) socket.on('error', () => socket.destroy());
      near.pipe(far).pipe(near);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    scene.later(() => server.close());
    const { message } = await failure(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, tls());
    assert.match(message, /does not speak TLS/);
  });
});

describe('an engine over ssh', () => {
  let server: SshServer;
  const address = (host: string) =>
    `ssh://${host}${dockerSocket === '/var/run/docker.sock' ? '' : dockerSocket}`;
  const open = (host = 'box') => connect(parseEndpoint(address(host)), { ssh: server.ssh });
  /** The ids of the ssh programs that our connections run. */
  const sshProcesses = async () => {
    const { stdout } = await run('pgrep', ['-f', `^ssh -F ${scene.path('config')}`], { mayFail: true });
    return stdout.split('\n').filter(Boolean).map(Number);
  };
  const name = `berth-test-targets-${process.pid}`;
  before(async () => {
    server = await startSshServer(scene);
    await ensureBaseImage(() => {});
  });

  it('answers, and later calls share the connection', async () => {
    using connection = open();
    const facts = await answered(connection);
    assert.match(facts.version, /^Docker/);
    assert.equal(facts.isLocal, false);
    const first = await sshProcesses();
    for (let time = 0; time < 5; time++) await connection.docker.ping();
    assert.deepEqual(await sshProcesses(), first);
  });

  it('answers 40 calls at once though sshd admits few connections at a time', async () => {
    using connection = open();
    const answers = await Promise.all(Array.from({ length: 40 }, () => connection.docker.ping()));
    assert.equal(answers.length, 40);
  });

  it('lets no stream keep the calls waiting, and opens many streams at once', async () => {
    using connection = open();
    const streams = await Promise.all(Array.from({ length: 12 }, () => connection.docker.getEvents()));
    for (const events of streams) events.on('error', () => {});
    await Promise.race([
      connection.docker.ping(),
      sleep(10_000).then(() => assert.fail('a call waits for the streams')),
    ]);
  });

  it('runs commands in containers, both ways, and reaches them in one hop', async () => {
    using connection = open();
    const container = await connection.docker.createContainer({
      name,
      Image: baseImage,
      Cmd: ['sleep', '60'],
      HostConfig: { Init: false, StopTimeout: 0 } as object,
    });
    try {
      await container.start();
      const exec = await container.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true });
      const stream = await exec.start({ hijack: true, stdin: true });
      stream.end('through and through\n');
      let text = '';
      for await (const chunk of stream) text += chunk;
      assert.match(text, /through and through\n$/);

      const hop = await connection.dockerOnHost?.(['exec', '-i', name, 'cat']);
      assert.ok(hop);
      const sent = Buffer.alloc(1_000_000, "it's $HOME\n");
      hop.end(sent);
      const received: Buffer[] = [];
      for await (const chunk of hop) received.push(chunk as Buffer);
      assert.ok(Buffer.concat(received).equals(sent), 'the bytes are not the same');

      const refused = await connection.dockerOnHost?.(['exec', '-i', `${name}-none`, 'cat']);
      assert.ok(refused);
      await assert.rejects(
        async () => {
          for await (const _ of refused);
        },
        error => isBerthError(error, 'unreachable') && /No such container/.test(error.message),
      );
    } finally {
      await container.remove({ force: true });
    }
  });

  it('asks for files of a container over few connections', async () => {
    using connection = open();
    const container = await connection.docker.createContainer({
      name: `${name}-files`,
      Image: baseImage,
      Cmd: ['true'],
    });
    try {
      for (let time = 0; time < 3; time++) {
        await Promise.all(Array.from({ length: 10 }, () => container.infoArchive({ path: '/etc/passwd' })));
        await assert.rejects(container.infoArchive({ path: '/none' }), { statusCode: 404 });
      }
      assert.ok((await sshProcesses()).length <= 4, 'an answer without a body kept its connection');
    } finally {
      await container.remove();
    }
  });

  it('leaves no ssh behind when it is disposed', async () => {
    const connection = open();
    await connection.docker.ping();
    const events = await connection.docker.getEvents();
    events.on('error', () => {});
    assert.ok((await sshProcesses()).length >= 2, 'no ssh is running');
    connection[Symbol.dispose]();
    await eventually(async () => (await sshProcesses()).length === 0, 'the end of every ssh', 5000);
  });

  it('says why ssh could not get in, with all of its words in the cause', async () => {
    const options = { ssh: server.ssh };
    const locked = await refusal(address('locked'), options);
    assert.match(locked.message, /ssh:\/\/locked.*Permission denied.*cannot ask for a password/);
    assert.match(causeChain(locked).join('\n'), /ssh ended with 255: .*Permission denied/s);

    const stranger = await refusal(address('stranger'), options);
    assert.match(stranger.message, /Host key verification failed.*accept its host key/);
    assert.match((await refusal('ssh://berth.invalid', options)).message, /Is the name right/);
    assert.match((await refusal(`ssh://box:${await freePort()}`, options)).message, /Connection refused/);
    assert.match((await refusal('ssh://box/tmp/none.sock', options)).message, /none\.sock.*not running/);
  });

  it('says that OpenSSH is missing', async () => {
    const error = await refusal('ssh://box', { ssh: { program: scene.path('no-ssh'), args: [] } });
    assert.match(error.message, /Is OpenSSH installed\?/);
  });

  it('gives up on a machine that keeps silent', async () => {
    const silent = createServer();
    silent.on('connection', socket => scene.later(() => socket.destroy()));
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    scene.later(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const { code, ms } = await failure(`ssh://box:${port}`, undefined, { ssh: server.ssh });
    assert.equal(code, 'unreachable');
    assert.ok(ms < 4000, `after ${ms} ms`);
  });

  it('fails in words when the engine goes away under it, and answers again once it is back', async () => {
    using connection = open();
    await connection.docker.ping();
    await server.stop();
    // The forked session outlives sshd's listener: end it as a broken network would.
    for (const pid of await sshProcesses()) process.kill(pid, 'SIGKILL');
    await assert.rejects(probe(connection), error => isBerthError(error, 'unreachable'));
  });
});
