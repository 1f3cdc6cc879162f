import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import tar from 'tar-stream';
import { packContext } from '../../../../src/engine/docker/buildContext.ts';

describe('packContext', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-context-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (files: Readonly<Record<string, string>>) => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
  };

  /** Names with what is in them; folders end in a slash, links say where they point. */
  const packed = async (dockerfile = join(folder, 'Dockerfile')) => {
    const context = packContext({ context: folder, dockerfile }, new AbortController().signal);
    const seen: Record<string, string> = {};
    const extract = tar.extract();
    extract.on('entry', ({ name, type, linkname }, entry, next) => {
      let text = '';
      entry.on('data', (chunk: Buffer) => {
        text += chunk;
      });
      entry.on('end', () => {
        seen[name] = type === 'symlink' ? `-> ${linkname}` : text;
        next();
      });
    });
    await new Promise((resolve, reject) => {
      context.stream.on('error', reject);
      extract.on('finish', resolve);
      context.stream.pipe(extract);
    });
    return { seen, dockerfile: context.dockerfile };
  };

  const base = { 'a.txt': 'a', 'b.log': 'b', 'sub/c.txt': 'c', 'sub/d.log': 'd', Dockerfile: 'FROM x' };
  const rules: readonly (readonly [string, string, readonly string[]])[] = [
    ['nothing', '', ['Dockerfile', 'a.txt', 'b.log', 'sub', 'sub/c.txt', 'sub/d.log']],
    ['a pattern of the top only', '*.log', ['Dockerfile', 'a.txt', 'sub', 'sub/c.txt', 'sub/d.log']],
    ['a pattern of all levels', '# no logs\n**/*.log\n', ['Dockerfile', 'a.txt', 'sub', 'sub/c.txt']],
    ['a folder', 'sub', ['Dockerfile', 'a.txt', 'b.log']],
    ['a folder but for a file', 'sub\n!sub/c.txt', ['Dockerfile', 'a.txt', 'b.log', 'sub/c.txt']],
    ['all but for one', '*\r\n!a.txt\r\n', ['Dockerfile', 'a.txt']],
    [
      'the Dockerfile itself, which is sent all the same',
      'Dockerfile\n.dockerignore\nsub\n*.log',
      ['Dockerfile', 'a.txt'],
    ],
    ['a pattern with a slash before and after', '/sub/', ['Dockerfile', 'a.txt', 'b.log']],
  ];
  for (const [title, text, expected] of rules) {
    it(`leaves out ${title}`, async () => {
      await write({ ...base, '.dockerignore': text });
      const { seen } = await packed();
      const names = Object.keys(seen).filter(name => name !== '.dockerignore');
      assert.deepEqual(names.sort(), [...expected].sort());
    });
  }

  it('prefers the rules of that very Dockerfile', async () => {
    await write({ ...base, '.dockerignore': '*.txt', 'Dockerfile.dockerignore': '**/*.log' });
    const { seen } = await packed();
    assert.ok('a.txt' in seen && !('b.log' in seen));
  });

  it('sends links as links, wherever they point, and long names whole', async () => {
    const long = `${'x'.repeat(90)}/${'y'.repeat(90)}/z`;
    await write({ Dockerfile: 'FROM x', [long]: 'long' });
    await symlink('/etc/passwd', join(folder, 'outside'));
    await symlink('.', join(folder, 'loop'));
    const { seen } = await packed();
    assert.equal(seen.outside, '-> /etc/passwd');
    assert.equal(seen.loop, '-> .');
    assert.equal(seen[long], 'long');
  });

  it('brings a Dockerfile from elsewhere along, under a name that nothing has', async () => {
    await write({ 'context/Dockerfile': 'FROM inside', Outside: 'FROM outside' });
    const outside = join(folder, 'Outside');
    folder = join(folder, 'context');
    const { seen, dockerfile } = await packed(outside);
    assert.equal(seen[dockerfile], 'FROM outside');
    assert.equal(seen.Dockerfile, 'FROM inside');
    folder = dirname(folder);
  });

  it('fails in words where the folder cannot be read', async () => {
    folder = join(folder, 'missing');
    await assert.rejects(packed(), /Cannot send the folder .*missing/);
    folder = dirname(folder);
  });
});
