/** Registries that are slow, broken, overrun or hostile, at real sockets. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '../../../src/image/digest.ts';
import { parseReference } from '../../../src/image/reference.ts';
import { RegistryClient, type RegistryClientOptions } from '../../../src/image/registryClient.ts';
import { resolveImage } from '../../../src/image/resolveImage.ts';
import { type BerthError, causeChain, type ErrorCode, isBerthError } from '../../../src/workspace/error.ts';
import { Scene } from '../targets/support/folder.ts';
import { type Behaviour, basic, type Fake, startFake } from './support/fake.ts';
import { sha256, types } from './support/pushed.ts';

let scene: Scene;
before(async () => {
  scene = await Scene.make();
});
after(() => scene[Symbol.asyncDispose]());

const { signal } = new AbortController();
const limits = { answerMs: 500, totalMs: 1000, patienceMs: 1500 };
const login = { username: 'me', password: 'hush-hush' };
const known = { credentials: { credentials: async () => login } };

function client({ host }: { host: string }, options: RegistryClientOptions = {}): RegistryClient {
  const made = new RegistryClient(host, { plainHttp: true, env: {}, limits, ...options });
  scene.later(() => made[Symbol.dispose]());
  return made;
}

/** A BerthError of that code, in words, without our secrets in it or its causes; within the time that is set. */
async function refused(
  action: Promise<unknown>,
  code: ErrorCode,
  words: RegExp,
  mostMs = 15_000,
): Promise<BerthError> {
  const begin = performance.now();
  const error = await action.then(
    () => assert.fail('it went through'),
    (failure: unknown) => failure,
  );
  assert.ok(isBerthError(error), String(error instanceof Error ? error.stack : error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, words);
  assert.ok(performance.now() - begin < mostMs, `it took ${performance.now() - begin} ms`);
  const said = causeChain(error).join('\n');
  for (const secret of [login.password, basic(login).slice(6)]) assert.ok(!said.includes(secret), said);
  return error;
}

async function all(pages: AsyncIterable<readonly string[]>): Promise<string[]> {
  const read = [];
  for await (const page of pages) read.push(...page);
  return read;
}

const reference = (at: RegistryClient) => parseReference(`${at.registry}/a/b:1`);
const manifest = (at: RegistryClient) => at.manifest(reference(at), signal);
const imageManifest = (config: string) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: types.image,
    config: { mediaType: types.config, digest: sha256(config), size: config.length },
    layers: [],
  });

describe('a registry in trouble', () => {
  it('that never answers is given up', async () => {
    const fake = await startFake(scene, () => {});
    await refused(manifest(client(fake)), 'unreachable', /did not answer within 0\.5 s/);
  });

  it('that takes connections and says nothing, not even in TLS, is given up', async () => {
    const server = createServer(socket => socket.on('error', () => {}));
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
    scene.later(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await refused(
      client({ host: `127.0.0.1:${port}` }, { plainHttp: false }).ping(signal),
      'unreachable',
      /within 0\.5 s/,
    );
  });

  it('that gives its answer drop by drop is given up', async () => {
    const fake = await startFake(scene, (_, __, raw) => {
      raw.writeHead(200);
      const drops = setInterval(() => raw.write(' '), 50);
      raw.on('close', () => clearInterval(drops));
    });
    await refused(manifest(client(fake)), 'unreachable', /within 1 s/);
  });

  it('that cuts its answer in the middle is told of', async () => {
    const cut = (headers: Record<string, string>) =>
      startFake(scene, (_, __, raw) => {
        raw.writeHead(200, headers);
        raw.write('{"schemaVersion":2');
        setTimeout(() => raw.destroy(), 20);
      });
    await refused(
      manifest(client(await cut({ 'content-length': '1000' }))),
      'unreachable',
      /cut the connection/,
    );
    await refused(manifest(client(await cut({}))), 'unreachable', /cut the connection/);
    const silent = await startFake(scene, (_, __, raw) => raw.destroy());
    await refused(manifest(client(silent)), 'unreachable', /cut the connection/);
  });

  it('that fails says so, in its own words', async () => {
    const body = JSON.stringify({ errors: [{ code: 'UNKNOWN', message: 'disk is on fire' }] });
    const fake = await startFake(scene, (_, answer) => answer(500, body));
    await refused(manifest(client(fake)), 'unreachable', /in trouble \(HTTP 500, UNKNOWN: disk is on fire\)/);
  });

  it('that ends connections which were kept is asked over a new one', async () => {
    const seen = new WeakSet<object>();
    const fake = await startFake(scene, (_, answer, raw) => {
      const { socket } = raw;
      if (socket && seen.has(socket)) {
        socket.destroy();
        return;
      }
      if (socket) seen.add(socket);
      answer(200, '{}');
    });
    const at = client(fake);
    for (let time = 0; time < 3; time++) await at.ping(signal);
    await Promise.all([at.ping(signal), at.ping(signal), at.ping(signal)]);
    assert.ok(fake.asked.length > 6, 'a kept connection was tried');
  });

  it('is left alone when the person has had enough', async () => {
    const fake = await startFake(scene, () => {});
    const at = client(fake);
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 100);
    await refused(at.manifest(reference(at), cancel.signal), 'cancelled', /cancelled/, 400);
    await refused(at.ping(AbortSignal.abort()), 'cancelled', /cancelled/, 100);
  });
});

