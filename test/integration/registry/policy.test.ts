/** Policies from real servers: over TLS, with ETags, gone, slow, endless, broken, and sent elsewhere. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { placeOf } from '../../../src/policy/listedPlace.ts';
import { Policies } from '../../../src/policy/policies.ts';
import { PolicyStore } from '../../../src/policy/policyStore.ts';
import { Scene } from '../targets/support/folder.ts';
import { makeCertificates } from '../targets/support/tlsFront.ts';

const acme = JSON.stringify({ name: 'Acme', settings: { cpus: { max: 4 } } });

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('a policy at an address', () => {
  let scene: Scene;
  let answer: Handler = () => {};
  const handle: Handler = (request, response) => answer(request, response);
  let plain = 0;
  let secure = 0;

  before(async () => {
    scene = await Scene.make();
    await makeCertificates(scene);
    const [key, cert] = await Promise.all(
      ['server.key', 'server.pem'].map(name => readFile(scene.path(name))),
    );
    const servers = [createServer(handle), createSecureServer({ key, cert }, handle)];
    for (const server of servers) {
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      scene.later(() => {
        server.closeAllConnections();
        server.close();
      });
    }
    [plain = 0, secure = 0] = servers.map(server => (server.address() as AddressInfo).port);
  });
  after(() => scene[Symbol.asyncDispose]());

  let count = 0;
  function policies(
    address: string,
    folder = scene.path(`copies-${++count}`),
    caFiles: readonly string[] = [],
  ): Policies {
    const network = () => ({ env: {}, caFiles });
    return new Policies({
      places: () => [placeOf(address, network)],
      own: () => [],
      store: new PolicyStore(folder),
    });
  }
  const look = async (from: Policies) => {
    const held = await from.look(undefined);
    const [reading] = held.readings;
    return { ...held, reason: reading?.kind === 'broken' ? reading.reason : '' };
  };
  const good: Handler = (_, response) => response.end(acme);

  it('is read over plain HTTP from this machine alone', async () => {
    answer = good;
    const { bounds } = await look(policies(`http://127.0.0.1:${plain}/policy.json`));
    assert.equal(bounds.settings.cpus?.max?.value, 4);
    const elsewhere = await look(policies('http://acme.example/policy.json'));
    assert.match(elsewhere.reason, /only over TLS/);
  });

  it('is asked for with its ETag, and the last good copy counts where it is the same', async () => {
    const from = policies(`http://localhost:${plain}/policy.json`);
    answer = (_, response) => response.setHeader('etag', '"one"').end(acme);
    await look(from);
    answer = (request, response) => {
      response.statusCode = request.headers['if-none-match'] === '"one"' ? 304 : 500;
      response.end();
    };
    const { bounds, refusal } = await look(from);
    assert.equal(refusal, undefined);
    assert.equal(bounds.settings.cpus?.max?.by, 'Acme');
  });

  it('is read over TLS, with a CA of its own', async () => {
    answer = good;
    const address = `https://localhost:${secure}/policy.json`;
    const from = policies(address, scene.path('secure'), [scene.path('ca.pem')]);
    assert.equal((await look(from)).bounds.settings.cpus?.max?.value, 4);
    answer = (_, response) => {
      response.writeHead(302, { location: `http://localhost:${plain}/policy.json` }).end();
    };
    assert.match((await look(from)).reason, /away from TLS/);
  });

  it('whose certificate nobody knows is not read, and says so', async () => {
    answer = good;
    const { reason, refusal } = await look(policies(`https://localhost:${secure}/policy.json`));
    assert.match(reason, /certificate of localhost:\d+ is not trusted/);
    assert.equal(refusal, undefined, 'it was never seen');
  });

  it('closes everything for any fault once it was seen, and keeps its last good copy', async () => {
    const faults: [name: string, handler: Handler, reason: RegExp][] = [
      ['gone', (_, response) => response.writeHead(404).end(), /HTTP 404/],
      ['a server in trouble', (_, response) => response.writeHead(503).end(), /HTTP 503/],
      ['a front page', (_, response) => response.end('<html>Please log in</html>'), /not JSON/],
      ['another document', (_, response) => response.end('{"hello": 1}'), /not as a policy has to be/],
      [
        'cut in the middle',
        (_, response) => {
          response.writeHead(200, { 'content-length': '1000' });
          response.write('{"name": "A');
          response.destroy();
        },
        /./,
      ],
      [
        'without end',
        (_, response) => {
          const more = () => {
            while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x')));
            response.once('drain', more);
          };
          more();
        },
        /larger than \d+ bytes/,
      ],
      ['without an answer', () => {}, /did not answer within/],
      [
        'elsewhere without TLS',
        (_, response) => {
          response.writeHead(302, { location: `http://acme.invalid/policy.json` }).end();
        },
        /./,
      ],
      [
        'in circles',
        (request, response) => {
          response.writeHead(302, { location: request.url }).end();
        },
        /without end/,
      ],
    ];
    const folder = scene.path('seen');
    const address = `http://127.0.0.1:${plain}/policy.json`;
    answer = good;
    await look(policies(address, folder));
    for (const [name, handler, reason] of faults) {
      answer = handler;
      const held = await look(policies(address, folder));
      assert.match(held.reason, reason, name);
      assert.match(held.refusal?.message ?? '', /was there and cannot be read now/, name);
      assert.equal(held.bounds.settings.cpus?.max?.value, 4, name);
    }
    answer = good;
    assert.equal((await look(policies(address, folder))).refusal, undefined);
  });
});
