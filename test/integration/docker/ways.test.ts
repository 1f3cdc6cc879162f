/** The ways into a workspace on engines near and far, and what it is made of beyond the contract's plain case. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it } from 'node:test';
import Dockerode from 'dockerode';
import { packFiles } from '../../../src/engine/docker/archive.ts';
import { DockerEngine } from '../../../src/engine/docker/docker.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { DockerTarget } from '../../../src/engine/target.ts';
import { kindOf } from '../../../src/image/kind.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { kindDefaults } from '../../../src/workspace/kindDefaults.ts';
import { TargetId, type WorkspaceName } from '../../../src/workspace/name.ts';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';
import { ensureBaseImage } from '../../support/baseImage.ts';
import { eventually, run } from '../../support/command.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { startPodman } from '../../support/podman.ts';
import { testImage } from '../../support/rootfs/testImages.ts';
import { EngineBench, failure, never, silent } from '../engineBench.ts';
import { leftoversOf } from './leftovers.ts';

describe('an engine that is not on this machine', () => {
  let bench: EngineBench;
  let far: Engine;
  let tcp: Server;
  const sockets = new Set<Socket>();
  before(async () => {
    bench = await EngineBench.on(dockerSocket);
    tcp = await listening(near => {
      const socket = connect({ path: dockerSocket, allowHalfOpen: true });
      for (const end of [near, socket]) sockets.add(end.on('error', () => end.destroy()));
      near.pipe(socket).pipe(near);
    });
    const endpoint = { type: 'tcp' as const, host: '127.0.0.1', port: portOf(tcp) };
    const target: DockerTarget = {
      kind: 'docker',
      id: TargetId.parse('far'),
      title: 'far',
      origin: 'test',
      endpoint,
    };
    far = new DockerEngine(target, { bootScript: '', log: () => {} });
  });
  after(async () => {
    far[Symbol.dispose]();
    for (const socket of sockets) socket.destroy();
    tcp.close();
    await bench[Symbol.asyncDispose]();
  });

  it('ssh works through a session of sshd’s own, with backpressure and both ends closed cleanly', async () => {
    const { name, folder, ssh } = await workspaceWithKey(bench);
    const dialled: Promise<unknown>[] = [];
    const door = await listening(near => {
      dialled.push(
        far.dial(name, 22).then(stream => Promise.all([pipeline(near, stream), pipeline(stream, near)])),
      );
    });
    try {
      const answer = await run('ssh', [
        ...ssh,
        '-p',
        String(portOf(door)),
        'root@127.0.0.1',
        'echo $((6*7))',
      ]);
      assert.equal(answer.stdout, '42\n');
      const bytes = randomBytes(8 << 20);
      const digest = createHash('sha256').update(bytes).digest('hex');
      await writeFile(join(folder, 'bytes'), bytes);
      await run('scp', [
        ...ssh,
        '-P',
        String(portOf(door)),
        join(folder, 'bytes'),
        'root@127.0.0.1:/root/bytes',
      ]);
      const sum = await run('ssh', [
        ...ssh,
        '-p',
        String(portOf(door)),
        'root@127.0.0.1',
        'sha256sum </root/bytes; cat /root/bytes >/dev/null',
      ]);
      assert.ok(sum.stdout.startsWith(digest));
      await Promise.allSettled(dialled);
      const { stdout } = await bench.engine.exec(name, [
        'sh',
        '-c',
        'sleep 0.3; pgrep -fc "[s]shd: root" || true',
      ]);
      assert.equal(stdout.trim(), '0', 'no session stays behind');
    } finally {
      door.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('a port where nobody listens ends the stream', async () => {
    const name = await bench.create();
    const stream = await far.dial(name, 4321);
    const pieces = await stream.toArray().catch(() => []);
    assert.deepEqual(pieces, []);
  });
});

describe('what a workspace is made of', () => {
  const docker = new Dockerode({ socketPath: dockerSocket });
  let bench: EngineBench;
  before(async () => {
    bench = await EngineBench.on(dockerSocket);
  });
  after(() => bench[Symbol.asyncDispose]());

  it('mounts folders, volumes and volumes by driver, read-only where it is data', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-data-'));
    const volume = `t-volume-${randomBytes(4).toString('hex')}`;
    try {
      await writeFile(join(folder, 'file'), 'from the host');
      const name = await bench.create({
        mounts: [
          { type: 'bind', source: folder, name: 'set' },
          { type: 'volume', source: volume, path: '/cache', readOnly: false },
          {
            type: 'driver',
            driver: 'local',
            options: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' },
            name: 'scratch',
            readOnly: false,
          },
        ],
      });
      const script = `cat /workspace/data/set/file; touch /workspace/data/set/x 2>/dev/null || echo ' refused'
        echo kept >/cache/file; df -k --output=size,fstype /workspace/data/scratch | tail -1`;
      const { stdout } = await bench.engine.exec(name, ['sh', '-c', script]);
      assert.match(stdout, /^from the host refused\n\s*1024 tmpfs/);
      await bench.engine.rebuild(name, { pull: false }, silent, never);
      await bench.engine.remove(name, { keepHome: false }, silent, never);
      assert.ok(await docker.getVolume(volume).inspect(), 'a person’s own volume is never removed');
      const [byDriver = '', ...others] = await leftoversOf(docker, name);
      assert.match(byDriver, new RegExp(`^berth-${name}-data-`), 'nor one that a driver may keep data in');
      assert.deepEqual(others, []);
      await docker.getVolume(byDriver).remove();
    } finally {
      await docker.getVolume(volume).remove().catch(silent);
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('logs in as the image’s own user, in that user’s home', async () => {
    const name = await bench.create({ image: await testImage('userName') });
    const login = (await bench.find(name))?.login;
    assert.ok(login && login.uid > 0);
    const { stdout } = await bench.engine.exec(name, [
      'sh',
      '-c',
      'id -u; echo $HOME; touch ~/mine && echo yes',
    ]);
    assert.equal(stdout, `${login.uid}\n${login.home}\nyes\n`);
  });

  it('an image that insists on being the first process keeps it, and boot is put in', async () => {
    const name = await bench.create({ image: await testImage('s6'), firstProcess: 'image' });
    assert.equal((await bench.state(name))?.kind, 'Running');
    const stream = await bench.engine.dial(name, 22, AbortSignal.timeout(10_000));
    stream.destroy();
    await bench.engine.stop(name, { force: false }, silent, never);
    assert.deepEqual((await bench.state(name))?.cause, 'person');
    await docker.getContainer(`berth-${name}`).start();
    assert.equal((await bench.state(name))?.kind, 'Initializing', 'nobody has put boot in yet');
    await bench.engine.start(name, silent, never);
    assert.equal((await bench.state(name))?.kind, 'Running');
  });

  it('a Studio runs its own command without Seqera’s client, on the port that is opened, also after an edit', async () => {
    const image = await testImage('studio');
    const details = await bench.engine.images?.details(image);
    assert.ok(details);
    assert.equal(kindOf({ ...details, reference: 'acme/x' }), 'studio');
    const defaults = kindDefaults('studio', { toolPort: 9123 });
    const name = await bench.create({ image, kind: 'studio', ...defaults });
    const answerOn = async (port: number) => {
      const stream = await bench.engine.dial(name, port);
      stream.end('GET / HTTP/1.0\r\n\r\n');
      return Buffer.concat(await stream.toArray().catch(() => [])).toString();
    };
    const answers = (port: number) =>
      eventually(
        async () => (await answerOn(port)).endsWith('\r\n\r\ntool of scientist a b c'),
        `it answers on ${port}`,
      );
    await answers(9123);
    const { stdout } = await bench.engine.exec(name, [
      'sh',
      '-c',
      'cat /proc/[0-9]*/cmdline | grep -ac connect-cli[e]nt',
    ]);
    assert.equal(stdout, '0\n');
    const { settings, revision } = await bench.engine.record(name);
    const ports = WorkspaceSettings.shape.ports.parse([{ port: 9124 }]);
    await bench.engine.edit(name, { settings: { ...settings, ports }, revision }, silent, never);
    await bench.engine.stop(name, { force: false }, silent, never);
    await bench.engine.start(name, silent, never);
    await answers(9124);
  });

  it('a boot that fails names its step, and nothing is left', async () => {
    const name = bench.newName();
    const settings = { home: '/etc' };
    const error = await failure(
      bench.engine.create(bench.request(name, settings), silent, never),
      'boot-failed',
    );
    assert.match(error.message, /home cannot be \/etc/);
    assert.deepEqual(await leftoversOf(docker, name), []);
  });

  it('a boot that fails later is the state, in words, also for another window', async () => {
    const name = await bench.create({}, false);
    const container = docker.getContainer(`berth-${name}`);
    const broken = { path: 'config', mode: 0o600, content: 'exit 5\n' };
    await container.putArchive(await packFiles([broken]), { path: '/berth' });
    await failure(bench.engine.start(name, silent, never));
    const state = await bench.find(name, await bench.another());
    assert.equal(state?.state.kind, 'Error');
  });
});