describe('a registry that is overrun', () => {
  it('is asked again when it said, where that is soon', async () => {
    let asked = 0;
    const fake = await startFake(scene, (_, answer) => {
      asked++;
      if (asked === 1) answer(429, '', { 'retry-after': '1' });
      else answer(200, '{}');
    });
    const begin = performance.now();
    await client(fake).ping(signal);
    assert.ok(performance.now() - begin > 950);
    assert.equal(asked, 2);
  });

  it('is not waited for longer than a person would, and not asked without end', async () => {
    const fake = (retryAfter?: string) =>
      startFake(scene, (_, answer) =>
        answer(429, '', retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
      );
    await refused(client(await fake('3600')).ping(signal), 'pull-refused', /another 3600 s/, 500);
    await refused(client(await fake()).ping(signal), 'pull-refused', /asked too often/, 500);
    const eager = await fake('0');
    await refused(client(eager).ping(signal), 'pull-refused', /asked too often/, 500);
    assert.equal(eager.asked.length, 4);
  });

  it('is not waited for once it is cancelled', async () => {
    const fake = await startFake(scene, (_, answer) => answer(429, '', { 'retry-after': '1' }));
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 100);
    await refused(client(fake).ping(cancel.signal), 'cancelled', /cancelled/, 600);
  });
});

describe('a registry that answers too much', () => {
  const endless: Behaviour = (_, __, raw) => {
    raw.writeHead(200, { 'content-type': types.image });
    pour(raw, Buffer.alloc(256 * 1024, ' '));
  };
  function pour(raw: ServerResponse, chunk: Buffer): void {
    while (!raw.destroyed && raw.write(chunk));
    if (!raw.destroyed) raw.once('drain', () => pour(raw, chunk));
  }

  it('is cut off, whatever it sends', async () => {
    const at = client(await startFake(scene, endless), { limits: { ...limits, totalMs: 10_000 } });
    await refused(manifest(at), 'invalid', /larger than 4194304 bytes/, 5000);
    await refused(all(at.tags('a/b', signal)), 'invalid', /larger than/, 5000);
    await refused(
      at.blob('a/b', { mediaType: '', digest: sha256(''), size: 10 }, signal),
      'invalid',
      /larger than 10 bytes/,
    );
    await refused(
      at.blob('a/b', { mediaType: '', digest: sha256(''), size: 1e12 }, signal),
      'invalid',
      /which cannot be/,
    );
  });

  it('is not read at all where it announces it', async () => {
    const fake = await startFake(scene, (_, __, raw) => {
      raw.writeHead(200, { 'content-length': '99999999999' });
      raw.flushHeaders();
    });
    await refused(manifest(client(fake)), 'invalid', /larger than/, 400);
  });

  it('is cut off when its failure has no end', async () => {
    const fake = await startFake(scene, (_, __, raw) => {
      raw.writeHead(500);
      pour(raw, Buffer.alloc(64 * 1024, ' '));
    });
    await refused(manifest(client(fake)), 'unreachable', /HTTP 500\)/);
  });
});

