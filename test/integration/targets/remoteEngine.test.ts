/** A whole workspace on an engine that is not of this machine: over ssh, and over TLS. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConnectOptions } from '../../../src/engine/docker/connection.ts';
import { DockerEngine } from '../../../src/engine/docker/docker.ts';
import { parseEndpoint } from '../../../src/engine/docker/endpoint.ts';
import type { Progress } from '../../../src/engine/engine.ts';
import type { DockerEndpoint } from '../../../src/engine/target.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { ensureBaseImage } from '../../support/baseImage.ts';
import { run } from '../../support/command.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { projectRoot } from '../../support/vsix.ts';
import { testSettings } from '../engineBench.ts';
import { Scene } from './support/folder.ts';
import { startSshServer } from './support/sshServer.ts';
import { makeCertificates, startTlsFront } from './support/tlsFront.ts';

interface Way {
  readonly endpoint: DockerEndpoint;
  readonly options: ConnectOptions;
}
const ways: Readonly<Record<string, (scene: Scene) => Promise<Way>>> = {
  'over ssh': async scene => {
    const { ssh } = await startSshServer(scene);
    const socket = dockerSocket === '/var/run/docker.sock' ? '' : dockerSocket;
    return { endpoint: parseEndpoint(`ssh://box${socket}`), options: { ssh } };
  },
  'over TLS': async scene => {
    await makeCertificates(scene);
    const tls = {
      ca: scene.path('ca.pem'),
      cert: scene.path('client.pem'),
      key: scene.path('client.key'),
      verify: true,
    };
    return {
      endpoint: parseEndpoint(`tcp://127.0.0.1:${await startTlsFront(scene, 'server')}`, tls),
      options: {},
    };
  },
};

for (const [title, prepare] of Object.entries(ways)) {
  describe(`an engine ${title}`, () => {
    const name = WorkspaceName.parse(`berth-test-targets-${randomBytes(4).toString('hex')}`);
    const bound = () => AbortSignal.timeout(120_000);
    const ignore = () => {};
    let scene: Scene;
    let engine: DockerEngine;
    before(async () => {
      scene = await Scene.make();
      await ensureBaseImage(ignore);
      const { endpoint, options } = await prepare(scene);
      const bootScript = await readFile(join(projectRoot, 'src', 'boot', 'boot.sh'), 'utf8');
      const target = {
        kind: 'docker',
        id: TargetId.parse('far'),
        title: 'far',
        endpoint,
        origin: 'test',
      } as const;
      engine = new DockerEngine(target, { bootScript, log: ignore }, options);
    });
    after(async () => {
      await engine.remove(name, { keepHome: false }, ignore, bound()).catch(ignore);
      engine[Symbol.dispose]();
      await scene[Symbol.asyncDispose]();
    });

    it('makes a workspace into which OpenSSH gets, and takes it away again', async () => {
      const person = generateKey('test');
      await writeFile(scene.path('person'), person.privateKey, { mode: 0o600 });
      const hostKey = generateKey(name);
      const progress: Progress[] = [];
      await engine.create(
        {
          name,
          settings: testSettings({ env: [{ name: 'GREETING', value: 'hello from afar', secret: false }] }),
          maker: { identity: 'test@example.org', host: hostname(), pid: process.pid },
          hostKey,
          authorizedKeys: [{ key: person.publicKey, owner: 'test@example.org' }],
          start: true,
        },
        step => progress.push(step),
        bound(),
      );
      assert.ok(progress.some(step => step.kind === 'step' && step.step === 'ready'));
      const listed = (await engine.list()).find(workspace => workspace.name === name);
      assert.equal(listed?.state.kind, 'Running');
      assert.equal((await engine.exec(name, ['echo', 'inside'])).stdout, 'inside\n');

      const door = createServer(near => {
        near.on('error', ignore);
        engine.dial(name, 22, bound()).then(
          far => {
            far.on('error', ignore).on('close', () => near.destroy());
            near.on('close', () => far.destroy());
            near.pipe(far).pipe(near);
          },
          () => near.destroy(),
        );
      });
      await new Promise<void>(resolve => door.listen(0, '127.0.0.1', resolve));
      scene.later(() => door.close());
      const { port } = door.address() as AddressInfo;
      await writeFile(scene.path('pinned'), `[127.0.0.1]:${port} ${hostKey.publicKey}\n`);
      const ssh = [
        ...['-F', 'none', '-i', scene.path('person'), '-p', String(port), '-o', 'BatchMode=yes'],
        ...['-o', 'IdentitiesOnly=yes', '-o', 'StrictHostKeyChecking=yes'],
        ...['-o', `UserKnownHostsFile=${scene.path('pinned')}`, 'root@127.0.0.1'],
      ];
      const { stdout } = await run('ssh', [...ssh, 'echo "$GREETING"; head -c 3000000 /dev/zero | wc -c']);
      assert.equal(stdout, 'hello from afar\n3000000\n');
      const back = await run('ssh', [...ssh, 'head -c 3000000 /dev/zero | tr "\\0" x']);
      assert.equal(back.stdout.length, 3_000_000);

      await engine.stop(name, { force: false }, ignore, bound());
      assert.equal((await engine.list()).find(workspace => workspace.name === name)?.state.kind, 'Off');
      await engine.remove(name, { keepHome: false }, ignore, bound());
      assert.equal(
        (await engine.list()).find(workspace => workspace.name === name),
        undefined,
      );
    });
  });
}
