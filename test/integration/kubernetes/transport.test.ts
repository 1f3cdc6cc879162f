import assert from 'node:assert/strict';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { kubeError } from '../../../src/engine/kubernetes/errors.ts';
import { loadContexts, openCluster } from '../../../src/engine/kubernetes/kubeconfig.ts';
import { plainCredentials } from '../../../src/engine/kubernetes/staticCredentials.ts';
import { isKubeStatus } from '../../../src/engine/kubernetes/status.ts';
import { isConnectionFailure } from '../../../src/engine/kubernetes/unreachable.ts';
import { causeChain, isBerthError } from '../../../src/workspace/error.ts';
import { ApiServer, json, refuse, statusOf } from './apiServer.ts';

const Any = z.unknown();
const Named = z.object({ name: z.string() });
const execVersion = 'client.authentication.k8s.io/v1';

describe('a request', () => {
  it('carries query, JSON and the content type of its method', async () => {
    await using server = await ApiServer.start();
    server.answer = (_seen, response) => json(response, 200, { name: 'ü' });
    const api = await server.api();
    const query = { fieldSelector: 'a=b&c', watch: undefined, list: ['1', '2'] };
    assert.deepEqual(await api.request(Named, { path: '/api/v1/x', query }), { name: 'ü' });
    await api.request(Any, { method: 'POST', path: '/p', body: { ü: 1 } });
    await api.request(Any, { method: 'PATCH', path: '/p', body: {} });
    const contentType = 'application/apply-patch+yaml';
    await api.request(Any, { method: 'PATCH', path: '/p', body: 'a: 1', contentType });
    const [get, post, merge, apply] = server.seen;
    assert.equal(get?.url, '/api/v1/x?fieldSelector=a%3Db%26c&list=1&list=2');
    assert.equal(get?.headers.authorization, 'Bearer good');
    assert.equal(post?.body, '{"ü":1}');
    assert.equal(post?.headers['content-type'], 'application/json');
    assert.equal(merge?.headers['content-type'], 'application/merge-patch+json');
    assert.deepEqual([apply?.body, apply?.headers['content-type']], ['a: 1', contentType]);
  });

  it('keeps its connection for the next one', async () => {
    await using server = await ApiServer.start();
    const ports = new Set<number | undefined>();
    server.answer = (_seen, response) => {
      ports.add(response.socket?.remotePort);
      json(response, 200, {});
    };
    const api = await server.api();
    for (let i = 0; i < 5; i++) await api.text({ path: '/' });
    assert.equal(ports.size, 1);
  });

  it('asks once more on a new connection where the server had closed the kept one', async () => {
    await using server = await ApiServer.start();
    let count = 0;
    server.answer = (_seen, response) => {
      count++;
      if (count === 2) response.socket?.destroy();
      else json(response, 200, {});
    };
    const api = await server.api();
    await api.text({ path: '/' });
    await api.text({ path: '/' });
    assert.equal(count, 3);
    count = 1;
    await assert.rejects(api.text({ method: 'POST', path: '/', body: {} }), isConnectionFailure);
    assert.equal(count, 2, 'what may have been done is not done twice');
  });

  it('reads what was sent zipped', async () => {
    await using server = await ApiServer.start();
    server.answer = (_seen, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"name":"z"}'));
    };
    assert.deepEqual(await (await server.api()).request(Named, { path: '/' }), { name: 'z' });
  });

  it('gives the server’s refusal with its code, reason, words and details', async () => {
    await using server = await ApiServer.start();
    const details = { name: 'web', kind: 'secrets' };
    server.answer = (_seen, response) =>
      json(response, 409, statusOf(409, 'AlreadyExists', 'secrets "web" already exists', details));
    await assert.rejects((await server.api()).text({ path: '/' }), error => {
      assert.ok(isKubeStatus(error, 'AlreadyExists'));
      assert.deepEqual(
        [error.code, error.message, error.details],
        [409, 'secrets "web" already exists', details],
      );
      return true;
    });
  });

  it('gives the first words of a page where something before the server answers', async () => {
    await using server = await ApiServer.start();
    server.answer = (_seen, response) => {
      response.writeHead(502).end('<html><style>x{}</style><h1>Bad  gateway</h1></html>');
    };
    await assert.rejects((await server.api()).text({ path: '/' }), /HTTP 502: Bad gateway/);
  });

  it('waits as long as a busy server asks, and tries again', async () => {
    await using server = await ApiServer.start();
    let count = 0;
    server.answer = (_seen, response) => {
      if (count++ < 2) refuse(response, 429, 'TooManyRequests', { 'retry-after': '1' });
      else json(response, 200, {});
    };
    const startedAt = Date.now();
    await (await server.api()).text({ method: 'POST', path: '/', body: {} });
    assert.equal(count, 3);
    assert.ok(Date.now() - startedAt >= 2000);
  });

  it('tries a 503 again only where that cannot do it twice', async () => {
    await using server = await ApiServer.start();
    let count = 0;
    server.answer = (_seen, response) => {
      if (count++ === 0) refuse(response, 503, 'ServiceUnavailable', { 'retry-after': '1' });
      else json(response, 200, {});
    };
    const api = await server.api();
    await api.text({ path: '/' });
    count = 0;
    await assert.rejects(api.text({ method: 'POST', path: '/', body: {} }), { code: 503 });
  });

  it('ends in time where no answer comes, as a failure of the connection', async () => {
    await using server = await ApiServer.start();
    server.answer = () => {};
    const startedAt = Date.now();
    await assert.rejects((await server.api()).text({ path: '/', timeoutMs: 300 }), error => {
      assert.ok(isConnectionFailure(error));
      assert.equal(kubeError(error, 'Cannot list').code, 'unreachable');
      return true;
    });
    assert.ok(Date.now() - startedAt < 15_000);
  });

  it('ends in time where an answer never ends', async () => {
    await using server = await ApiServer.start();
    server.answer = (_seen, response) => void response.writeHead(200).write('{"a":');
    await assert.rejects((await server.api()).text({ path: '/', timeoutMs: 300 }), { code: 'ETIMEDOUT' });
  });

  it('says that nothing listens where the cluster is not running', async () => {
    await using server = await ApiServer.start();
    const api = await server.api({}, { server: 'https://127.0.0.1:1' });
    const error = await api.text({ path: '/' }).catch(cause => kubeError(cause, 'Cannot list'));
    assert.ok(isBerthError(error, 'unreachable'));
    assert.match(error.message, /^Cannot list: nothing listens/);
  });

  it('rejects with the signal’s reason', async () => {
    await using server = await ApiServer.start();
    server.answer = () => {};
    const end = new AbortController();
    const asked = (await server.api()).text({ path: '/', signal: end.signal });
    setTimeout(() => end.abort(new Error('enough')), 50);
    await assert.rejects(asked, /enough/);
    const error = await asked.catch((cause: unknown) => kubeError(cause, 'Cannot list', end.signal));
    assert.ok(isBerthError(error, 'cancelled'));
  });

  it('gives up an answer that is larger than any should be', async () => {
    await using server = await ApiServer.start();
    const chunk = Buffer.alloc(1 << 20, ' ');
    server.answer = (_seen, response) => {
      const more = () => {
        while (response.write(chunk) && !response.destroyed);
      };
      response.on('drain', more).on('error', () => {});
      more();
    };
    await assert.rejects((await server.api()).text({ path: '/' }), /longer than/);
  });

  it('says that the answer is not Kubernetes’ where it is something else', async () => {
    await using server = await ApiServer.start();
    server.answer = (_seen, response) => void response.end('<html>welcome</html>');
    const error = await (await server.api())
      .request(Any, { path: '/' })
      .catch(cause => kubeError(cause, 'X'));
    assert.match(String(error), /not as Kubernetes gives it/);
  });
});