describe('lists', () => {
  it('go on as the links say, across addresses that are wrong behind a proxy', async () => {
    const fake = await startFake(scene, ({ url }, answer) => {
      const last = url.searchParams.get('last');
      const tags = last === null ? ['1', '2'] : last === '2' ? [] : ['3'];
      const next = last === null ? '2' : last === '2' ? 'empty' : undefined;
      const link = next && { link: `<http://inside:80${url.pathname}?n=2&last=${next}>; rel="next"` };
      answer(200, JSON.stringify({ name: 'a/b', tags }), { ...link });
    });
    assert.deepEqual(await all(client(fake, { pageSize: 2 }).tags('a/b', signal)), ['1', '2', '3']);
    assert.equal(fake.asked[0]?.url.search, '?n=2');
  });

  it('that lead in a circle end, with what was read until then', async () => {
    const fake = await startFake(scene, (_, answer) =>
      answer(200, '{"tags":["1"]}', { link: '</v2/a/b/tags/list?n=1000>; rel="next"' }),
    );
    const read: string[] = [];
    const reading = async () => {
      for await (const page of client(fake).tags('a/b', signal)) read.push(...page);
    };
    await refused(reading(), 'failed', /its list has no end/);
    assert.deepEqual(read, ['1']);
    assert.equal(fake.asked.length, 1);
  });

  it('are read no further than wanted', async () => {
    const fake = await startFake(scene, ({ url }, answer) => {
      const at = Number(url.searchParams.get('at') ?? 0);
      answer(200, JSON.stringify({ tags: [`${at}`] }), { link: `<?at=${at + 1}>; rel="next"` });
    });
    const read: string[] = [];
    for await (const page of client(fake).tags('a/b', signal)) {
      read.push(...page);
      if (read.length === 3) break;
    }
    assert.deepEqual(read, ['0', '1', '2']);
    assert.equal(fake.asked.length, 3);
  });

  it('that are none are told of', async () => {
    for (const body of ['<html>', '{}', '{"repositories":[1]}', '[]']) {
      const fake = await startFake(scene, (_, answer) => answer(200, body));
      await refused(all(client(fake).repositories(signal)), 'failed', /cannot be read/);
    }
    const without = await startFake(scene, (_, answer) => answer(404));
    await refused(all(client(without).repositories(signal)), 'unsupported', /keeps no list/);
  });

  it('are asked for no name that leads elsewhere', async () => {
    const fake = await startFake(scene, (_, answer) => answer(200, '{}'));
    for (const name of ['../../x', 'a?b', 'a/../../x', 'A', '']) {
      await refused(all(client(fake).tags(name, signal)), 'invalid', /cannot be the name/).catch(error => {
        throw new Error(name, { cause: error });
      });
    }
    assert.equal(fake.asked.length, 0);
  });
});

