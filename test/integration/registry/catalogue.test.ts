/** Catalogues from real servers: good, gone, slow, endless and broken; from disk; and from the last good copy. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { channelNote, channelOffers } from '../../../src/image/catalogue/channels.ts';
import { CatalogueReader, type ReaderOptions } from '../../../src/image/catalogue/reader.ts';
import { type ErrorCode, isBerthError } from '../../../src/workspace/error.ts';
import { Scene } from '../targets/support/folder.ts';

let scene: Scene;
before(async () => {
  scene = await Scene.make();
});
after(() => scene[Symbol.asyncDispose]());

const { signal } = new AbortController();
const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(40)]);
const entry = {
  friendly_name: 'Tool',
  description: '',
  image_src: 'tool.png',
  architecture: ['amd64'],
  compatibility: [{ version: '1.18.x', image: 'acme/tool:1', available_tags: [] }],
};
const listNamed = (name: string) => JSON.stringify({ name, icon: 'icons/own.svg', workspaces: [entry] });

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of files by path; `hits` counts what was asked for. */
async function serve(files: Record<string, string | Buffer | Handler>) {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? '');
    const found = files[request.url ?? ''];
    if (typeof found === 'function') found(request, response);
    else if (found === undefined) response.writeHead(404).end('nothing here');
    else response.end(found);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  };
  scene.later(close);
  return { hits, files, close, root: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

let folders = 0;
function reader(options: Partial<ReaderOptions> = {}): CatalogueReader {
  const made = new CatalogueReader({
    folder: join(scene.folder, `copies ${folders++}`),
    network: { env: {}, limits: { answerMs: 400, totalMs: 800, patienceMs: 200 } },
    ...options,
  });
  scene.later(() => made[Symbol.dispose]());
  return made;
}

async function refused(action: Promise<unknown>, code: ErrorCode, words: RegExp): Promise<void> {
  await assert.rejects(action, (error: unknown) => {
    assert.ok(isBerthError(error), String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  });
}

describe('a catalogue on the web', () => {
  it('is found by its root: schema 1.1 first, then 1.0', async () => {
    const newer = await serve({ '/c/1.1/list.json': listNamed('1.1'), '/c/1.0/list.json': listNamed('1.0') });
    for (const address of [
      `${newer.root}/c`,
      `${newer.root}/c/`,
      `${newer.root}/c/index.html`,
      `${newer.root}/c/1.0/`,
    ]) {
      assert.equal((await reader().read(address, {}, signal)).catalogue.name, '1.1', address);
    }
    const older = await serve({ '/1.0/list.json': listNamed('1.0') });
    const copy = await reader().read(older.root, {}, signal);
    assert.deepEqual([copy.catalogue.name, copy.list], ['1.0', `${older.root}/1.0/list.json`]);
  });

  it('is found by the address of its list', async () => {
    const { root } = await serve({ '/my.json?v=1': listNamed('mine') });
    assert.equal((await reader().read(`${root}/my.json?v=1#top`, {}, signal)).catalogue.name, 'mine');
  });

  it('is not taken from a front page that a server answers with to everything', async () => {
    const { root } = await serve({
      '/1.1/list.json': '<!DOCTYPE html><title>Hello</title>',
      '/1.0/list.json': listNamed('1.0'),
    });
    assert.equal((await reader().read(root, {}, signal)).catalogue.name, '1.0');
  });

  it('is read anew only where it has changed, and asked for only where the copy is no longer fresh', async () => {
    let name = 'one';
    let sent = 0;
    const { root, hits } = await serve({
      '/1.1/list.json': (request, response) => {
        const etag = `"${name}"`;
        if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
        else {
          sent++;
          response.writeHead(200, { etag }).end(listNamed(name));
        }
      },
    });
    let now = 1_000_000;
    const folder = join(scene.folder, 'etag');
    const first = reader({ folder, now: () => now });
    const copy = await first.read(root, {}, signal);
    now += 5_000;
    const again = await reader({ folder, now: () => now }).read(root, {}, signal);
    assert.deepEqual([sent, again.catalogue.name, again.checkedAt], [1, 'one', 1_005_000]);
    assert.equal((await first.read(root, {}, signal)).catalogue, copy.catalogue, 'not even parsed again');
    const asked = hits.length;
    await first.read(root, { freshMs: 60_000 }, signal);
    assert.equal(hits.length, asked);
    name = 'two';
    assert.equal((await first.read(root, {}, signal)).catalogue.name, 'two');
    assert.equal(sent, 2);
  });

  it('says by its versions.json for which releases it is, and is whole without one', async () => {
    const listed = JSON.stringify({
      name: 'c',
      channels: ['old', 'develop', '1.18.0'],
      default_channel: 'develop',
      workspaces: [
        {
          ...entry,
          compatibility: [
            { version: '1.16.x', image: 'acme/tool:16', available_tags: ['old'] },
            { version: '1.18.x', image: 'acme/tool:18', available_tags: ['develop', '1.18.0'] },
          ],
        },
      ],
    });
    const server = await serve({ '/1.1/list.json': listed, '/1.0/list.json': listed });
    const folder = join(scene.folder, 'versions');
    const offers = async (address = server.root) => {
      const copy = await reader({ folder }).read(address, {}, signal);
      return channelOffers(copy).map(offer => [offer.channel, channelNote(offer)]);
    };
    const all = [
      ['old', '1.16.x'],
      ['develop', '1.18.x'],
      ['1.18.0', '1.18.x'],
    ];
    assert.deepEqual(await offers(), all);
    assert.ok(server.hits.includes('/1.1/versions.json'));
    server.files['/1.1/versions.json'] = '{"versions":["1.18.x"]}';
    const listedFirst = [...all.slice(1), ['old', '1.16.x, not listed any more']];
    assert.deepEqual(await offers(), listedFirst);

    server.files['/1.1/versions.json'] = (_, response) => response.destroy();
    assert.deepEqual(await offers(), listedFirst, 'what cannot be had now is what it was');
    server.files['/1.1/versions.json'] = (_, response) => response.writeHead(503).end('later');
    assert.deepEqual(await offers(), listedFirst, 'nor is a server that fails one that has none');
    server.files['/1.1/versions.json'] = '{"versions":"1.18.x"}';
    const copy = await reader({ folder }).read(server.root, {}, signal);
    assert.match(copy.catalogue.problems.at(-1)?.message ?? '', /versions\.json/);
    assert.deepEqual([copy.versions, copy.catalogue.entries.length], [undefined, 1]);

    server.hits.length = 0;
    assert.deepEqual(await offers(`${server.root}/1.0/list.json`), all);
    assert.ok(!server.hits.some(url => url.endsWith('versions.json')), 'schema 1.0 has none');

    server.files['/1.1/versions.json'] = '{"versions":["1.18.x"]}';
    assert.deepEqual(await offers(), listedFirst);
    await server.close();
    assert.deepEqual(await offers(), listedFirst, 'and without a network');
  });

  it('is there without a network: the last good copy, its age, and why', async () => {
    const server = await serve({ '/1.1/list.json': listNamed('kept') });
    const folder = join(scene.folder, 'offline');
    await reader({ folder, now: () => 1_000 }).read(server.root, {}, signal);
    await server.close();
    const copy = await reader({ folder, now: () => 9_000 }).read(server.root, {}, signal);
    assert.deepEqual(
      [copy.catalogue.name, copy.checkedAt, copy.problem?.code],
      ['kept', 1_000, 'unreachable'],
    );
    const other = reader({ folder });
    await other.forget(server.root);
    await refused(other.read(server.root, {}, signal), 'unreachable', /Cannot read the catalogue/);
  });

  it('stays as it was where what is there now is none', async () => {
    const server = await serve({ '/1.1/list.json': listNamed('kept') });
    const reading = reader();
    await reading.read(server.root, {}, signal);
    server.files['/1.1/list.json'] = '{"workspaces":';
    const copy = await reading.read(server.root, {}, signal);
    assert.equal(copy.catalogue.name, 'kept');
    assert.match(copy.problem?.message ?? '', /not JSON/);
  });

  const bad: readonly [string, Handler, ErrorCode, RegExp][] = [
    ['never answers', () => undefined, 'unreachable', /did not answer within/],
    [
      'never comes to its end',
      (_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(Buffer.alloc(1024, ' ')), 5);
        response.on('close', () => clearInterval(timer));
      },
      'unreachable',
      /did not answer within/,
    ],
    [
      'is larger than it may be',
      (_, response) => {
        response.writeHead(200);
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(4 * 1024 * 1024, ' ')));
          response.once('drain', more);
        };
        more();
      },
      'invalid',
      /larger than/,
    ],
    [
      'says that it is larger',
      (_, response) => response.writeHead(200, { 'content-length': String(1e9) }).write(' '),
      'invalid',
      /larger than/,
    ],
    [
      'is cut in the middle',
      (_, response) =>
        response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
      'unreachable',
      /cut the connection/,
    ],
    [
      'sends us in circles',
      (request, response) => response.writeHead(302, { location: request.url ?? '' }).end(),
      'failed',
      /without end/,
    ],
    [
      'sends us to a file',
      (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      'failed',
      /address that is none/,
    ],
    ['is not there', (_, response) => response.writeHead(404).end(), 'not-found', /HTTP 404/],
    ['is broken', (_, response) => response.writeHead(500).end(), 'failed', /HTTP 500/],
    ['is something else', (_, response) => response.end('[]'), 'invalid', /no list of workspaces/],
  ];
  for (const [what, handler, code, words] of bad) {
    it(`is refused in words where it ${what}`, async () => {
      const { root } = await serve({ '/list.json': handler });
      const begin = performance.now();
      await refused(reader().read(`${root}/list.json`, {}, signal), code, words);
      assert.ok(performance.now() - begin < 30_000);
    });
  }

  it('is followed to another host, and over the ending of the call', async () => {
    const there = await serve({ '/moved.json': listNamed('moved') });
    const here = await serve({
      '/list.json': (_, response) => response.writeHead(301, { location: `${there.root}/moved.json` }).end(),
    });
    assert.equal((await reader().read(`${here.root}/list.json`, {}, signal)).catalogue.name, 'moved');
    const slow = await serve({ '/list.json': () => undefined });
    await refused(
      reader().read(`${slow.root}/list.json`, {}, AbortSignal.timeout(50)),
      'cancelled',
      /cancelled/,
    );
  });

  for (const address of [
    '',
    'acme',
    'ftp://acme.org/',
    'https://me:hush@acme.org/',
    'javascript:alert(1)',
    'file://other/x',
  ]) {
    it(`is refused with the address ${JSON.stringify(address)}`, async () => {
      await refused(reader().read(address, {}, signal), 'invalid', /is not the address of a catalogue/);
      await assert.rejects(
        reader().read(address, {}, signal),
        (error: Error) => !error.message.includes('hush'),
      );
    });
  }
});