describe('lines', () => {
  it('come as they are sent, whole, however they are cut', async () => {
    await using server = await ApiServer.start();
    const long = 'x'.repeat(300_000);
    server.answer = async (_seen, response) => {
      const bytes = Buffer.from(`first\nsecö`);
      response.write(bytes.subarray(0, -1));
      await sleep(20);
      response.write(bytes.subarray(-1));
      response.write(`nd\n\n${long}`);
      await sleep(20);
      response.end('\nrest');
    };
    const lines = await Array.fromAsync((await server.api()).lines({ path: '/' }));
    assert.deepEqual(lines, ['first', 'secönd', '', long, 'rest']);
  });

  it('end with the signal, and the connection with them', async () => {
    await using server = await ApiServer.start();
    let isGone = false;
    server.answer = (_seen, response) => {
      response.write('one\n');
      response.on('close', () => {
        isGone = true;
      });
    };
    const end = new AbortController();
    const got: string[] = [];
    for await (const line of (await server.api()).lines({ path: '/', signal: end.signal })) {
      got.push(line);
      end.abort();
    }
    assert.deepEqual(got, ['one']);
    await sleep(50);
    assert.ok(isGone);
  });

  it('end the connection when the reader has enough', async () => {
    await using server = await ApiServer.start();
    let isGone = false;
    server.answer = (_seen, response) => {
      response.write('one\ntwo\n');
      response.on('close', () => {
        isGone = true;
      });
    };
    for await (const _line of (await server.api()).lines({ path: '/' })) break;
    await sleep(50);
    assert.ok(isGone);
  });

  it('reject when the connection breaks off', async () => {
    await using server = await ApiServer.start();
    server.answer = (_seen, response) => {
      response.write('one\n');
      setTimeout(() => server.cutAll(), 50);
    };
    await assert.rejects(Array.fromAsync((await server.api()).lines({ path: '/' })), isConnectionFailure);
  });
});