describe('content that is not what it should be', () => {
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64', config: {} });
  const serving = (blob: string, headers: Record<string, string> = {}) =>
    startFake(scene, ({ url }, answer) => {
      if (url.pathname.includes('/blobs/')) answer(200, blob);
      else answer(200, imageManifest(config), { 'content-type': types.image, ...headers });
    });
  const resolve = (at: RegistryClient, name = 'a/b:1') =>
    resolveImage(at, parseReference(`${at.registry}/${name}`), 'linux/amd64', signal);

  it('is taken where all fits, also without a word of its digest', async () => {
    const found = await resolve(client(await serving(config)));
    assert.equal(found.digest, sha256(imageManifest(config)));
    assert.equal(found.configDigest, sha256(config));
  });

  it('is refused as a config, a manifest by tag, and a manifest by digest', async () => {
    const wrong = config.replace('amd64', 'arm64');
    await refused(resolve(client(await serving(wrong))), 'invalid', /something else/);
    const other = { 'docker-content-digest': sha256('other') };
    await refused(resolve(client(await serving(config, other))), 'invalid', /something else/);
    await refused(
      resolve(client(await serving(config)), `a/b@${sha256('other')}`),
      'invalid',
      /something else/,
    );
    const sha512 = digestOf(Buffer.from(imageManifest(config)), 'sha512');
    assert.equal((await resolve(client(await serving(config)), `a/b@${sha512}`)).digest, sha512);
    await refused(
      resolve(client(await serving(config)), `a/b@md6:${'0'.repeat(64)}`),
      'unsupported',
      /kind md6/,
    );
  });

  it('is refused by HEAD, too, and fetched where HEAD says nothing', async () => {
    const at = client(await serving(config, { 'docker-content-digest': sha256('other') }));
    await refused(
      at.digest({ ...reference(at), digest: sha256('wanted') }, signal),
      'invalid',
      /was asked for/,
    );
    const bare = client(await serving(config));
    assert.equal(await bare.digest(reference(bare), signal), sha256(imageManifest(config)));
    const noHead = await startFake(scene, ({ method }, answer) =>
      method === 'HEAD' ? answer(405) : answer(200, imageManifest(config)),
    );
    assert.equal(
      await client(noHead).digest(reference(client(noHead)), signal),
      sha256(imageManifest(config)),
    );
  });

  it('is refused in the format of 2014', async () => {
    const old = await startFake(scene, (_, answer) => answer(200, '{"schemaVersion":1}'));
    await refused(manifest(client(old)), 'unsupported', /schema 1/);
  });

  it('is refused as an index that contains itself', async () => {
    const entry = (digest: string) => ({
      mediaType: types.index,
      digest,
      size: 1,
      platform: { os: 'linux', architecture: 'amd64' },
    });
    const write = (manifests: object[]) =>
      JSON.stringify({ schemaVersion: 2, mediaType: types.index, manifests });
    const contents = new Map<string, string>();
    let content = write([]);
    for (let depth = 0; depth < 10; depth++) {
      contents.set(sha256(content), content);
      content = write([entry(sha256(content))]);
    }
    const fake = await startFake(scene, ({ url }, answer) =>
      answer(200, contents.get(url.pathname.split('/').at(-1) ?? '') ?? content),
    );
    await refused(resolve(client(fake)), 'unsupported', /there is no such image/);
    assert.ok(fake.asked.length < 6);
  });
});