describe('icons', () => {
  const svg =
    '<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

  it('are told by their bytes, kept, and there without a network', async () => {
    const server = await serve({
      '/1.1/list.json': listNamed('a'),
      '/1.1/icons/tool.png': png,
      '/1.1/icons/own.svg': svg,
    });
    const folder = join(scene.folder, 'icons');
    const reading = reader({ folder });
    const copy = await reading.read(server.root, {}, signal);
    const [tool] = copy.catalogue.entries;
    assert.deepEqual(await reading.icon(copy, tool, signal), { type: 'image/png', bytes: png });
    assert.equal((await reading.icon(copy, undefined, signal))?.type, 'image/svg+xml');
    await server.close();
    const offline = await reader({ folder }).icon(copy, tool, signal);
    assert.equal(offline?.type, 'image/png');
  });

  const none: readonly [string, string | Buffer | Handler | undefined][] = [
    ['are missing', undefined],
    ['are pages', '<html><svg></svg></html>'],
    ['are too large', Buffer.concat([png, Buffer.alloc(1024 * 1024)])],
    ['are slow', () => undefined],
    ['are empty', ''],
  ];
  for (const [what, file] of none) {
    it(`are done without where they ${what}`, async () => {
      const server = await serve({
        '/1.1/list.json': listNamed('a'),
        ...(file !== undefined && { '/1.1/icons/tool.png': file }),
      });
      const reading = reader();
      const copy = await reading.read(server.root, {}, signal);
      assert.equal(await reading.icon(copy, copy.catalogue.entries[0], signal), undefined);
    });
  }

  it('are never looked for outside their folder', async () => {
    const server = await serve({ '/1.1/list.json': listNamed('a'), '/secret.png': png });
    const reading = reader();
    const copy = await reading.read(server.root, {}, signal);
    for (const icon of ['../../secret.png', '..\\secret.png', '/../../secret.png', '..']) {
      assert.equal(await reading.icon(copy, { icon }, signal), undefined, icon);
    }
    assert.ok(!server.hits.includes('/secret.png'));
  });
});