describe('TLS', () => {
  it('refuses a server that the kubeconfig’s CA has not signed, and says so', async () => {
    await using server = await ApiServer.start();
    const api = await server.api({}, { 'certificate-authority': 'client.pem' });
    const error = await api.text({ path: '/' }).catch(cause => kubeError(cause, 'Cannot list'));
    assert.match(String(error), /not signed by the CA/);
  });

  it('takes any certificate with insecure-skip-tls-verify, and tells so', async () => {
    await using server = await ApiServer.start();
    const insecure = { 'certificate-authority': undefined, 'insecure-skip-tls-verify': true };
    const api = await server.api({}, insecure);
    await api.text({ path: '/' });
    assert.ok(api.cluster.isUnverified);
  });

  it('looks for the name of tls-server-name', async () => {
    await using server = await ApiServer.start();
    await (await server.api({}, { 'tls-server-name': 'cluster.example' })).text({ path: '/' });
    const wrong = await server.api({}, { 'tls-server-name': 'other.example' });
    const error = await wrong.text({ path: '/' }).catch(cause => kubeError(cause, 'Cannot list'));
    assert.match(String(error), /made out to another name/);
  });

  it('shows the client certificate, out of files and out of the kubeconfig itself', async () => {
    await using server = await ApiServer.start();
    await (await server.api({ 'client-certificate': 'client.pem', 'client-key': 'client.key' })).text({
      path: '/',
    });
    const data = async (name: string) => (await readFile(server.path(name))).toString('base64');
    await (
      await server.api({
        'client-certificate-data': await data('client.pem'),
        'client-key-data': await data('client.key'),
      })
    ).text({ path: '/' });
    assert.deepEqual(
      server.seen.map(({ client }) => client),
      ['client', 'client'],
    );
  });
});

