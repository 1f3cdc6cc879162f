/** What is shipped: how big it is, what it loads, what is in the package. Run on the built files. */
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { run } from '../../support/command.ts';
import { packageExtension, projectRoot } from '../../support/vsix.ts';
import { zipEntries } from './zip.ts';

const dist = join(projectRoot, 'dist');
const kilobyte = 1000;

/** What a built file asks for when it is loaded, each by its name; `vscode` is given an empty stand-in. */
async function loadedBy(file: string): Promise<string[]> {
  const script = `
    const Module = require('node:module');
    const asked = new Set();
    const load = Module._load;
    const hollow = new Proxy(function () {}, {
      get: (_, key) => (key === Symbol.toPrimitive ? () => '' : hollow),
      apply: () => hollow,
      construct: () => hollow,
    });
    Module._load = function (name, ...rest) {
      asked.add(name);
      return name === 'vscode' ? hollow : load.call(this, name, ...rest);
    };
    require(process.argv[1]);
    process.stdout.write(JSON.stringify([...asked].slice(1)), () => process.exit(0));`;
  const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', script, file], {
    timeoutMs: 20_000,
  });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('[')));
}

/** Neither Node's own, nor the editor's API, nor a bundle of ours. */
function isForeign(name: string): boolean {
  return !(
    name === 'vscode' ||
    name.startsWith('node:') ||
    builtinModules.includes(name) ||
    /^\.\/[a-zA-Z0-9]+\.cjs$/.test(name)
  );
}

describe('the built files', () => {
  let vsix = '';
  before(async () => {
    vsix = await packageExtension();
    await run(process.execPath, ['esbuild.mjs'], { cwd: projectRoot });
  });

  it('have an entry of less than 150 KB', async () => {
    const { size } = await stat(join(dist, 'extension.cjs'));
    assert.ok(size < 150 * kilobyte, `${size} bytes`);
  });

  it('have an entry that loads no engine, no page and no library', async () => {
    const asked = await loadedBy(join(dist, 'extension.cjs'));
    assert.deepEqual(asked.filter(isForeign), []);
    assert.deepEqual(
      asked.filter(name => name.startsWith('./')),
      ['./l10n.cjs'],
    );
  });

  it('have engines, pages and proxy as bundles of their own, each complete', async () => {
    const files = await readdir(dist);
    for (const name of [
      'docker.cjs',
      'panels.cjs',
      'proxy.cjs',
      'l10n.cjs',
      'boot.sh',
      'createPage.js',
      'workspacePage.js',
    ]) {
      assert.ok(files.includes(name), `${name} is missing among ${files.join(', ')}`);
    }
    for (const name of ['docker.cjs', 'panels.cjs']) {
      assert.deepEqual((await loadedBy(join(dist, name))).filter(isForeign), [], name);
    }
  });

  it('hold no path of the machine that built them', async () => {
    for (const name of await readdir(dist)) {
      const text = await readFile(join(dist, name), 'utf8');
      for (const path of [projectRoot, `${homedir()}/`])
        assert.ok(!text.includes(path), `${name} holds ${path}`);
      assert.ok(!text.includes('sourceMappingURL=data:'), `${name} holds a source map`);
    }
  });

  it('are packed with what is needed to run and read, and nothing else', async () => {
    const entries = await zipEntries(vsix);
    const allowed =
      /^(?:\[Content_Types\]\.xml|extension\.vsixmanifest|extension\/(?:dist\/[a-zA-Z0-9]+\.(?:cjs|js|css|sh)|media\/.+|package\.json|package\.nls(?:\.[a-z-]+)?\.json|(?:readme|platform|security|changelog)\.md|LICENSE(?:\.txt)?))$/i;
    assert.deepEqual(
      entries.filter(name => !allowed.test(name)),
      [],
    );
    const needed = [
      'dist/extension.cjs',
      'dist/proxy.cjs',
      'dist/boot.sh',
      'package.json',
      'package.nls.json',
      'media/icon.png',
      'media/workspaceImages/ssh/.dockerignore',
      'media/l10n/bundle.l10n.json',
    ];
    for (const name of needed) assert.ok(entries.includes(`extension/${name}`), `${name} is missing`);
  });
});
