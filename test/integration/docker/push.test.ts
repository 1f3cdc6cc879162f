/** Images go to a real registry with TLS and a login, and come back by their digest; builds on a base that is private. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { buildImage } from '../../../src/engine/docker/build.ts';
import { connect, type DockerConnection } from '../../../src/engine/docker/connection.ts';
import { DockerImageStore } from '../../../src/engine/docker/images.ts';
import type { Progress } from '../../../src/engine/engine.ts';
import { CommandLogins } from '../../../src/image/commandLogins.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { startPodman } from '../../support/podman.ts';
import { failure, never, silent } from '../engineBench.ts';
import { Scene } from '../targets/support/folder.ts';
import { login, makeImage, type Registry, startRegistry } from '../targets/support/registry.ts';
import { makeCertificates } from '../targets/support/tlsFront.ts';

const prefix = `berth-test-push-${process.pid}`;
let scene: Scene;
let registry: Registry;
let connection: DockerConnection;
let images: DockerImageStore;
/** As `docker login` leaves it, with that password. */
async function logins(password: string): Promise<CommandLogins> {
  const folder = scene.path(`login-${password.length}`);
  await mkdir(folder, { recursive: true });
  const auth = Buffer.from(`${login.username}:${password}`).toString('base64');
  await writeFile(`${folder}/config.json`, JSON.stringify({ auths: { [registry.host]: { auth } } }));
  return new CommandLogins({ home: folder, env: { DOCKER_CONFIG: folder, XDG_RUNTIME_DIR: folder } });
}

before(async () => {
  scene = await Scene.make();
  await makeCertificates(scene);
  registry = await startRegistry(scene, { withLogin: true, certificate: 'server' });
  connection = connect({ type: 'unix', path: dockerSocket });
  images = new DockerImageStore(connection.docker, { credentials: await logins(login.password) });
});
after(async () => {
  for (const { reference } of await images.list()) {
    if (reference.includes(prefix)) await connection.docker.getImage(reference).remove({ force: true });
  }
  connection[Symbol.dispose]();
  await scene[Symbol.asyncDispose]();
});

describe('a push', () => {
  it('takes the login, shows its layers and names the digest, by which the image is pulled back', async () => {
    const local = `${prefix}/local:1`;
    await makeImage(scene, connection.docker, local, { bytes: 3_000_000 });
    const name = `${registry.host}/${prefix}/image:1`;
    await images.tag(local, name);
    const progress: Progress[] = [];
    const digest = await images.push(name, entry => progress.push(entry), never);
    assert.match(digest ?? '', /^sha256:[0-9a-f]{64}$/);
    const layers = progress.filter(entry => entry.kind === 'layer');
    assert.ok(layers.some(({ status }) => status === 'Pushed'));
    assert.ok(layers.some(({ current, total }) => (total ?? 0) > 2_900_000 && (current ?? 0) > 0));
    const { id } = (await images.details(name)) ?? {};
    await images.remove(name);
    await images.remove(local);
    assert.equal(await images.details(name), undefined);
    const byDigest = `${registry.host}/${prefix}/image@${digest}`;
    await images.pull(byDigest, silent, never);
    assert.equal((await images.details(byDigest))?.id, id);
    // Without a tag it is not listed by a name that could be found at the end.
    await images.remove(byDigest);
  });

  it('is refused in words without a login, with a wrong one, and for an image that is not there', async () => {
    const name = `${registry.host}/${prefix}/refused:1`;
    await makeImage(scene, connection.docker, name);
    const anonymous = new DockerImageStore(connection.docker);
    const wrong = new DockerImageStore(connection.docker, { credentials: await logins('wrong') });
    for (const store of [anonymous, wrong]) {
      const error = await failure(store.push(name, silent, never), 'pull-refused');
      assert.match(error.message, /did not accept it\. Log in/);
      assert.doesNotMatch(JSON.stringify([error.message, String(error.cause)]), /wrong|correct horse/);
    }
    const missing = `${registry.host}/${prefix}/missing:1`;
    assert.match(
      (await failure(images.push(missing, silent, never), 'not-found')).message,
      /no image of that name/,
    );
  });

  it('ends when it is cancelled: the registry knows nothing of it', async () => {
    const name = `${registry.host}/${prefix}/cancelled:1`;
    await makeImage(scene, connection.docker, name, { bytes: 150_000_000 });
    const abort = new AbortController();
    const push = images.push(
      name,
      entry => {
        if (entry.kind === 'layer' && (entry.current ?? 0) > 0) abort.abort();
      },
      abort.signal,
    );
    await failure(push, 'cancelled');
    await images.remove(name);
    const error = await failure(images.pull(name, silent, never));
    assert.equal(error.code, 'not-found', error.message);
  });

  it('works on Podman, which trusts the registry’s CA', async () => {
    const podman = await startPodman();
    const trust = `/etc/containers/certs.d/${registry.host}`;
    await mkdir(trust, { recursive: true });
    await copyFile(scene.path('ca.pem'), `${trust}/ca.crt`);
    const near = connect({ type: 'unix', path: podman.socketPath });
    try {
      const store = new DockerImageStore(near.docker, { credentials: await logins(login.password) });
      const name = `${registry.host}/${prefix}/podman:1`;
      const imported = `${registry.host}/${prefix}/podman:latest`;
      await makeImage(scene, near.docker, imported);
      await store.tag(imported, name);
      await store.remove(imported);
      const digest = await store.push(name, silent, never);
      await store.remove(name);
      await store.pull(digest ? `${registry.host}/${prefix}/podman@${digest}` : name, silent, never);
      assert.match(digest ?? '', /^sha256:/);
      await store.remove(`${registry.host}/${prefix}/podman@${digest}`);
    } finally {
      near[Symbol.dispose]();
      await rm(trust, { recursive: true });
      await podman.stop();
    }
  });
});

describe('a build on a private base', () => {
  it('has the login of the base’s registry', async () => {
    const base = `${registry.host}/${prefix}/base:1`;
    await makeImage(scene, connection.docker, base);
    await images.push(base, silent, never);
    await images.remove(base);
    const context = scene.path('context');
    await mkdir(context);
    await writeFile(`${context}/Dockerfile`, `ARG WHERE\nFROM \${WHERE}/base:1\nCOPY Dockerfile /\n`);
    const request = {
      context,
      dockerfile: `${context}/Dockerfile`,
      reference: `${prefix}/built:1`,
      // Of those that no program is given: so it is the API.
      args: { WHERE: `${registry.host}/${prefix}`, DOCKER_BY_API: '1' },
    };
    const tools = { docker: connection.docker, endpoint: connection.endpoint };
    const { message } = await failure(
      buildImage({ ...tools, credentials: await logins('wrong') }, request, silent, never),
      'pull-refused',
    );
    assert.match(message, /its registry wants a login/);
    await buildImage({ ...tools, credentials: await logins(login.password) }, request, silent, never);
    assert.ok(await images.details(request.reference));
  });
});