describe('a proxy', () => {
  it('is used where the kubeconfig names one, by CONNECT with its login', async () => {
    await using server = await ApiServer.start();
    const asked: string[] = [];
    const port = await tunnel(server, asked);
    const api = await server.api({}, { 'proxy-url': `http://me:p%40ss@127.0.0.1:${port}` });
    await api.text({ path: '/' });
    assert.match(asked[0] ?? '', new RegExp(`^CONNECT 127.0.0.1:${server.port} HTTP`));
    assert.match(asked[0] ?? '', new RegExp(Buffer.from('me:p@ss').toString('base64')));
  });

  it('is used where the environment names one (HTTPS_PROXY)', async () => {
    await using server = await ApiServer.start();
    const asked: string[] = [];
    const port = await tunnel(server, asked);
    const before = process.env.HTTPS_PROXY;
    process.env.HTTPS_PROXY = `http://127.0.0.1:${port}`;
    try {
      // No name of this machine's: those on loopback are never asked for through a proxy.
      const far = { server: 'https://api.cluster.test:6443', 'tls-server-name': '127.0.0.1' };
      const api = await server.api({ token: 'good' }, far);
      await api.text({ path: '/version' });
      assert.equal(server.seen.at(-1)?.url, '/version');
      assert.equal(server.seen.at(-1)?.headers.authorization, 'Bearer good');
      assert.match(asked[0] ?? '', /^CONNECT api\.cluster\.test:6443 HTTP/);
    } finally {
      if (before === undefined) delete process.env.HTTPS_PROXY;
      else process.env.HTTPS_PROXY = before;
    }
  });

  it('may speak SOCKS5', async () => {
    await using server = await ApiServer.start();
    const port = await proxy(server, socket => {
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', (request: Buffer) => {
          assert.equal(request.readUInt16BE(request.length - 2), server.port);
          socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
          join(socket, server.port);
        });
      });
    });
    await (await server.api({}, { 'proxy-url': `socks5://127.0.0.1:${port}` })).text({ path: '/' });
  });

  it('that refuses is named', async () => {
    await using server = await ApiServer.start();
    const port = await proxy(server, socket => {
      socket.once('data', () => socket.end('HTTP/1.1 407 Login first\r\ncontent-length: 0\r\n\r\n'));
    });
    const api = await server.api({}, { 'proxy-url': `http://me:secret@127.0.0.1:${port}` });
    const error = await api.text({ path: '/' }).catch(cause => kubeError(cause, 'Cannot list'));
    assert.match(String(error), /407 Login first.*proxy-url/);
    assert.doesNotMatch(causeChain(error).join(), /secret/);
  });
});

describe('a kubeconfig', () => {
  it('that changes on disk counts at the next request', async () => {
    await using server = await ApiServer.start();
    const api = await server.api({ token: 'old' });
    await api.text({ path: '/' });
    await server.kubeconfig({ token: 'new!' });
    await utimes(server.path('config'), new Date(), new Date(Date.now() + 5000));
    await api.text({ path: '/' });
    assert.deepEqual(
      server.seen.map(({ headers }) => headers.authorization),
      ['Bearer old', 'Bearer new!'],
    );
  });

  it('that is no YAML is named, and nothing of it is quoted', async () => {
    await using server = await ApiServer.start();
    await writeFile(server.path('broken'), 'users:\n- token: s3cret\n  x: [\n');
    await assert.rejects(loadContexts(server.path('broken')), error => {
      assert.match(String(error), /Cannot read the kubeconfig .*broken/);
      assert.doesNotMatch(causeChain(error).join(), /s3cret/);
      return true;
    });
  });

  it('of several files is one, in which the first to name a thing wins', async () => {
    await using server = await ApiServer.start();
    const first = await server.kubeconfig({ token: 'first' }, {}, 'first');
    const second = await server.kubeconfig({ token: 'second' }, {}, 'second');
    await writeFile(second, (await readFile(second, 'utf8')).replace('"name":"test"', '"name":"other"'));
    const before = process.env.KUBECONFIG;
    process.env.KUBECONFIG = `${first}:${server.path('missing')}:${second}`;
    try {
      const contexts = await loadContexts();
      assert.deepEqual(contexts.map(({ name, file, namespace }) => [name, file, namespace]).toSorted(), [
        ['other', second, 'ours'],
        ['test', first, 'ours'],
      ]);
      const access = await (await openCluster({ context: 'other' })).access();
      assert.equal(access.headers.authorization, 'Bearer first');
    } finally {
      if (before === undefined) delete process.env.KUBECONFIG;
      else process.env.KUBECONFIG = before;
    }
  });

  it('that is named and not there is said so', async () => {
    await using server = await ApiServer.start();
    await assert.rejects(loadContexts(server.path('missing')), { code: 'not-found' });
  });

  it('without the context, the cluster or the user says which is missing', async () => {
    await using server = await ApiServer.start();
    const kubeconfig = await server.kubeconfig({});
    await assert.rejects(openCluster({ kubeconfig, context: 'nobody' }), { code: 'not-found' });
    const text = await readFile(kubeconfig, 'utf8');
    await writeFile(kubeconfig, text.replace('"name":"c"', '"name":"other"'));
    await assert.rejects(openCluster({ kubeconfig, context: 'test' }), /“c”, which is not/);
  });

  it('gives its plain credentials at once, and leaves the others to the slow path', async () => {
    await using server = await ApiServer.start();
    const plain = async (user: object) => {
      const file = await server.kubeconfig(user);
      return plainCredentials([{ text: await readFile(file, 'utf8'), file }], 'test');
    };
    assert.equal((await plain({ token: 't' }))?.headers.authorization, 'Bearer t');
    assert.match(
      (await plain({ 'client-certificate': 'client.pem', 'client-key': 'client.key' }))?.tls.key ?? '',
      /PRIVATE KEY/,
    );
    assert.equal(await plain({ exec: { command: 'x', apiVersion: execVersion } }), undefined);
    assert.equal(await plain({ 'auth-provider': { name: 'oidc', config: {} } }), undefined);
    assert.equal(await plain({ 'client-certificate': 'gone', 'client-key': 'gone' }), undefined);
    assert.equal(plainCredentials([{ text: ': [', file: '/x' }], 'test'), undefined);
  });

  it('has no plain credentials where the first of several files has others, whatever stands in the second', async () => {
    await using server = await ApiServer.start();
    const files = await Promise.all(
      [{ exec: { command: 'x', apiVersion: execVersion } }, { token: 't' }].map(async (user, index) => {
        const file = await server.kubeconfig(user, {}, `config-${index}`);
        return { file, text: await readFile(file, 'utf8') };
      }),
    );
    assert.equal(plainCredentials(files, 'test'), undefined);
    assert.equal(plainCredentials(files.toReversed(), 'test')?.headers.authorization, 'Bearer t');
  });

  it('’s token file is read anew, as its writer renews it', async () => {
    await using server = await ApiServer.start();
    await writeFile(server.path('token'), 'one\n');
    const api = await server.api({ tokenFile: 'token' });
    await api.text({ path: '/' });
    await writeFile(server.path('token'), 'two\n');
    await api.text({ path: '/' });
    assert.deepEqual(
      server.seen.map(({ headers }) => headers.authorization),
      ['Bearer one', 'Bearer two'],
    );
  });
});