describe('logins', () => {
  const challenge = (fake: () => Fake) => ({ 'www-authenticate': `Bearer realm="${fake().origin}/token"` });

  it('that are refused over and over are asked for once', async () => {
    for (const way of ['Basic realm="x"', 'Bearer']) {
      const fake: Fake = await startFake(scene, ({ url }, answer) => {
        if (url.pathname === '/token') answer(200, JSON.stringify({ token: `t${fake.asked.length}` }));
        else answer(401, '', way === 'Bearer' ? challenge(() => fake) : { 'www-authenticate': way });
      });
      await refused(manifest(client(fake, known)), 'pull-refused', /refused the login/);
      assert.equal(fake.asked.filter(({ url }) => url.pathname !== '/token').length, 2, way);
      assert.ok(fake.asked.length <= 3);
    }
  });

  it('that a registry does not know how to ask for are told of', async () => {
    const fake = await startFake(scene, ({ url }, answer) =>
      answer(401, '', url.pathname === '/v2/' ? {} : { 'www-authenticate': 'Negotiate, Digest realm="x"' }),
    );
    await refused(manifest(client(fake, known)), 'unsupported', /negotiate, digest/);
    await refused(client(fake, known).ping(signal), 'unsupported', /without saying how/);
  });

  it('go through again after a token was taken back', async () => {
    let valid = 'Bearer t1';
    const fake: Fake = await startFake(scene, ({ url, headers }, answer) => {
      if (url.pathname === '/token') answer(200, JSON.stringify({ token: valid.slice(7), expires_in: 3600 }));
      else if (headers.authorization === valid) answer(200, '{}');
      else
        answer(
          401,
          '',
          challenge(() => fake),
        );
    });
    const at = client(fake, known);
    await at.ping(signal);
    valid = 'Bearer t2';
    await at.ping(signal);
    await at.ping(signal);
    assert.equal(fake.asked.filter(({ url }) => url.pathname === '/token').length, 2);
  });

  it('use the newest identity token that the server gave, and the old one where that fails', async () => {
    const shown: (string | null)[] = [];
    const fake: Fake = await startFake(scene, ({ url, method, body }, answer) => {
      if (url.pathname !== '/token') {
        answer(
          401,
          '',
          challenge(() => fake),
        );
        return;
      }
      assert.equal(method, 'POST');
      const token = new URLSearchParams(body).get('refresh_token');
      shown.push(token);
      if (token === 'second' && shown.length > 2) answer(401);
      else answer(200, JSON.stringify({ access_token: 't', expires_in: 0, refresh_token: 'second' }));
    });
    const at = client(fake, { credentials: { credentials: async () => ({ identitytoken: 'first' }) } });
    for (let time = 0; time < 3; time++) await refused(at.ping(signal), 'pull-refused', /refused/);
    assert.deepEqual(shown, ['first', 'second', 'second', 'first']);
  });

  it('do not follow to another host, nor answer what it asks', async () => {
    const other: Fake = await startFake(
      scene,
      ({ url }, answer) =>
        url.pathname === '/blob'
          ? answer(200, 'config')
          : answer(
              401,
              '',
              challenge(() => other),
            ),
      '127.0.0.2',
    );
    const fake = await startFake(scene, ({ url, headers }, answer) => {
      if (headers.authorization !== basic(login)) answer(401, '', { 'www-authenticate': 'Basic realm="x"' });
      else if (url.pathname.includes('/blobs/')) answer(307, '', { location: `${other.origin}/blob` });
      else answer(307, '', { location: `${other.origin}/asks` });
    });
    const at = client(fake, known);
    const blob = { mediaType: '', digest: sha256('config'), size: 6 };
    assert.equal(await at.blob('a/b', blob, signal), 'config');
    await refused(manifest(at), 'failed', /HTTP 401/);
    assert.deepEqual(
      other.asked.map(({ url }) => url.pathname),
      ['/blob', '/asks'],
    );
    for (const { headers } of other.asked) assert.equal(headers.authorization, undefined);
    assert.ok(fake.asked.some(({ headers }) => headers.authorization === basic(login)));
  });

  it('are not led around without end', async () => {
    const fake: Fake = await startFake(scene, ({ url }, answer) =>
      answer(302, '', { location: `${url.pathname}x` }),
    );
    await refused(manifest(client(fake, known)), 'failed', /without end/);
    assert.equal(fake.asked.length, 6);
  });

  it('are repeated by no error, even where the server does', async () => {
    const fake: Fake = await startFake(scene, ({ headers }, answer) => {
      const echo = `${headers.authorization} ${login.password}`;
      if (headers.authorization === undefined) answer(401, '', { 'www-authenticate': 'Basic realm="x"' });
      else answer(403, JSON.stringify({ errors: [{ code: 'DENIED', message: echo }] }));
    });
    await refused(manifest(client(fake, known)), 'pull-refused', /does not allow it \(HTTP 403, DENIED/);
  });

  it('get no further where the token server is of no use', async () => {
    const rows: readonly [Parameters<typeof startFake>[1], ErrorCode, RegExp][] = [
      [(_, answer) => answer(200, '<html>'), 'failed', /cannot be read/],
      [(_, answer) => answer(200, '{"token":"a\\r\\nb: c"}'), 'failed', /cannot be read/],
      [(_, answer) => answer(502), 'unreachable', /answers 502/],
      [(_, answer) => answer(401), 'pull-refused', /refused the login/],
      [() => {}, 'unreachable', /did not answer/],
    ];
    for (const [behave, code, words] of rows) {
      const tokens = await startFake(scene, behave);
      const fake = await startFake(scene, (_, answer) =>
        answer(
          401,
          '',
          challenge(() => tokens),
        ),
      );
      await refused(manifest(client(fake, known)), code, words);
    }
    for (const realm of ['file:///etc/passwd', 'nowhere', 'http://u:p@127.0.0.1/']) {
      const fake = await startFake(scene, (_, answer) =>
        answer(401, '', { 'www-authenticate': `Bearer realm="${realm}"` }),
      );
      await refused(manifest(client(fake, known)), 'failed', /names no token server/);
    }
  });
});
