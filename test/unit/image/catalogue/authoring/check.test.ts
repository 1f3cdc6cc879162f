import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkEntry, checkSource } from '../../../../../src/image/catalogue/authoring/check.ts';
import { iconSize } from '../../../../../src/image/catalogue/authoring/icon.ts';
import { readSource } from '../../../../../src/image/catalogue/authoring/source.ts';
import { pathText } from '../../../../../src/image/catalogue/problem.ts';
import { both, entryOf, firefox, png, sourceOf, terminal } from './support.ts';

const icon = { 'firefox.png': png(64) };
const found = (json: unknown, icons: Readonly<Record<string, Uint8Array>> = icon) =>
  checkEntry(entryOf('x', JSON.parse(JSON.stringify(json)), icons)).map(
    ({ severity, path, message }) => `${severity} ${pathText(path)}: ${message}`,
  );

describe('an entry that is checked', () => {
  it('has nothing wrong where it is as it should be, in either schema', () => {
    assert.deepEqual(
      [found(firefox), found(terminal, { 'terminal.svg': Buffer.from('<svg width="5" height="5"/>') })],
      [[], []],
    );
  });

  const table: readonly (readonly [string, unknown, Readonly<Record<string, Uint8Array>>, RegExp])[] = [
    [
      'without a name',
      { ...firefox, friendly_name: undefined },
      icon,
      /^error friendly_name: it is missing$/,
    ],
    ['without an image', { ...firefox, compatibility: [] }, icon, /^error compatibility: it names no image$/],
    ['with a wrong type', { ...firefox, cores: 'two' }, icon, /^warning cores: it must be a number$/],
    [
      'with the usual misspelling',
      { ...firefox, compatibility: undefined, compatability: firefox.compatibility },
      icon,
      /spelt/,
    ],
    [
      'with too many categories',
      { ...firefox, categories: ['a', 'b', 'c', 'd'] },
      icon,
      /^warning categories: /,
    ],
    ['without its icon', firefox, {}, /^error image_src: there is no PNG/],
    [
      'with an icon that is none',
      firefox,
      { 'firefox.png': Buffer.from('GIF89a') },
      /^error image_src: the file is neither/,
    ],
    [
      'with an icon elsewhere',
      { ...firefox, image_src: '../a.png' },
      icon,
      /^error image_src: it must be the name of a file/,
    ],
    [
      'with an icon that is not square',
      firefox,
      { 'firefox.png': png(64, 65) },
      /^warning image_src: it is not square, but 64 × 65$/,
    ],
    [
      'with an icon that is small',
      firefox,
      { 'firefox.png': png(49) },
      /^warning image_src: it is smaller than 50/,
    ],
  ];
  for (const [what, json, icons, words] of table) {
    it(what, () => {
      assert.match(found(json, icons).join('\n'), words);
    });
  }
});

describe('a catalogue that is checked', () => {
  it('has each name and each icon once', () => {
    const twice = [...both, entryOf('Copy', firefox, { 'firefox.png': png(65) })];
    const words = checkSource(sourceOf(twice))
      .problems.get('workspaces/Copy/workspace.json')
      ?.map(({ message }) => message);
    assert.deepEqual(words, [
      'workspaces/Firefox/workspace.json has the same name',
      'workspaces/Firefox/workspace.json has another icon of the same name',
    ]);
  });

  it('has a file that says what it is called, with a channel that there is', () => {
    assert.match(
      checkSource(sourceOf(both, { info: undefined })).problems.get('catalogue.json')?.[0]?.message ?? '',
      /missing/,
    );
    const info = { name: 'A', description: '', default_channel: 'nightly' };
    assert.match(
      checkSource(sourceOf(both, { info })).problems.get('catalogue.json')?.[0]?.message ?? '',
      /no entry/,
    );
    assert.deepEqual(
      checkSource(sourceOf(both, { info: { ...info, default_channel: 'develop' } })).problems,
      new Map(),
    );
  });
});

describe('the size of an icon', () => {
  const svg = (root: string) => iconSize(Buffer.from(`<?xml version="1.0"?>\n<!-- a -->${root}`));
  it('is what its header says', () => {
    assert.deepEqual(iconSize(png(7, 9)), { type: 'png', width: 7, height: 9 });
    assert.deepEqual(svg('<svg width="8px" height="9">'), { type: 'svg', width: 8, height: 9 });
    assert.deepEqual(svg("<svg viewBox='0,0 24 25'>"), { type: 'svg', width: 24, height: 25 });
  });
  it('is none of what is cut off or something else', () => {
    for (const bytes of [
      png(7).subarray(0, 20),
      Buffer.alloc(0),
      Buffer.from('<svg>'),
      Buffer.from('plain'),
    ]) {
      assert.equal(iconSize(bytes), undefined);
    }
  });
});

describe('the folder of an author', () => {
  let root = '';
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'berth-author-'));
    const put = async (path: string, content: string | Uint8Array) => {
      await mkdir(join(root, path, '..'), { recursive: true });
      await writeFile(join(root, path), content);
    };
    await put('outside/secret.json', '{"friendly_name":"Secret"}');
    await put('repo/catalogue.json', '{"name":"Acme",}');
    await put('repo/workspaces/Firefox/workspace.json', JSON.stringify(firefox));
    await put('repo/workspaces/Firefox/firefox.png', png(64));
    await put('repo/workspaces/Firefox/notes.txt', 'x');
    await put('repo/workspaces/Broken/workspace.json', '{');
    await put('repo/workspaces/Huge/workspace.json', ' '.repeat(1024 * 1024 + 1));
    await mkdir(join(root, 'repo/workspaces/Empty'));
    await mkdir(join(root, 'repo/workspaces/Linked'));
    await symlink(join(root, 'outside/secret.json'), join(root, 'repo/workspaces/Linked/workspace.json'));
    await symlink(join(root, 'outside'), join(root, 'repo/workspaces/Folder'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('is read as far as it can be, and no further than the folder', async () => {
    const source = await readSource(join(root, 'repo'));
    assert.deepEqual(source.info, { name: 'Acme', description: '' });
    assert.deepEqual(
      source.entries.map(({ name, json, icons }) => [name, json, [...icons.keys()]]),
      [
        ['Broken', undefined, []],
        ['Firefox', firefox, ['firefox.png']],
      ],
    );
    assert.deepEqual(
      [...source.problems].map(([file, [problem]]) => [file, problem?.message]),
      [
        ['workspaces/Broken/workspace.json', 'it is not JSON'],
        ['workspaces/Huge/workspace.json', 'it is larger than 1024 KiB, the most it may be'],
        ['workspaces/Linked/workspace.json', 'it is a link, which is not followed'],
      ],
    );
    assert.ok(Math.abs(Date.now() - source.modifiedAt) < 60_000);
  });

  it('without entries is no catalogue', async () => {
    await assert.rejects(readSource(join(root, 'outside')), { code: 'not-found' });
  });
});