describe('a refused login', () => {
  it('that cannot be renewed names what to do, without the token', async () => {
    await using server = await ApiServer.start();
    server.answer = (_seen, response) => refuse(response, 401, 'Unauthorized');
    const api = await server.api({ token: 's3cret' });
    await assert.rejects(api.text({ path: '/' }), error => {
      assert.ok(isBerthError(error, 'unreachable'));
      assert.match(error.message, /kubectl --context test/);
      assert.doesNotMatch(causeChain(error).join(), /s3cret/);
      return true;
    });
    assert.equal(server.seen.length, 1);
  });

  it('is renewed once by its plugin, then told, and gone as soon as the server takes it again', async () => {
    await using server = await ApiServer.start();
    const command = await server.program(
      'aws',
      `n=$(cat count 2>/dev/null || echo 0); echo $((n + 1)) > count
printf '{"kind":"ExecCredential","apiVersion":"${execVersion}","status":{"token":"t%s"}}' "$n"`,
    );
    let good = 't1';
    server.answer = (seen, response) => {
      if (seen.headers.authorization === `Bearer ${good}`) json(response, 200, {});
      else refuse(response, 401, 'Unauthorized');
    };
    const api = await server.api({ exec: { command, apiVersion: execVersion, interactiveMode: 'Never' } });
    await api.text({ path: '/' });
    assert.deepEqual(
      server.seen.map(({ headers }) => headers.authorization),
      ['Bearer t0', 'Bearer t1'],
    );
    good = 'nobody';
    await assert.rejects(api.text({ path: '/' }), /does not accept your login.*aws sso login/);
    good = 't1';
    await api.text({ path: '/' });
    assert.equal((await readFile(server.path('count'), 'utf8')).trim(), '2', 'no plugin at every refusal');
  });
});