describe('a catalogue on disk', () => {
  it('is a folder, an address of one, a file, or built in', async () => {
    const folder = join(scene.folder, 'my catalogue');
    await mkdir(join(folder, '1.1', 'icons'), { recursive: true });
    await writeFile(join(folder, '1.1', 'list.json'), listNamed('on disk'));
    await writeFile(join(folder, '1.1', 'versions.json'), '{"versions":["1.18.x"]}');
    await writeFile(join(folder, '1.1', 'icons', 'tool.png'), png);
    await writeFile(join(folder, 'secret.svg'), '<svg/>');
    const reading = reader({ builtIn: new Map([['berth:starter', folder]]) });
    for (const address of [
      folder,
      pathToFileURL(folder).href,
      join(folder, '1.1', 'list.json'),
      'berth:starter',
    ]) {
      const copy = await reading.read(address, {}, signal);
      assert.equal(copy.catalogue.name, 'on disk');
      assert.deepEqual(copy.versions, ['1.18.x']);
      assert.equal((await reading.icon(copy, copy.catalogue.entries[0], signal))?.type, 'image/png');
      const outside = {
        ...copy,
        catalogue: { ...copy.catalogue, icon: pathToFileURL('/etc/hostname').href },
      };
      assert.equal(await reading.icon(outside, undefined, signal), undefined);
    }
    await rm(join(folder, '1.1', 'list.json'));
    await refused(reading.read(folder, {}, signal), 'not-found', /there is no list\.json/);
  });
});