describe('a port taken by another program', () => {
  it('Podman, which keeps the first port for good, gets a new container', async () => {
    const podman = await startPodman();
    try {
      await ensureBaseImage(silent, podman.socketPath);
      await using bench = await EngineBench.on(podman.socketPath);
      const name = await bench.create();
      await bench.engine.exec(name, ['sh', '-c', 'echo kept >/root/file']);
      const docker = new Dockerode({ socketPath: podman.socketPath });
      const { NetworkSettings } = await docker.getContainer(`berth-${name}`).inspect();
      const port = Number(NetworkSettings.Ports['22/tcp']?.[0]?.HostPort);
      await bench.engine.stop(name, { force: false }, silent, never);
      const taker = createServer();
      await new Promise<void>(resolve => taker.listen(port, '127.0.0.1', () => resolve()));
      try {
        await bench.engine.start(name, silent, never);
        assert.equal((await bench.engine.exec(name, ['cat', '/root/file'])).stdout, 'kept\n');
      } finally {
        taker.close();
      }
    } finally {
      await podman.stop();
    }
  });
});

async function workspaceWithKey(
  bench: EngineBench,
): Promise<{ name: WorkspaceName; folder: string; ssh: string[] }> {
  const name = bench.newName();
  const key = generateKey('test');
  const authorizedKeys = [{ key: key.publicKey, owner: 'test' }];
  await bench.engine.create({ ...bench.request(name), authorizedKeys }, silent, never);
  const folder = await mkdtemp(join(tmpdir(), 'berth-key-'));
  await writeFile(join(folder, 'key'), key.privateKey, { mode: 0o600 });
  const options = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'no',
    UserKnownHostsFile: '/dev/null',
    LogLevel: 'ERROR',
  };
  const ssh = Object.entries(options).flatMap(([option, value]) => ['-o', `${option}=${value}`]);
  return { name, folder, ssh: ['-F', '/dev/null', '-i', join(folder, 'key'), ...ssh] };
}

async function listening(accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, accept);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
