/** The way to a page with a certificate of its own, before a real TLS server with a password: who is let in, and as whom. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { TlsGateway } from '../../../src/ssh/tlsGateway.ts';
import { run } from '../../support/command.ts';
import { Scene } from '../targets/support/folder.ts';

describe('the way to a page with a certificate of its own', () => {
  const asked: IncomingMessage[] = [];
  let scene: Scene;
  let server: Server;
  let far = 0;
  let gateway: TlsGateway;
  before(async () => {
    scene = await Scene.make();
    // By nobody that anybody trusts, and for no address at all.
    const files = ['-keyout', 'own.key', '-out', 'own.pem', '-days', '2', '-subj', '/CN=desktop'];
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    await run('openssl', ['req', '-x509', ...newKey, ...files], { cwd: scene.folder });
    const [key, cert] = await Promise.all(['own.key', 'own.pem'].map(name => readFile(scene.path(name))));
    assert.ok(key && cert);
    server = createServer({ key, cert }, (from, to) => {
      asked.push(from);
      if (from.headers.authorization !== `Basic ${Buffer.from('kasm_user:hush').toString('base64')}`) {
        to.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('who?');
      } else if (from.url === '/moved') {
        to.writeHead(302, { location: `https://127.0.0.1:${far}/there`, 'set-cookie': ['a=b', 'c=d'] }).end();
      } else from.pipe(to.writeHead(200, { 'strict-transport-security': 'max-age=1' }));
    });
    // Says back what it hears.
    server.on('upgrade', (from, socket: Duplex, head) => {
      asked.push(from);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.write(head);
      socket.pipe(socket).on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    far = (server.address() as AddressInfo).port;
    gateway = await TlsGateway.start({ port: far, basic: { user: 'kasm_user', password: 'hush' } });
  });
  after(async () => {
    gateway?.[Symbol.dispose]();
    server?.closeAllConnections();
    server?.close();
    await scene?.[Symbol.asyncDispose]();
  });

  const here = (path: string) => new URL(path, gateway.entrance()).href;
  const ask = (path: string, options: RequestInit = {}) =>
    fetch(here(path), { redirect: 'manual', signal: AbortSignal.timeout(10_000), ...options });
  async function letIn(): Promise<string[]> {
    const entrance = gateway.entrance();
    const answer = await fetch(entrance, { redirect: 'manual' });
    assert.equal((await fetch(entrance, { redirect: 'manual' })).status, 403, 'it lets in one, once');
    assert.deepEqual([answer.status, answer.headers.get('location')], [302, './']);
    return answer.headers.getSetCookie();
  }

  it('lets nobody through who did not come by the entrance, and asks the workspace nothing', async () => {
    for (const cookie of ['', 'berth=1', `${(await letIn())[0]?.split('=')[0]}=wrong`]) {
      const { status } = await ask('/', { headers: { cookie } });
      assert.equal(status, 403, cookie);
    }
    assert.equal((await fetch(`${gateway.entrance()}x`, { redirect: 'manual' })).status, 403);
    const odd = request(here('/'), { path: '//' }).end();
    const [answer] = await once(odd, 'response');
    assert.equal(answer.resume().statusCode, 403, 'an address that is none');
    assert.deepEqual(asked, []);
  });

  it('signs in who came by the entrance, in a page of its own and in one of another’s', async () => {
    const cookies = await letIn();
    assert.match(cookies[0] ?? '', /; HttpOnly; SameSite=Lax$/);
    assert.match(cookies[1] ?? '', /; HttpOnly; SameSite=None; Secure; Partitioned$/);
    for (const given of cookies) {
      const own = given.split(';')[0] ?? '';
      // As when the address is loaded again.
      const again = await ask('/?berth-entrance=used', { headers: { cookie: own } });
      assert.deepEqual([again.status, again.headers.get('location')], [302, './']);
      const answer = await ask('/echo?a=1', {
        method: 'POST',
        body: 'said',
        headers: {
          cookie: `mine=1; ${own}; other=2`,
          origin: here('/').slice(0, -1),
          referer: gateway.entrance(),
        },
      });
      assert.deepEqual([answer.status, await answer.text()], [200, 'said']);
      assert.equal(answer.headers.get('strict-transport-security'), null);
      const { url, headers } = asked.at(-1) ?? { headers: {} };
      assert.equal(url, '/echo?a=1');
      assert.equal(headers.cookie, 'mine=1; other=2', 'what lets in here goes no further');
      assert.equal(headers.origin, `https://127.0.0.1:${far}`);
      assert.equal(headers.referer, undefined);
    }
  });

  it('takes nothing from a page of another port, to which the cookie goes too', async () => {
    const cookie = (await letIn())[0]?.split(';')[0] ?? '';
    const before = asked.length;
    for (const origin of ['http://127.0.0.1:1', 'http://localhost:1', 'null', 'http://']) {
      const { status } = await ask('/echo', { method: 'POST', body: 'x', headers: { cookie, origin } });
      assert.equal(status, 403, origin);
      const upgrade = { connection: 'Upgrade', upgrade: 'websocket', cookie, origin };
      const [refusal] = await once(request(here('/websockify'), { headers: upgrade }).end(), 'response');
      assert.equal(refusal.resume().statusCode, 403, origin);
    }
    assert.equal(asked.length, before);
    const origin = 'https://editor.example';
    const through = [
      { host: 'editor.example', origin, cookie },
      { 'x-forwarded-host': 'editor.example', origin, cookie },
    ];
    for (const headers of through) {
      const [answer] = await once(request(here('/echo'), { headers }).end(), 'response');
      assert.equal(answer.resume().statusCode, 200, 'an editor in a browser');
    }
  });

  it('keeps the page here where it is sent to itself', async () => {
    const cookie = (await letIn())[0]?.split(';')[0] ?? '';
    const answer = await ask('/moved', { headers: { cookie } });
    assert.equal(answer.headers.get('location'), '/there');
    assert.deepEqual(answer.headers.getSetCookie(), ['a=b', 'c=d']);
  });

  it('lets WebSockets through, in both directions, for whom it lets in', async () => {
    const cookie = (await letIn())[1]?.split(';')[0] ?? '';
    const open = (headers: Record<string, string>) => {
      const upgrade = { connection: 'Upgrade', upgrade: 'websocket', ...headers };
      const asking = request(here('/websockify'), { headers: upgrade });
      asking.end();
      return asking;
    };
    const stranger = open({});
    const [refusal] = await once(stranger, 'response');
    assert.equal(refusal.statusCode, 403);
    const [, socket] = await once(open({ cookie }), 'upgrade');
    socket.write('hello');
    const [heard] = await once(socket, 'data');
    assert.equal(String(heard), 'hello');
    assert.match(asked.at(-1)?.headers.authorization ?? '', /^Basic /);
    socket.destroy();
  });

  it('says whether it answers there, and says so in the page where it does not', async () => {
    assert.equal(await gateway.status('/'), 200);
    using other = await TlsGateway.start({ port: far });
    assert.equal(await other.status('/'), 401);
    using nothing = await TlsGateway.start({ port: 1 });
    assert.equal(await nothing.status('/'), undefined);
    const entrance = nothing.entrance();
    const { headers } = await fetch(entrance, { redirect: 'manual' });
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const answer = await fetch(entrance.replace(/\?.*/, ''), { headers: { cookie } });
    assert.equal(answer.status, 502);
  });
});
