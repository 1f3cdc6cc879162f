import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { fetchTemplate } from '../../../src/image/templateFetch.ts';

/** By path. */
const answers: Readonly<Record<string, (response: ServerResponse, elsewhere: string) => void>> = {
  '/good.json': response => response.end('{"name":"Far","settings":{"cpus":3,"x":1}}'),
  '/page': response => response.end('<!doctype html>'),
  '/moved': response => response.writeHead(302, { location: '/good.json' }).end(),
  '/away': (response, elsewhere) => response.writeHead(302, { location: `${elsewhere}/good.json` }).end(),
  '/large': response => response.end(`{"name":"${'a'.repeat(2_000_000)}"}`),
  '/locked': response => response.writeHead(403).end(),
};

describe('a template that is fetched', () => {
  const asked: string[] = [];
  const servers = ['here', 'elsewhere'].map(name =>
    createServer((request, response) => {
      asked.push(`${name} ${request.url}`);
      const answer = answers[request.url ?? ''];
      if (answer) answer(response, addressOf(1));
      else response.writeHead(404).end();
    }),
  );
  const addressOf = (index: number) => {
    const address = servers[index]?.address();
    assert.ok(address && typeof address === 'object');
    return `http://127.0.0.1:${address.port}`;
  };
  before(async () => {
    for (const server of servers) await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  });
  const fetch = (path: string, signal = new AbortController().signal) =>
    fetchTemplate(new URL(path, addressOf(0)), {}, signal);

  for (const path of ['/good.json', '/moved']) {
    it(`is read from ${path}`, async () => {
      const { template, notUsed } = await fetch(path);
      assert.deepEqual(template, { name: 'Far', description: '', settings: { cpus: 3 } });
      assert.deepEqual(notUsed, ['settings.x is not known']);
    });
  }

  it('comes from no host but the one that was agreed to', async () => {
    await assert.rejects(fetch('/away'), { name: 'BerthError', message: /sends us to another host, 127/ });
    assert.deepEqual(
      asked.filter(line => line.startsWith('elsewhere')),
      [],
    );
  });

  const refused: readonly (readonly [string, RegExp, string])[] = [
    ['/page', /Cannot read http.*not JSON/, 'invalid'],
    ['/large', /larger than 1048576 bytes/, 'invalid'],
    ['/locked', /HTTP 403/, 'failed'],
    ['/none', /HTTP 404/, 'not-found'],
  ];
  for (const [path, message, code] of refused) {
    it(`is refused from ${path}`, async () => {
      await assert.rejects(fetch(path), { name: 'BerthError', code, message });
    });
  }

  it('is given up', async () => {
    await assert.rejects(fetch('/good.json', AbortSignal.abort()), { code: 'cancelled' });
  });
});
