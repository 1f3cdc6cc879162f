/** Pulls from a real registry into real engines, and the stores of images and volumes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect, type DockerConnection } from '../../../src/engine/docker/connection.ts';
import { DockerEngine } from '../../../src/engine/docker/docker.ts';
import { DockerImageStore } from '../../../src/engine/docker/images.ts';
import { homeVolume, recordVolume } from '../../../src/engine/docker/names.ts';
import { type PullOptions, pullImage } from '../../../src/engine/docker/pull.ts';
import { DockerVolumeStore } from '../../../src/engine/docker/volumes.ts';
import type { Progress } from '../../../src/engine/engine.ts';
import { labelKeys } from '../../../src/engine/labels.ts';
import type { DockerTarget } from '../../../src/engine/target.ts';
import { CommandLogins } from '../../../src/image/commandLogins.ts';
import { LoginChain } from '../../../src/image/loginChain.ts';
import { TypedLogins } from '../../../src/image/typedLogins.ts';
import { type BerthError, isBerthError } from '../../../src/workspace/error.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { baseImage, ensureBaseImage } from '../../support/baseImage.ts';
import { Background, eventually, freePort, run } from '../../support/command.ts';
import { dockerSocket, engineAnswers } from '../../support/dockerd.ts';
import { isRoot } from '../../support/machine.ts';
import { startPodman } from '../../support/podman.ts';
import { Scene } from './support/folder.ts';
import { login, makeImage, push, type Registry, startRegistry } from './support/registry.ts';

const prefix = `berth-test-targets-${process.pid}`;
let scene: Scene;
let connection: DockerConnection;
let open: Registry;
let images: DockerImageStore;
before(async () => {
  scene = await Scene.make();
  connection = connect({ type: 'unix', path: dockerSocket });
  images = new DockerImageStore(connection.docker);
  open = await startRegistry(scene);
});
after(async () => {
  const left = await images.list();
  for (const { reference } of left) {
    if (reference.includes(prefix)) await connection.docker.getImage(reference).remove({ force: true });
  }
  connection[Symbol.dispose]();
  await scene[Symbol.asyncDispose]();
});

const never = () => new AbortController().signal;
const ignore = () => {};

async function failure(reference: string, options: PullOptions = {}): Promise<BerthError> {
  const error = await pullImage(connection.docker, reference, ignore, never(), options).then(
    () => assert.fail(`${reference} was pulled`),
    (error: unknown) => error,
  );
  assert.ok(isBerthError(error), String(error));
  return error;
}

describe('a pull', () => {
  it('brings the image, with the progress of its layer', async () => {
    const reference = `${open.host}/${prefix}/plain:1`;
    await makeImage(scene, connection.docker, reference, { bytes: 3_000_000 });
    await push(connection.docker, reference);
    assert.equal(await images.details(reference), undefined);
    const progress: Progress[] = [];
    await images.pull(reference, step => progress.push(step), never());
    const details = await images.details(reference);
    assert.match(details?.platform ?? '', /^linux\//);
    assert.match(details?.digests[0] ?? '', new RegExp(`^${open.host}/${prefix}/plain@sha256:`));
    const layers = progress.filter(step => step.kind === 'layer');
    assert.ok(layers.some(({ current, total }) => (total ?? 0) > 2_900_000 && (current ?? 0) > 0));
    assert.ok(layers.some(({ status }) => status === 'Pull complete'));
    assert.ok(
      layers.every(({ id }) => /^[0-9a-f]{12}$/.test(id)),
      'only layers are layers',
    );

    const byDigest = details?.digests[0] ?? '';
    await images.pull(byDigest, ignore, never());
    assert.equal((await images.details(byDigest))?.id, details?.id);
    await images.remove(reference);
    await images.remove(byDigest).catch(error => assert.ok(isBerthError(error, 'not-found')));
    assert.equal(await images.details(reference), undefined);
  });

  it('stops in the engine when it is cancelled', async () => {
    const reference = `${open.host}/${prefix}/big:1`;
    await makeImage(scene, connection.docker, reference, { bytes: 5_000_000 });
    await push(connection.docker, reference);
    // A registry that gives the layer drop by drop.
    let begun = 0;
    let left = 0;
    const slow = createServer((incoming, outgoing) => {
      const { url, method, headers } = incoming;
      const further = request({ host: '127.0.0.1', port: open.port, path: url, method, headers }, answer => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        if (Number(answer.headers['content-length']) < 1_000_000 || method === 'HEAD') {
          answer.pipe(outgoing);
          return;
        }
        begun++;
        const drops = setInterval(() => outgoing.write(answer.read(1000) ?? ''), 20);
        outgoing.on('close', () => {
          clearInterval(drops);
          answer.destroy();
          left++;
        });
      });
      further.on('error', () => outgoing.destroy());
      further.end();
    });
    await new Promise<void>(resolve => slow.listen(0, '127.0.0.1', resolve));
    scene.later(() => {
      slow.closeAllConnections();
      slow.close();
    });
    const there = `127.0.0.1:${(slow.address() as AddressInfo).port}/${prefix}/big:1`;
    const cancel = new AbortController();
    const pull = pullImage(connection.docker, there, ignore, cancel.signal);
    pull.catch(() => {});
    await eventually(() => begun > 0, 'the engine asks for the layer');
    const begin = performance.now();
    cancel.abort();
    await assert.rejects(pull, error => isBerthError(error, 'cancelled'));
    assert.ok(performance.now() - begin < 15_000, 'the caller waits for the cancel');
    await eventually(() => left === begun, 'the engine lets go of the registry', 30_000);
    assert.equal(await images.details(there), undefined);
  });

  it('does not begin once it was cancelled', async () => {
    await assert.rejects(
      pullImage(connection.docker, `${open.host}/${prefix}/x:1`, ignore, AbortSignal.abort()),
      error => isBerthError(error, 'cancelled'),
    );
  });

  it('is refused without a login, and with a wrong one, and goes through with the right one', async () => {
    const registry = await startRegistry(scene, { withLogin: true });
    const reference = `${registry.host}/${prefix}/private:1`;
    await makeImage(scene, connection.docker, reference);
    await push(connection.docker, reference, { ...login, serveraddress: registry.host });
    for (const credentials of [undefined, { ...login, password: 'wrong' }]) {
      const error = await failure(reference, { credentials: { credentials: async () => credentials } });
      assert.equal(error.code, 'pull-refused');
      assert.match(error.message, /refused the login/);
      assert.ok(!error.message.includes('wrong'));
    }
    const asked: string[] = [];
    await pullImage(connection.docker, reference, ignore, never(), {
      credentials: {
        credentials: async registry => {
          asked.push(registry);
          return login;
        },
      },
    });
    assert.deepEqual(asked, [registry.host]);
    await images.remove(reference);
  });

  it('uses what docker login left, and says why it could not where the registry refuses', async () => {
    const registry = await startRegistry(scene, { withLogin: true });
    const reference = `${registry.host}/${prefix}/left:1`;
    await makeImage(scene, connection.docker, reference);
    await push(connection.docker, reference, { ...login, serveraddress: registry.host });
    const logins = async (config: object) => {
      await mkdir(scene.path('a home/.docker'), { recursive: true });
      await writeFile(scene.path('a home/.docker/config.json'), JSON.stringify(config));
      return {
        credentials: new CommandLogins({ home: scene.path('a home'), env: { PATH: '/usr/bin:/bin' } }),
      };
    };
    const broken = await failure(reference, await logins({ credsStore: 'berth-test-absent' }));
    assert.equal(broken.code, 'pull-refused');
    assert.match(broken.message, /without a login\. .*docker-credential-berth-test-absent is not installed/);
    const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    const options = await logins({ auths: { [registry.host]: { auth } } });
    await pullImage(connection.docker, reference, ignore, never(), options);
    await images.remove(reference);

    const free = `${open.host}/${prefix}/free:1`;
    await makeImage(scene, connection.docker, free);
    await push(connection.docker, free);
    await pullImage(
      connection.docker,
      free,
      ignore,
      never(),
      await logins({ credsStore: 'berth-test-absent' }),
    );
    await images.remove(free);
  });

  it('is shown the login that was typed, by the engine that was opened with it', async () => {
    const registry = await startRegistry(scene, { withLogin: true });
    const reference = `${registry.host}/${prefix}/typed:1`;
    await makeImage(scene, connection.docker, reference);
    await push(connection.docker, reference, { ...login, serveraddress: registry.host });
    const kept = new Map<string, string>();
    const typed = new TypedLogins({
      get: async key => kept.get(key),
      store: async (key, value) => void kept.set(key, value),
      delete: async key => void kept.delete(key),
    });
    const docker = new CommandLogins({ home: scene.path('nobody'), env: { PATH: '/usr/bin:/bin' } });
    const registries = { credentials: new LoginChain(docker, typed), network: () => ({}) };
    const target: DockerTarget = {
      kind: 'docker',
      id: TargetId.parse('typed'),
      title: 'typed',
      origin: 'test',
      endpoint: { type: 'unix', path: dockerSocket },
    };
    using engine = new DockerEngine(target, { bootScript: '', log: ignore, registries });
    const pull = () => engine.images.pull(reference, ignore, never());
    await assert.rejects(pull(), { code: 'pull-refused' });
    await typed.keep(registry.host, login);
    await pull();
    assert.notEqual(await images.details(reference), undefined);
    await images.remove(reference);
    await typed.remove(registry.host);
    await assert.rejects(pull(), { code: 'pull-refused' });
  });

  it('says that there is no such image or tag', async () => {
    const reference = `${open.host}/${prefix}/tags:1`;
    await makeImage(scene, connection.docker, reference);
    await push(connection.docker, reference);
    assert.equal((await failure(`${open.host}/${prefix}/tags:2`)).code, 'not-found');
    assert.equal((await failure(`${open.host}/${prefix}/nothing:1`)).code, 'not-found');
  });

  it('says that there is none for the platform', async () => {
    const reference = `${open.host}/${prefix}/foreign:1`;
    await makeImage(scene, connection.docker, reference, { platform: 'linux/s390x' });
    await push(connection.docker, reference);
    const error = await failure(reference, { platform: 'linux/amd64' });
    assert.equal(error.code, 'unsupported');
    assert.match(error.message, /platform/);

    // The same behind an index, as images for several platforms are.
    const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
    const manifests = `http://${open.host}/v2/${prefix}/foreign/manifests`;
    const manifest = await (
      await fetch(`${manifests}/1`, { headers: { accept: manifestType } })
    ).arrayBuffer();
    const index = {
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.list.v2+json',
      manifests: [
        {
          mediaType: manifestType,
          size: manifest.byteLength,
          digest: `sha256:${createHash('sha256').update(new Uint8Array(manifest)).digest('hex')}`,
          platform: { architecture: 's390x', os: 'linux' },
        },
      ],
    };
    const put = await fetch(`${manifests}/index`, {
      method: 'PUT',
      headers: { 'content-type': index.mediaType },
      body: JSON.stringify(index),
    });
    assert.equal(put.status, 201);
    assert.equal((await failure(`${open.host}/${prefix}/foreign:index`)).code, 'unsupported');
    await images.remove(reference).catch(ignore);
  });

  it('says that the registry cannot be reached', async () => {
    const error = await failure(`127.0.0.1:${await freePort()}/${prefix}/x:1`);
    assert.equal(error.code, 'unreachable');
    assert.match(error.message, /cannot reach 127\.0\.0\.1:\d+/);
    assert.equal((await failure(`berth.invalid/${prefix}:1`)).code, 'unreachable');
  });

  it('refuses what is no reference before it asks anybody', async () => {
    assert.equal((await failure('../../containers')).code, 'invalid');
  });

  it('works, and fails in the same words, on Podman', async () => {
    const reference = `${open.host}/${prefix}/podman:1`;
    await makeImage(scene, connection.docker, reference);
    await push(connection.docker, reference);
    await writeFile(
      scene.path('registries.conf'),
      `[[registry]]\nlocation = "${open.host}"\ninsecure = true\n`,
    );
    process.env.CONTAINERS_REGISTRIES_CONF = scene.path('registries.conf');
    const podman = await startPodman().finally(() => delete process.env.CONTAINERS_REGISTRIES_CONF);
    try {
      using there = connect({ type: 'unix', path: podman.socketPath });
      const store = new DockerImageStore(there.docker);
      await store.pull(reference, ignore, never());
      const listed = (await store.list()).find(image => image.reference === reference);
      assert.equal(listed?.id, (await store.details(reference))?.id);
      const container = await there.docker.createContainer({
        name: `${prefix}-user`,
        Image: reference,
        Cmd: ['x'],
      });
      try {
        await assert.rejects(
          store.remove(reference),
          error => isBerthError(error, 'conflict') && error.message.includes(`${prefix}-user`),
        );
      } finally {
        await container.remove({ force: true });
      }
      await store.remove(reference);
      assert.equal(await store.details(reference), undefined);
      await assert.rejects(store.pull(`${open.host}/${prefix}/podman:none`, ignore, never()), error =>
        isBerthError(error, 'not-found'),
      );
    } finally {
      await podman.stop();
    }
  });
});

describe('a pull onto a full disk', { skip: isRoot() ? false : 'needs root for a small file system' }, () => {
  it('says so', async () => {
    const reference = `${open.host}/${prefix}/heavy:1`;
    await makeImage(scene, connection.docker, reference, { bytes: 8_000_000 });
    await push(connection.docker, reference);
    const disk = scene.path('disk');
    await mkdir(disk);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]);
    scene.later(() => run('umount', ['-l', disk]));
    await writeFile(
      scene.path('registries.conf'),
      `[[registry]]\nlocation = "${open.host}"\ninsecure = true\n`,
    );
    const socket = scene.path('small.sock');
    const podman = new Background(
      'podman',
      [
        ...['--root', `${disk}/root`, '--runroot', scene.path('runroot'), '--tmpdir', scene.path('tmp')],
        ...['--storage-driver', 'vfs', 'system', 'service', '--time=0', `unix://${socket}`],
      ],
      { env: { ...process.env, CONTAINERS_REGISTRIES_CONF: scene.path('registries.conf') } },
    );
    try {
      await podman.until(() => engineAnswers(socket), 'Podman answered');
      using there = connect({ type: 'unix', path: socket });
      await assert.rejects(
        pullImage(there.docker, reference, ignore, never()),
        error => isBerthError(error, 'no-space') && /disk of the target is full/.test(error.message),
      );
    } finally {
      await podman.stop();
    }
  });
});

describe('the store of images', () => {
  it('names the workspaces and containers that keep an image from going', async () => {
    const reference = `${prefix}-used:1`;
    await makeImage(scene, connection.docker, reference);
    const create = (name: string, labels: Record<string, string>) =>
      connection.docker.createContainer({ name, Image: reference, Cmd: ['x'], Labels: labels });
    const containers = [
      await create(`${prefix}-plain`, {}),
      await create(`${prefix}-workspace`, { [labelKeys.name]: 'brave-otter' }),
    ];
    try {
      await assert.rejects(
        images.remove(reference),
        error =>
          isBerthError(error, 'conflict') &&
          error.message.includes(`the container ${prefix}-plain`) &&
          error.message.includes('the workspace brave-otter'),
      );
    } finally {
      for (const container of containers) await container.remove();
    }
    await images.remove(reference);
    await assert.rejects(images.remove(reference), error => isBerthError(error, 'not-found'));
  });

  it('asks no engine for a name that could be something else', async () => {
    for (const name of ['../containers/json', 'a?b=c', 'x/json#', '']) {
      await assert.rejects(images.details(name), error => isBerthError(error, 'invalid'));
    }
  });
});

describe('the store of volumes', () => {
  const volumes = () => new DockerVolumeStore(connection.docker);
  const make = (name: string, role?: string, owner?: string) =>
    connection.docker.createVolume({
      Name: name,
      Labels: role === undefined ? {} : { [labelKeys.role]: role, [labelKeys.name]: owner ?? '' },
    });

  it('removes the kept home of a deleted workspace, and no other', async () => {
    await ensureBaseImage(ignore);
    const alive = WorkspaceName.parse(`${prefix}-a`);
    const kept = WorkspaceName.parse(`${prefix}-k`);
    const names = [homeVolume(alive), recordVolume(alive), homeVolume(kept), `${prefix}-data`];
    await make(homeVolume(alive), 'home', alive);
    await make(recordVolume(alive), 'record', alive);
    await make(homeVolume(kept), 'home', kept);
    await make(`${prefix}-data`);
    try {
      const listed = (await volumes().list()).filter(({ name }) => name.includes(prefix));
      assert.deepEqual(
        listed.map(({ name, homeOf }) => [name, homeOf]),
        [
          [homeVolume(alive), alive],
          [homeVolume(kept), kept],
          [`${prefix}-data`, undefined],
        ],
      );
      await assert.rejects(volumes().removeKeptHome(alive), error => isBerthError(error, 'conflict'));
      await assert.rejects(volumes().removeKeptHome(WorkspaceName.parse(`${prefix}-n`)), error =>
        isBerthError(error, 'not-found'),
      );
      const user = await connection.docker.createContainer({
        name: `${prefix}-mounts`,
        Image: baseImage,
        Cmd: ['true'],
        HostConfig: { Binds: [`${homeVolume(kept)}:/home`] },
      });
      await assert.rejects(
        volumes().removeKeptHome(kept),
        error => isBerthError(error, 'conflict') && error.message.includes(`${prefix}-mounts`),
      );
      await user.remove();
      await volumes().removeKeptHome(kept);
      const left = (await volumes().list()).map(({ name }) => name);
      assert.ok(!left.includes(homeVolume(kept)) && left.includes(homeVolume(alive)));
    } finally {
      for (const name of names) await connection.docker.getVolume(name).remove().catch(ignore);
    }
  });
});
