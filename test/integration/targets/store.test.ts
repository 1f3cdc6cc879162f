/** The shared list of targets under several processes, kills, and files that cannot be read. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Found } from '../../../src/engine/docker/discover.ts';
import { parseEndpoint } from '../../../src/engine/docker/endpoint.ts';
import { TargetStore } from '../../../src/engine/targets.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { TargetId } from '../../../src/workspace/name.ts';
import { Background, eventually, run } from '../../support/command.ts';
import { Scene } from './support/folder.ts';

const writer = fileURLToPath(new URL('./support/storeWriter.ts', import.meta.url));
const found = (name: string, address: string): Found => ({
  name,
  title: name,
  endpoint: parseEndpoint(address),
  origin: 'test',
  identity: address,
});

let scene: Scene;
let folders = 0;
const folder = () => scene.path(`ssh/berth-${folders++}`);
before(async () => {
  scene = await Scene.make();
});
after(() => scene[Symbol.asyncDispose]());

describe('TargetStore', () => {
  it('is empty where there is no file, and makes its folder for nobody else', async () => {
    const at = folder();
    const store = new TargetStore(at);
    assert.deepEqual(await store.read(), { version: 1, targets: [], dismissed: [] });
    await store.add({ endpoint: parseEndpoint('ssh://me@box'), title: ' The box ' });
    assert.equal((await stat(at)).mode & 0o777, 0o700);
    assert.equal((await stat(store.file)).mode & 0o777, 0o600);
    const [target] = (await store.read()).targets;
    assert.deepEqual(target, {
      kind: 'docker',
      id: 'box',
      title: 'The box',
      endpoint: { type: 'ssh', host: 'box', user: 'me' },
      origin: 'by hand',
    });
  });

  it('refuses an address that is there already, and one that is none', async () => {
    const store = new TargetStore(folder());
    await store.add({ endpoint: parseEndpoint('tcp://box:2375') });
    await assert.rejects(
      store.add({ endpoint: parseEndpoint('tcp://box') }),
      error => isBerthError(error, 'conflict') && error.message.includes('“box”'),
    );
    for (const endpoint of [
      { type: 'ssh', host: '-oProxyCommand=x' },
      { type: 'kubernetes', context: 'kind', namespace: 'Not One' },
    ] as const)
      await assert.rejects(store.add({ endpoint }), error => isBerthError(error, 'invalid'));
    assert.equal((await store.read()).targets.length, 1);
  });

  it('keeps ids and titles when the same is found again, and writes only news', async () => {
    const store = new TargetStore(folder());
    await store.merge([found('local', 'unix:///no/docker.sock'), found('box', 'ssh://box')]);
    await store.rename(TargetId.parse('box'), 'My box');
    const before = await stat(store.file);
    const again = await store.merge([found('other', 'ssh://box'), found('local', 'unix:///no/docker.sock')]);
    assert.deepEqual(
      again.targets.map(({ id, title }) => [id, title]),
      [
        ['local', 'local'],
        ['box', 'My box'],
      ],
    );
    assert.equal((await stat(store.file)).ino, before.ino, 'the file was written though nothing was new');
    const more = await store.merge([found('box', 'ssh://another')]);
    assert.equal(more.targets.at(-1)?.id, 'box-2');
  });

  it('does not add again what a person removed, unless by hand', async () => {
    const store = new TargetStore(folder());
    const there = [found('box', 'ssh://box')];
    await store.merge(there);
    await store.remove(TargetId.parse('box'));
    assert.deepEqual((await store.merge(there)).targets, []);
    await store.add({ endpoint: parseEndpoint('ssh://box') });
    await store.remove(TargetId.parse('box'));
    assert.deepEqual((await store.merge(there)).targets, []);
    await store.add({ endpoint: parseEndpoint('ssh://box') });
    assert.equal((await store.read()).dismissed.length, 0);
    assert.equal((await store.merge(there)).targets.length, 1);
  });

  it('takes two ways to one socket for one target', async () => {
    const at = folder();
    await mkdir(`${at}/real`, { recursive: true });
    await symlink(`${at}/real`, `${at}/link`);
    const store = new TargetStore(at);
    await store.add({ endpoint: parseEndpoint(`unix://${at}/real/d.sock`) });
    await assert.rejects(store.add({ endpoint: parseEndpoint(`unix://${at}/link/d.sock`) }), error =>
      isBerthError(error, 'conflict'),
    );
  });

  it('takes a namespace of a cluster as it takes an engine, each once', async () => {
    const store = new TargetStore(folder());
    const endpoint = { type: 'kubernetes', context: 'kind-dev', namespace: 'team-a' } as const;
    await store.add({ endpoint: parseEndpoint('ssh://kind-dev') });
    const added = await store.add({ endpoint });
    assert.deepEqual(added, {
      kind: 'kubernetes',
      id: 'kind-dev-2',
      title: 'kind-dev / team-a',
      endpoint,
      origin: 'by hand',
    });
    await assert.rejects(
      store.add({ endpoint, title: 'Another' }),
      error => isBerthError(error, 'conflict') && error.message.includes('“kind-dev / team-a”'),
    );
    // Another namespace, and the same names in another kubeconfig, are other places.
    const other = await store.add({ endpoint: { ...endpoint, namespace: 'team-b' }, title: 'B' });
    const elsewhere = await store.add({ endpoint: { ...endpoint, kubeconfig: '/k/config' } });
    const inside = await store.add({ endpoint: { type: 'kubernetes', namespace: 'default' } });
    assert.deepEqual([other.id, elsewhere.id, inside.id], ['kind-dev-3', 'kind-dev-4', 'in-cluster']);
    assert.deepEqual((await new TargetStore(dirname(store.file)).read()).targets.length, 5);
    await store.remove(added.id);
    await store.add({ endpoint });
    assert.deepEqual((await store.read()).dismissed, []);
  });

  it('refuses titles and ids that cannot be', async () => {
    const store = new TargetStore(folder());
    await store.add({ endpoint: parseEndpoint('ssh://box') });
    await assert.rejects(store.rename(TargetId.parse('box'), ' '), error => isBerthError(error, 'invalid'));
    await assert.rejects(store.rename(TargetId.parse('none'), 'x'), error =>
      isBerthError(error, 'not-found'),
    );
  });

  it('loses nothing when two processes write 100 times each', async () => {
    const at = folder();
    const results = await Promise.all(
      ['a', 'b'].map(prefix => run(process.execPath, [writer, at, prefix, '100'], { timeoutMs: 120_000 })),
    );
    assert.ok(results.every(({ stdout }) => stdout.endsWith('99\n')));
    const { targets } = await new TargetStore(at).read();
    assert.equal(targets.length, 200);
    assert.equal(new Set(targets.map(({ id }) => id)).size, 200);
    assert.deepEqual(
      (await readdir(at)).filter(name => name.endsWith('.tmp')),
      [],
    );
  });

  it('is whole after any kill, and the next writer does not wait for the dead one', async () => {
    const at = folder();
    const store = new TargetStore(at);
    for (let round = 0; round < 8; round++) {
      const victim = new Background(process.execPath, [writer, at, `r${round}`, '100000']);
      await victim.until(() => victim.output.split('\n').length > 2, 'it wrote', 30_000);
      await sleep(Math.random() * 40);
      victim.child.kill('SIGKILL');
      await victim.ended(5000);
      const written = victim.output.split('\n').length - 1;
      const begin = performance.now();
      await store.add({ endpoint: parseEndpoint(`ssh://after-${round}`) });
      assert.ok(
        performance.now() - begin < 20_000,
        `waited ${performance.now() - begin} ms for a dead process`,
      );
      const mine = (await store.read()).targets.filter(({ id }) => id.startsWith(`r${round}-`)).length;
      assert.ok(mine === written || mine === written + 1, `${written} were confirmed, ${mine} are there`);
    }
  });

  for (const [what, text, code] of [
    ['half a file', '{"version":1,"tar', 'invalid'],
    ['an empty file', '', 'invalid'],
    ['a newer file', '{"version":7,"targets":{}}', 'unsupported'],
  ] as const) {
    it(`leaves ${what} as it is and says so`, async () => {
      const store = new TargetStore(folder());
      await mkdir(dirname(store.file), { recursive: true });
      await writeFile(store.file, text);
      const attempts = [
        () => store.read(),
        () => store.add({ endpoint: parseEndpoint('ssh://box') }),
        () => store.merge([found('box', 'ssh://box')]),
        () => store.remove(TargetId.parse('box')),
      ];
      for (const attempt of attempts) await assert.rejects(attempt(), error => isBerthError(error, code));
      assert.equal(await readFile(store.file, 'utf8'), text);
    });
  }

  it('writes through a link', async () => {
    const store = new TargetStore(folder());
    await mkdir(dirname(store.file), { recursive: true });
    const real = scene.path('elsewhere.json');
    await symlink(real, store.file);
    await store.add({ endpoint: parseEndpoint('ssh://box') });
    assert.equal(JSON.parse(await readFile(real, 'utf8')).targets.length, 1);
  });

  it('tells of changes that another process makes, until it is disposed', async () => {
    const at = folder();
    const store = new TargetStore(at);
    let changes = 0;
    const watch = store.onChange(() => changes++);
    await eventually(
      () =>
        readdir(at).then(
          () => true,
          () => false,
        ),
      'the folder is there',
    );
    await sleep(100);
    await run(process.execPath, [writer, at, 'x', '1']);
    await eventually(() => changes > 0, 'the change was told', 2000);
    watch[Symbol.dispose]();
    const before = changes;
    await store.add({ endpoint: parseEndpoint('ssh://later') });
    await sleep(200);
    assert.equal(changes, before);
  });
});
