import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { parseLauncher } from '../../../src/ssh/launcher.ts';
import { isNewer, programs } from '../../../src/ssh/programs.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import { TargetId } from '../../../src/workspace/name.ts';

const folders: string[] = [];
after(() => Promise.all(folders.map(folder => rm(folder, { recursive: true }))));

let home: SshHome;
let place = '';
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'berth-programs-'));
  folders.push(place);
  home = new SshHome({ sshFolder: join(place, '.ssh'), platform: 'linux' });
});

/** An extension of that version, whose programs have that content. */
async function extension(version: string, content: string): Promise<string> {
  const dist = join(place, `berth-${version}-${content}`, 'dist');
  await mkdir(dist, { recursive: true });
  await writeFile(join(dist, '..', 'package.json'), JSON.stringify({ version }));
  for (const name of programs) {
    await writeFile(join(dist, name), `${content} ${name}`);
  }
  return dist;
}

const launcher = () => readFile(home.folder.launcher('linux'), 'utf8');
/** What the launcher would run. */
async function installed(): Promise<string> {
  const program = /^program=\$\{0%\/\*\}\/(.*)$/m.exec(await launcher())?.[1] ?? '';
  return await readFile(join(home.folder.path, program), 'utf8');
}

describe('installing the proxy', () => {
  it('makes a launcher that runs, beside programs that nobody else may read', async () => {
    await home.installProxy(await extension('1.0.0', 'a'), [process.execPath]);
    assert.equal(await installed(), 'a proxy.cjs');
    assert.equal((await stat(home.folder.launcher('linux'))).mode & 0o777, 0o700);
    assert.equal((await stat(home.folder.path)).mode & 0o777, 0o700);
    const [build = ''] = await readdir(home.folder.programs);
    assert.equal((await stat(join(home.folder.programs, build))).mode & 0o777, 0o700);
  });

  it('changes nothing where it stands already', async () => {
    const dist = await extension('1.0.0', 'a');
    await home.installProxy(dist, [process.execPath]);
    const before = await stat(home.folder.launcher('linux'));
    await home.installProxy(dist, [process.execPath]);
    assert.equal((await stat(home.folder.launcher('linux'))).ino, before.ino);
  });

  it('puts a new build beside the old one, which may still be in use, and removes it a day later', async () => {
    await home.installProxy(await extension('1.0.0', 'a'), [process.execPath]);
    const [old = ''] = await readdir(home.folder.programs);
    await home.installProxy(await extension('1.1.0', 'b'), [process.execPath]);
    assert.equal(await installed(), 'b proxy.cjs');
    assert.ok((await readdir(home.folder.programs)).includes(old));
    const yesterday = new Date(Date.now() - 25 * 60 * 60_000);
    await utimes(join(home.folder.programs, old), yesterday, yesterday);
    await home.installProxy(await extension('1.1.0', 'b'), [process.execPath]);
    assert.equal((await readdir(home.folder.programs)).includes(old), false);
  });

  it('leaves the newer version of another editor, and takes another build of the same', async () => {
    await home.installProxy(await extension('1.10.0', 'a'), [process.execPath]);
    await home.installProxy(await extension('1.9.9', 'b'), [process.execPath]);
    assert.equal(await installed(), 'a proxy.cjs');
    await home.installProxy(await extension('1.10.0', 'c'), [process.execPath]);
    assert.equal(await installed(), 'c proxy.cjs');
  });

  it('keeps the Nodes of other editors while they are there, its own first', async () => {
    const dist = await extension('1.0.0', 'a');
    const other = join(place, 'other editor');
    await writeFile(other, '');
    await home.installProxy(dist, [other, join(place, 'gone')]);
    await home.installProxy(dist, [process.execPath]);
    assert.deepEqual(parseLauncher(await launcher()).nodes, [process.execPath, other]);
    await rm(other);
    await home.installProxy(dist, [process.execPath]);
    assert.deepEqual(parseLauncher(await launcher()).nodes, [process.execPath]);
  });

  it('leaves what stands where the extension is not complete', async () => {
    await home.installProxy(await extension('1.0.0', 'a'), [process.execPath]);
    const broken = await extension('2.0.0', 'b');
    await rm(join(broken, 'docker.cjs'));
    await assert.rejects(home.installProxy(broken, [process.execPath]), { code: 'ENOENT' });
    assert.equal(await installed(), 'a proxy.cjs');
  });
});

describe('isNewer', () => {
  const rows: readonly [string, string, boolean][] = [
    ['1.0.1', '1.0.0', true],
    ['1.10.0', '1.9.0', true],
    ['2.0.0', '1.99.99', true],
    ['1.0.0', '1.0.0', false],
    ['1.0.0', '1.0.1', false],
    ['', '0.0.0', false],
    ['1.0.0-rc.1', '1.0.0', false],
  ];
  for (const [a, b, expected] of rows) {
    it(`${a || 'none'} is ${expected ? '' : 'not '}above ${b}`, () => assert.equal(isNewer(a, b), expected));
  }
});

describe('the key of this machine', () => {
  it('is made once, by whoever comes first', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => home.identity()));
    assert.equal(new Set(made.map(({ publicKey }) => publicKey)).size, 1);
    assert.equal((await stat(home.folder.identity)).mode & 0o777, 0o600);
  });

  it('stays where its public half was lost', async () => {
    const { publicKey } = await home.identity();
    await rm(home.folder.publicIdentity);
    assert.equal((await home.identity()).publicKey, publicKey);
    assert.equal((await readFile(home.folder.publicIdentity, 'utf8')).trim(), publicKey);
  });
});

describe('a target that was removed', () => {
  it('is forgotten: its config, and its pins alone', async () => {
    await home.identity();
    await writeFile(home.folder.knownHosts, 'a.one.berth ssh-ed25519 A\nb.two.berth ssh-ed25519 B\n');
    const one = TargetId.parse('one');
    await writeFile(home.folder.config(one), '');
    await home.removeTargetConfig(one);
    await assert.rejects(stat(home.folder.config(one)), { code: 'ENOENT' });
    assert.equal(await readFile(home.folder.knownHosts, 'utf8'), 'b.two.berth ssh-ed25519 B\n');
  });
});
