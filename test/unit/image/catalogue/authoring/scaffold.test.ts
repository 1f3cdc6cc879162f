import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildCatalogue } from '../../../../../src/image/catalogue/authoring/build.ts';
import { checkSource } from '../../../../../src/image/catalogue/authoring/check.ts';
import { writeBuilt } from '../../../../../src/image/catalogue/authoring/publish.ts';
import {
  isEntryName,
  newCatalogue,
  newEntry,
} from '../../../../../src/image/catalogue/authoring/scaffold.ts';
import { CatalogueServer } from '../../../../../src/image/catalogue/authoring/server.ts';
import { readSource } from '../../../../../src/image/catalogue/authoring/source.ts';
import { parseCatalogue } from '../../../../../src/image/catalogue/catalogue.ts';
import { run } from '../../../../support/command.ts';
import { projectRoot } from '../../../../support/vsix.ts';

describe('a catalogue that was begun', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'berth-begun-'));
    const entry = newEntry('R & co (2)', {
      description: 'R',
      image: 'rocker/rstudio:4',
      tags: [],
      sizeMB: 1,
    });
    for (const [path, content] of [...newCatalogue({ name: 'Acme', description: '' }), ...entry]) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('has nothing wrong with it, and is built and read as it is', async () => {
    const source = await readSource(root);
    assert.deepEqual(checkSource(source).problems, new Map());
    const folder = await writeBuilt(root, buildCatalogue(source));
    const { entries, problems } = parseCatalogue(await readFile(join(folder, '1.1', 'list.json'), 'utf8'));
    assert.deepEqual(problems, []);
    assert.deepEqual(
      entries.map(({ name, releases: [{ image }] }) => [name, image]),
      [
        ['Python', 'mcr.microsoft.com/devcontainers/python:3.12'],
        ['R & co (2)', 'docker.io/rocker/rstudio:4'],
      ],
    );
  });

  it('is built anew without what is no longer in it', async () => {
    const source = await readSource(root);
    const folder = await writeBuilt(root, buildCatalogue(source));
    await rm(join(root, 'workspaces', 'R & co (2)'), { recursive: true });
    await writeBuilt(root, buildCatalogue(await readSource(root)));
    assert.deepEqual(await readdir(join(folder, '1.1', 'icons')), ['python.png']);
  });

  it('takes along the templates beside it; one that is wrong keeps it from being built', async () => {
    const file = join(root, 'templates', 'r.json');
    await mkdir(join(root, 'templates'));
    await writeFile(file, '{ "name": "R", "settings": { "cpus": 4 } } // ours');
    const { templates, problems } = await readSource(root);
    assert.deepEqual(
      [templates, problems.size],
      [[{ name: 'R', description: '', settings: { cpus: 4 } }], 0],
    );
    await writeFile(file, '{ "name": "R", "settings": { "cpus": "many", "colour": 1 } }');
    assert.throws(buildCatalogue.bind(undefined, await readSource(root)), /templates\/r\.json/);
    await rm(join(root, 'templates'), { recursive: true });
  });

  it('is built into no folder that is somebody else’s', async () => {
    const files = buildCatalogue(await readSource(root));
    await mkdir(join(root, 'public'));
    await writeFile(join(root, 'public', 'mine.txt'), 'kept');
    await assert.rejects(writeBuilt(root, files), { code: 'conflict' });
    assert.deepEqual(await readdir(join(root, 'public')), ['mine.txt']);
    await rm(join(root, 'public'), { recursive: true });
    await symlink(tmpdir(), join(root, 'public'));
    await assert.rejects(writeBuilt(root, files), { code: 'conflict' });
  });

  it('is built without an editor, too, and fails with words', async () => {
    const cli = join(projectRoot, 'src', 'image', 'catalogue', 'authoring', 'cli.ts');
    const build = () => run(process.execPath, [cli, root], { mayFail: true, timeoutMs: 20_000 });
    const good = await build();
    assert.deepEqual([good.code, good.stdout.trim()], [0, join(root, 'public')]);
    await writeFile(join(root, 'workspaces', 'Python', 'workspace.json'), '{}');
    const bad = await build();
    assert.equal(bad.code, 1);
    assert.match(bad.stderr, /error: workspaces\/Python\/workspace\.json: friendly_name: it is missing/);
  });

  it('can be tried out on this machine: what is saved is what is seen', async () => {
    const failures: unknown[] = [];
    const server = await CatalogueServer.start(
      async () => buildCatalogue(await readSource(root)),
      error => failures.push(error),
    );
    try {
      assert.match(server.address, /^http:\/\/127\.0\.0\.1:\d+\/$/);
      const page = await fetch(server.address);
      assert.match(page.headers.get('content-type') ?? '', /html/);
      assert.match(await page.text(), /<h2>Python<\/h2>/);
      assert.equal(
        (await fetch(`${server.address}1.1/icons/python.png`)).headers.get('content-type'),
        'image/png',
      );
      assert.equal((await fetch(`${server.address}..%2f..%2fetc/passwd`)).status, 404);
      assert.equal((await fetch(server.address, { method: 'POST' })).status, 405);
      const { port } = new URL(server.address);
      const foreign = await run('curl', [
        '-s',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '-H',
        'Host: evil.example',
        `http://127.0.0.1:${port}/`,
      ]);
      assert.equal(foreign.stdout, '403');
      await rm(join(root, 'workspaces', 'Python'), { recursive: true });
      assert.doesNotMatch(await (await fetch(server.address)).text(), /<h2>Python<\/h2>/);
      await writeFile(join(root, 'catalogue.json'), '{');
      assert.equal((await fetch(server.address)).status, 500);
      assert.equal(failures.length, 1);
    } finally {
      server[Symbol.dispose]();
    }
    await assert.rejects(fetch(server.address));
  });
});

describe('the name of a new entry', () => {
  it('is one that a folder may have', () => {
    for (const name of ['Python', 'R & co'.replace('&', '+'), 'Ärzte 2.0', 'a_b (c)'])
      assert.ok(isEntryName(name), name);
    for (const name of ['', '.', '..', 'a/b', 'a\\b', ' a', 'a.', 'con\n', '-a', 'a'.repeat(101)]) {
      assert.ok(!isEntryName(name), name);
    }
  });
});
