/** The client against Debian's own registry: open, with a password over TLS, with tokens. */
import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { CredentialSource, RegistryCredentials } from '../../../src/image/credentials.ts';
import { parseReference } from '../../../src/image/reference.ts';
import { RegistryClient, type RegistryClientOptions } from '../../../src/image/registryClient.ts';
import { resolveImage } from '../../../src/image/resolveImage.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { Scene } from '../targets/support/folder.ts';
import { login, type Registry, startRegistry } from '../targets/support/registry.ts';
import { makeCertificates, startGoServer } from '../targets/support/tlsFront.ts';
import { startFake } from './support/fake.ts';
import { pushImage, pushManifest, types } from './support/pushed.ts';
import { identity, startTokenServer, type TokenServer } from './support/tokenServer.ts';

let scene: Scene;
let open: Registry;
let index: { digest: string; amd64: string; arm64: string; config: string };
before(async () => {
  scene = await Scene.make();
  await makeCertificates(scene);
  open = await startRegistry(scene);
  const config = {
    User: 'dev',
    Env: ['A=b'],
    ExposedPorts: { '8888/tcp': {} },
    Labels: { x: 'y' },
    Cmd: ['sh'],
  };
  const amd64 = await pushImage(open, 'open/dev', 'amd64', { architecture: 'amd64', config });
  const arm64 = await pushImage(open, 'open/dev', 'arm64', {
    architecture: 'arm64',
    variant: 'v8',
    isDockers: true,
  });
  const manifests = [
    { ...amd64, platform: { os: 'linux', architecture: 'amd64' } },
    { ...arm64, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
  ];
  const pushed = await pushManifest(open, 'open/dev', '1', {
    schemaVersion: 2,
    mediaType: types.index,
    manifests,
  } as {
    mediaType: string;
  });
  index = { digest: pushed.digest, amd64: amd64.digest, arm64: arm64.digest, config: amd64.config };
  for (const name of ['closed/one', 'closed/two'])
    await pushImage(open, name, 'latest', { architecture: 'amd64' });
});
after(() => scene[Symbol.asyncDispose]());

const { signal } = new AbortController();
const as = (credentials: RegistryCredentials): CredentialSource => ({ credentials: async () => credentials });

function client(registry: { host: string }, options: RegistryClientOptions = {}): RegistryClient {
  const made = new RegistryClient(registry.host, { env: {}, certificateFolders: [], ...options });
  scene.later(() => made[Symbol.dispose]());
  return made;
}

async function all(pages: AsyncIterable<readonly string[]>): Promise<(readonly string[])[]> {
  const read = [];
  for await (const page of pages) read.push(page);
  return read;
}

const resolve = (at: RegistryClient, name: string, platform = 'linux/amd64') =>
  resolveImage(at, parseReference(`${at.registry}/${name}`), platform, signal);

describe('an open registry on loopback', () => {
  it('answers over plain HTTP, as Docker asks it', async () => {
    await client(open).ping(signal);
    await client({ host: open.host.replace('127.0.0.1', 'localhost') }).ping(signal);
    await client(open, { plainHttp: true }).ping(signal);
  });

  it('lists images page by page, and tags', async () => {
    const pages = await all(client(open, { pageSize: 1 }).repositories(signal));
    assert.deepEqual(pages, [['closed/one'], ['closed/two'], ['open/dev']]);
    assert.deepEqual((await all(client(open).tags('open/dev', signal))).flat().toSorted(), [
      '1',
      'amd64',
      'arm64',
    ]);
  });

  it('resolves a reference to the image for a platform', async () => {
    const found = await resolve(client(open), 'open/dev:1');
    assert.equal(found.digest, index.digest);
    assert.equal(found.manifestDigest, index.amd64);
    assert.equal(found.configDigest, index.config);
    assert.deepEqual(found.platforms, ['linux/amd64', 'linux/arm64/v8']);
    const { user, env, exposedPorts, labels, entrypoint, command } = found.config;
    assert.deepEqual(
      { user, env, exposedPorts, labels, entrypoint, command },
      {
        user: 'dev',
        env: ['A=b'],
        exposedPorts: [8888],
        labels: { x: 'y' },
        entrypoint: [],
        command: ['sh'],
      },
    );
    const arm = await resolve(client(open), 'open/dev:1', 'linux/arm64');
    assert.equal(arm.manifestDigest, index.arm64);
    assert.equal(arm.config.platform.variant, 'v8');
    const pinned = await resolve(client(open), `open/dev:gone@${index.digest}`);
    assert.equal(pinned.digest, index.digest);
  });

  it('tells the digest without fetching anything', async () => {
    const at = client(open);
    const reference = parseReference(`${open.host}/open/dev:1`);
    assert.equal(await at.digest(reference, signal), index.digest);
    assert.equal(await at.digest({ ...reference, digest: index.arm64 }, signal), index.arm64);
  });

  it('names the platforms that there are, where the wanted one is missing', async () => {
    const says = (words: RegExp) => (error: unknown) =>
      isBerthError(error, 'unsupported') && words.test(error.message);
    await assert.rejects(
      resolve(client(open), 'open/dev:1', 'linux/s390x'),
      says(
        /open\/dev:1: there is no such image for linux\/s390x\. There are: linux\/amd64, linux\/arm64\/v8\.$/,
      ),
    );
    await assert.rejects(
      resolve(client(open), 'open/dev:amd64', 'linux/arm64'),
      says(/There are: linux\/amd64\.$/),
    );
  });

  it('says that there is no such image or tag', async () => {
    for (const name of ['open/dev:2', 'nothing/here:1', `open/dev@sha256:${'0'.repeat(64)}`]) {
      await assert.rejects(resolve(client(open), name), error => isBerthError(error, 'not-found'));
    }
    await assert.rejects(all(client(open).tags('nothing/here', signal)), error =>
      isBerthError(error, 'not-found'),
    );
  });

  it('is told apart from what is no registry, or not there', async () => {
    const other = await startFake(scene, (_, answer) => answer(404, '<html>'));
    await assert.rejects(client(other).ping(signal), error => isBerthError(error, 'unsupported'));
    await assert.rejects(
      client({ host: '127.0.0.1:1' }).ping(signal),
      error => isBerthError(error, 'unreachable') && /127\.0\.0\.1:1.*nothing listens/.test(error.message),
    );
    assert.throws(
      () => new RegistryClient('https://x'),
      error => isBerthError(error, 'invalid'),
    );
  });
});

describe('a registry with a password over TLS', () => {
  let closed: Registry;
  before(async () => {
    closed = await startRegistry(scene, { withLogin: true, certificate: 'server', sameAs: open });
  });

  it('is not trusted without its CA, and nothing is tried in the clear', async () => {
    await assert.rejects(
      client(closed, { credentials: as(login) }).ping(signal),
      error =>
        isBerthError(error, 'unreachable') &&
        /not trusted \(\w+\).*certs\.d/.test(error.message) &&
        Boolean(error.cause),
    );
  });

  it('lets in who has the login, by a CA file or a certs.d as Docker keeps it', async () => {
    const trusting = { caFiles: [scene.path('ca.pem')], credentials: as(login) };
    assert.equal((await resolve(client(closed, trusting), 'closed/one')).platforms[0], 'linux/amd64');
    const folder = scene.path('with space/certs.d');
    await mkdir(`${folder}/${closed.host}`, { recursive: true });
    await copyFile(scene.path('ca.pem'), `${folder}/${closed.host}/ca.crt`);
    await client(closed, { certificateFolders: [folder], credentials: as(login) }).ping(signal);
  });

  it('refuses who has none, or the wrong one, without a word of it', async () => {
    const caFiles = [scene.path('ca.pem')];
    await assert.rejects(
      client(closed, { caFiles }).ping(signal),
      error => isBerthError(error, 'pull-refused') && /wants a login/.test(error.message),
    );
    await assert.rejects(
      client(closed, { caFiles, credentials: as({ username: 'berth', password: 'hush' }) }).ping(signal),
      error =>
        isBerthError(error, 'pull-refused') &&
        /refused the login/.test(error.message) &&
        !error.message.includes('hush'),
    );
  });

  it('is refused when its certificate is for another name, or has expired', async () => {
    const caFiles = [scene.path('ca.pem')];
    const other = await startRegistry(scene, { certificate: 'other' });
    await assert.rejects(client(other, { caFiles }).ping(signal), /is for another name/);
    const expired = await startRegistry(scene, { certificate: 'expired' });
    await assert.rejects(client(expired, { caFiles }).ping(signal), /has expired/);
  });

  it('is shown the client certificate that stands in certs.d', async () => {
    const mutual = { host: `127.0.0.1:${await startGoServer(scene)}` };
    const folder = `${scene.path('mutual')}/${mutual.host}`;
    await mkdir(folder, { recursive: true });
    await copyFile(scene.path('ca.pem'), `${folder}/ca.crt`);
    const options = { certificateFolders: [scene.path('mutual')] };
    await assert.rejects(client(mutual, options).ping(signal), /wants a client certificate/);
    await copyFile(scene.path('client.pem'), `${folder}/me.cert`);
    await copyFile(scene.path('client.key'), `${folder}/me.key`);
    await client(mutual, options).ping(signal);
  });

  it('says which certificate file is of no use', async () => {
    await assert.rejects(
      client(closed, { caFiles: [scene.path('no such.pem')] }).ping(signal),
      /no such\.pem cannot be read/,
    );
    await assert.rejects(
      client(closed, { caFiles: [scene.path('server.ext')] }).ping(signal),
      /server\.ext is not a cert/,
    );
    const folder = scene.path('half');
    await mkdir(`${folder}/${closed.host}`, { recursive: true });
    await copyFile(scene.path('client.pem'), `${folder}/${closed.host}/client.cert`);
    await assert.rejects(
      client(closed, { certificateFolders: [folder] }).ping(signal),
      /client\.cert has no key/,
    );
  });
});

describe('a registry with a token server', () => {
  let tokens: TokenServer;
  let guarded: Registry;
  before(async () => {
    tokens = await startTokenServer(scene);
    const { service, issuer, origin } = tokens;
    const token = { realm: `${origin}/token?x=1`, service, issuer, rootcertbundle: scene.path('ca.pem') };
    guarded = await startRegistry(scene, { token, sameAs: open });
  });

  it('lets anybody have what is open, and remembers the token', async () => {
    const at = client(guarded);
    const begin = tokens.asked.length;
    await resolve(at, 'open/dev:1');
    await resolve(at, 'open/dev:amd64');
    assert.equal(tokens.asked.length - begin, 1, 'one token for one scope');
    assert.equal(tokens.asked.at(-1)?.headers.authorization, undefined);
    assert.equal(tokens.asked.at(-1)?.url.searchParams.get('scope'), 'repository:open/dev:pull');
  });

  it('lets in by password and by identity token', async () => {
    for (const credentials of [login, { identitytoken: identity }]) {
      const at = client(guarded, { credentials: as(credentials) });
      await at.ping(signal);
      await resolve(at, 'closed/one');
      await resolve(at, 'closed/two');
      assert.deepEqual((await all(at.repositories(signal))).flat(), ['closed/one', 'closed/two', 'open/dev']);
    }
    assert.equal(tokens.asked.at(-1)?.method, 'POST');
  });

  it('gets a new token when the old one ends', async () => {
    tokens.lifetime = 1;
    try {
      const at = client(guarded);
      const reference = parseReference(`${guarded.host}/open/dev:1`);
      const begin = tokens.asked.length;
      await at.digest(reference, signal);
      await new Promise(later => setTimeout(later, 1100));
      await at.digest(reference, signal);
      assert.equal(tokens.asked.length - begin, 2);
    } finally {
      tokens.lifetime = 60;
    }
  });

  it('does not say whether a closed image is there', async () => {
    await assert.rejects(
      resolve(client(guarded), 'closed/one'),
      error => isBerthError(error, 'pull-refused') && /no such image, or it is private/.test(error.message),
    );
  });

  it('refuses the wrong password and token', async () => {
    for (const credentials of [{ ...login, password: 'hush' }, { identitytoken: 'hush' }]) {
      await assert.rejects(
        resolve(client(guarded, { credentials: as(credentials) }), 'open/dev:1'),
        error => isBerthError(error, 'pull-refused') && !error.message.includes('hush'),
      );
    }
  });
});

describe('a registry behind a proxy', () => {
  let proxy: { port: number; lines: string[] };
  before(async () => {
    proxy = await startProxy();
  });

  it('is reached by CONNECT for TLS, with the login of the proxy', async () => {
    const far = await startRegistry(scene, { certificate: 'other', sameAs: open });
    const at = client(
      { host: `elsewhere.example:${far.port}` },
      { caFiles: [scene.path('ca.pem')], env: { HTTPS_PROXY: `http://me:hush@127.0.0.1:${proxy.port}` } },
    );
    assert.equal((await resolve(at, 'open/dev:1')).digest, index.digest);
    assert.ok(proxy.lines.includes(`CONNECT elsewhere.example:${far.port} HTTP/1.1`));
    assert.ok(proxy.lines.some(line => /^proxy-authorization: Basic bWU6aHVzaA==$/i.test(line)));
  });

  it('is asked through the proxy for plain HTTP', async () => {
    const options = { plainHttp: true, proxy: `http://127.0.0.1:${proxy.port}` };
    await client({ host: `elsewhere.example:${open.port}` }, options).ping(signal);
    assert.ok(proxy.lines.includes(`GET http://elsewhere.example:${open.port}/v2/ HTTP/1.1`));
  });

  it('names the proxy that is not there, but not its password', async () => {
    await assert.rejects(
      client({ host: 'elsewhere.example' }, { env: { HTTPS_PROXY: 'http://me:hush@127.0.0.1:1' } }).ping(
        signal,
      ),
      error =>
        isBerthError(error, 'unreachable') &&
        /127\.0\.0\.1:1/.test(error.message) &&
        !/hush/.test(error.message),
    );
  });

  it('is asked where Docker Hub really is', async () => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    await assert.rejects(client({ host: 'docker.io' }, { env }).ping(signal), error =>
      isBerthError(error, 'unreachable'),
    );
    assert.ok(proxy.lines.includes('CONNECT registry-1.docker.io:443 HTTP/1.1'));
  });

  it('is told no login by a proxy that asks for it in its name', async () => {
    const tokens = await startFake(scene, (_, answer) => answer(200, '{"token":"t"}'));
    const challenge = `Bearer realm="${tokens.origin.replace('http:', 'https:')}/token"`;
    for (const [status, words] of [
      ['401 Unauthorized', /the proxy .* does not let us through to elsewhere\.example \(HTTP 401\)/],
      ['407 Proxy Authentication Required', /the proxy .* wants a login/],
    ] as const) {
      const evil = createServer(socket => {
        socket.on('error', () => {});
        for (const line of [
          `HTTP/1.1 ${status}`,
          `WWW-Authenticate: ${challenge}`,
          'Content-Length: 0',
          '',
          '',
        ])
          socket.write(`${line}\r\n`);
      });
      await new Promise<void>(listening => evil.listen(0, '127.0.0.1', listening));
      scene.later(() => evil.close());
      const address = evil.address();
      const env = {
        HTTPS_PROXY: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
      };
      const asked: string[] = [];
      const credentials = {
        credentials: async (registry: string) => {
          asked.push(registry);
          return login;
        },
      };
      await assert.rejects(
        client({ host: 'elsewhere.example' }, { env, credentials }).ping(signal),
        error => isBerthError(error, 'unreachable') && words.test(error.message),
      );
      assert.deepEqual(asked, []);
    }
    assert.equal(tokens.asked.length, 0);
  });

  /** Leads every name to loopback. */
  async function startProxy() {
    const lines: string[] = [];
    const sockets = new Set<Socket>();
    const server: Server = createServer(near => {
      sockets.add(near);
      near.on('error', () => {});
      near.once('data', head => {
        lines.push(...head.toString('latin1').split('\r\n'));
        const [, port = '0'] = /^(?:CONNECT |GET http:\/\/)[^:\s]+:(\d+)/.exec(head.toString('latin1')) ?? [];
        const far = connect({ host: '127.0.0.1', port: Number(port) }, () => {
          if (head.toString('latin1').startsWith('CONNECT')) near.write('HTTP/1.1 200 OK\r\n\r\n');
          else far.write(head);
          near.pipe(far).pipe(near);
        });
        far.on('error', () => near.destroy());
        near.on('close', () => far.destroy());
      });
    });
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
    scene.later(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    return { port: typeof address === 'object' && address ? address.port : 0, lines };
  }
});
