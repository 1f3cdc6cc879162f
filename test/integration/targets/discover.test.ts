/** Finding engines: real sockets, links, and contexts made by the docker command itself. */
import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from '../../../src/engine/docker/connection.ts';
import { discover, readEnvironment } from '../../../src/engine/docker/discover.ts';
import { formatEndpoint } from '../../../src/engine/docker/endpoint.ts';
import { TargetStore } from '../../../src/engine/targets.ts';
import { run } from '../../support/command.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { Scene } from './support/folder.ts';
import { makeCertificates, startTlsFront } from './support/tlsFront.ts';

let scene: Scene;
before(async () => {
  scene = await Scene.make();
});
after(() => scene[Symbol.asyncDispose]());

async function listen(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  scene.later(() => server.close());
}

/** What is found with that home and those variables, without what the machine itself has. */
async function foundIn(home: string, variables: NodeJS.ProcessEnv = {}) {
  const all = await discover(
    await readEnvironment({ XDG_RUNTIME_DIR: `${home}/run`, TMPDIR: home, ...variables }, home),
  );
  return all.filter(({ endpoint }) => endpoint.type !== 'unix' || endpoint.path.startsWith(scene.folder));
}

describe('discover', () => {
  it('finds the sockets of every kind of engine below a home', async () => {
    const home = scene.path('everything');
    const sockets = [
      'run/docker.sock',
      'run/podman/podman.sock',
      'podman/podman-machine-default-api.sock',
      '.docker/run/docker.sock',
      '.colima/default/docker.sock',
      '.colima/big/docker.sock',
      '.rd/docker.sock',
      '.orbstack/run/docker.sock',
    ];
    for (const path of sockets) await listen(`${home}/${path}`);
    const found = await foundIn(home);
    assert.deepEqual(
      found.map(({ name, title }) => `${name}: ${title}`),
      [
        'rootless: Rootless Docker',
        'podman: Podman (rootless)',
        'podman: Podman (podman-machine-default)',
        'desktop: Docker Desktop',
        'colima-big: Colima (big)',
        'colima: Colima',
        'rancher: Rancher Desktop',
        'orbstack: OrbStack',
      ],
    );
  });

  it('takes links, contexts and DOCKER_HOST to one socket for one target', async () => {
    const home = scene.path('links');
    await listen(`${home}/run/docker.sock`);
    await mkdir(`${home}/.docker/run`, { recursive: true });
    await symlink(`${home}/run/docker.sock`, `${home}/.docker/run/docker.sock`);
    await symlink(`${home}/run`, `${home}/same`);
    const docker = (...args: string[]) =>
      run('docker', args, { env: { DOCKER_CONFIG: `${home}/.docker`, DOCKER_HOST: undefined } });
    await docker('context', 'create', 'mine', '--docker', `host=unix://${home}/same/docker.sock`);
    const found = await foundIn(home, { DOCKER_HOST: `unix://${home}/.docker/run/docker.sock` });
    assert.deepEqual(
      found.map(({ name }) => name),
      ['rootless'],
    );
  });

  it('leaves out what is no socket', async () => {
    const home = scene.path('files');
    await mkdir(`${home}/.rd`, { recursive: true });
    await writeFile(`${home}/.rd/docker.sock`, '');
    await symlink('/nowhere', `${home}/.rd/other`);
    assert.deepEqual(await foundIn(home, { DOCKER_HOST: `unix://${home}/none.sock` }), []);
  });

  it('reads the contexts of the docker command, certificates and all, and they work', async () => {
    const home = scene.path('contexts');
    await mkdir(home);
    await makeCertificates(scene);
    const port = await startTlsFront(scene, 'server');
    const docker = (...args: string[]) =>
      run('docker', args, { env: { DOCKER_CONFIG: `${home}/.docker`, DOCKER_HOST: undefined } });
    const material = `ca=${scene.path('ca.pem')},cert=${scene.path('client.pem')},key=${scene.path('client.key')}`;
    await docker('context', 'create', 'secure', '--docker', `host=tcp://127.0.0.1:${port},${material}`);
    await docker('context', 'create', 'build', '--docker', 'host=ssh://me@build.example.com');
    await docker('context', 'use', 'secure');
    const found = await foundIn(home);
    assert.deepEqual(
      found.map(({ name, endpoint }) => `${name} ${formatEndpoint(endpoint)}`),
      [`secure tcp://127.0.0.1:${port}`, 'build ssh://me@build.example.com'],
    );
    const [secure] = found;
    assert.ok(secure?.endpoint.type === 'tcp' && secure.endpoint.tls?.verify);
    using connection = connect(secure.endpoint);
    await connection.docker.ping();
    assert.equal((await foundIn(home, { DOCKER_CONTEXT: 'build' }))[0]?.name, 'build');
  });

  it('is not troubled by contexts and configs that are broken', async () => {
    const home = scene.path('broken');
    for (const [name, text] of [
      ['a', '{'],
      ['b', '{"Name":"b"}'],
      ['c', '{"Name":"c","Endpoints":{"docker":{"Host":"fd://"}}}'],
      ['d', '{"Name":"d","Metadata":{},"Endpoints":{"docker":{"Host":"ssh://good"}}}'],
    ] as const) {
      await mkdir(`${home}/.docker/contexts/meta/${name}`, { recursive: true });
      await writeFile(`${home}/.docker/contexts/meta/${name}/meta.json`, text);
    }
    await writeFile(`${home}/.docker/config.json`, 'not json');
    assert.deepEqual(
      (await foundIn(home)).map(({ name }) => name),
      ['d'],
    );
  });

  it('finds the engine of this machine, which the store then keeps', {
    skip: dockerSocket !== '/var/run/docker.sock',
  }, async () => {
    const store = new TargetStore(scene.path('berth'));
    const { targets } = await store.discover(AbortSignal.timeout(5000));
    const local = targets.find(({ id }) => id === 'local');
    assert.deepEqual(local?.endpoint, { type: 'unix', path: '/var/run/docker.sock' });
  });
});