describe('a credential plugin', () => {
  const credential = (status: object) =>
    JSON.stringify({ kind: 'ExecCredential', apiVersion: execVersion, status });
  const withPlugin = async (server: ApiServer, text: string, more: object = {}) =>
    await server.api({
      exec: { command: await server.program('plugin', text), apiVersion: execVersion, ...more },
    });

  it('gets its arguments, its environment and what it must know of the cluster', async () => {
    await using server = await ApiServer.start();
    const api = await withPlugin(
      server,
      `printf '%s|%s|%s' "$1" "$MINE" "$KUBERNETES_EXEC_INFO" > told; echo '${credential({ token: 'x' })}'`,
      { args: ['--flag'], env: [{ name: 'MINE', value: 'yes' }], provideClusterInfo: true },
    );
    await api.text({ path: '/' });
    const [arg, mine, info = ''] = (await readFile(server.path('told'), 'utf8')).split('|');
    assert.deepEqual([arg, mine], ['--flag', 'yes']);
    const { spec, apiVersion } = JSON.parse(info);
    assert.deepEqual([apiVersion, spec.interactive, spec.cluster.server], [execVersion, false, server.url]);
  });

  it('runs once for many requests, and again when its token has expired', async () => {
    await using server = await ApiServer.start();
    const api = await withPlugin(
      server,
      `echo x >> runs; at=$(date -u -d '+11 seconds' +%Y-%m-%dT%H:%M:%SZ)
printf '{"kind":"ExecCredential","apiVersion":"${execVersion}","status":{"token":"x","expirationTimestamp":"%s"}}' "$at"`,
    );
    const runs = async () => (await readFile(server.path('runs'), 'utf8')).split('x').length - 1;
    await Promise.all([1, 2, 3].map(() => api.text({ path: '/' })));
    assert.equal(await runs(), 1);
    await sleep(1500);
    await api.text({ path: '/' });
    assert.equal(await runs(), 2);
  });

  it('may give a certificate', async () => {
    await using server = await ApiServer.start();
    const [clientCertificateData, clientKeyData] = await Promise.all(
      ['client.pem', 'client.key'].map(name => readFile(server.path(name), 'utf8')),
    );
    await writeFile(server.path('said'), credential({ clientCertificateData, clientKeyData }));
    await (await withPlugin(server, 'cat said')).text({ path: '/' });
    assert.equal(server.seen[0]?.client, 'client');
  });

  const failures: [string, string, RegExp, object?][] = [
    ['fails', 'echo "session has expired" >&2; exit 3', /session has expired/],
    ['fails without a word', 'exit 3', /exit code 3/],
    ['prints something else', 'echo half-a-tok3n', /not an ExecCredential/],
    ['prints no token', `echo '${credential({})}'`, /neither a token/],
    [
      'answers in another version',
      `echo '${credential({ token: 'x' }).replace('v1"', 'v9"')}'`,
      /another version/,
    ],
    ['wants to talk', 'true', /terminal only/, { interactiveMode: 'Always' }],
    [
      'is of an old version',
      'true',
      /not supported/,
      { apiVersion: 'client.authentication.k8s.io/v1alpha1' },
    ],
    [
      'is not there',
      'true',
      /not installed.*\n.*get it here/,
      { command: 'no-such-berth-plugin', installHint: 'get it here' },
    ],
  ];
  for (const [what, text, words, more] of failures) {
    it(`that ${what} is an error that shows it, not what it printed`, async () => {
      await using server = await ApiServer.start();
      const api = await withPlugin(server, text, more);
      await assert.rejects(api.text({ path: '/' }), error => {
        assert.ok(isBerthError(error, 'unreachable'));
        assert.match(error.message, words);
        assert.doesNotMatch(causeChain(error).join(), /half-a-tok3n/);
        return true;
      });
      assert.equal(server.seen.length, 0);
    });
  }
});

async function proxy(server: ApiServer, onSocket: (socket: Socket) => void): Promise<number> {
  const listener = createServer(socket => onSocket(socket.on('error', () => socket.destroy())));
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  server.later(() => listener.close());
  const address = listener.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A proxy that joins whoever asks for anything by CONNECT with the server; `asked` gets what was asked for. */
async function tunnel(server: ApiServer, asked: string[]): Promise<number> {
  return await proxy(server, socket => {
    socket.once('data', head => {
      asked.push(head.toString());
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      join(socket, server.port);
    });
  });
}

function join(near: Socket, port: number): void {
  const far = connect(port, '127.0.0.1');
  far.on('error', () => near.destroy());
  near.pipe(far).pipe(near);
}
