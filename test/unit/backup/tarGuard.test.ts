import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type GuardOptions, guardTar } from '../../../src/backup/tarGuard.ts';
import { readHeader } from '../../../src/backup/tarHeader.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { inPieces, type MadeEntry, madeEntry, madeTar, tarEnd } from './tars.ts';

const options: GuardOptions = {
  owners: { from: { uid: 1000, gid: 1000 }, to: { uid: 1000, gid: 1000 } },
  maxBytes: 1 << 30,
  sparse: true,
};

async function guarded(tar: Buffer, changes: Partial<GuardOptions> = {}, pieces = 1000): Promise<Buffer> {
  return Buffer.concat(
    await Readable.from(guardTar(inPieces(tar, pieces), { ...options, ...changes })).toArray(),
  );
}

describe('a tar that is let in', () => {
  const plain: MadeEntry[] = [
    { name: './', type: '5' },
    { name: './a', content: 'one' },
    { name: 'b/c', content: 'x'.repeat(1500) },
    { name: 'out', type: '2', link: '/etc/passwd' },
    { name: 'up', type: '2', link: '../../..' },
    { name: 'hard', type: '1', link: './a' },
    { name: 'hard-of-link', type: '1', link: 'out' },
    { name: 'fifo', type: '6' },
    { name: '..hidden' },
    { name: 'short', pax: { path: 'ü/long', mtime: '1.5', 'SCHILY.xattr.user.a': 'b' }, content: 'pax' },
  ];
  for (const pieces of [1, 511, 512, 513, 100_000]) {
    it(`passes byte by byte as it is, in pieces of ${pieces}`, async () => {
      const tar = madeTar(plain.slice(0, -1));
      assert.deepEqual(await guarded(tar, {}, pieces), tar);
    });
  }

  it('keeps attributes and names of extended headers', async () => {
    const tar = (await guarded(madeTar(plain))).toString('latin1');
    for (const part of ['path=\xc3\xbc/long\n', 'mtime=1.5\n', 'SCHILY.xattr.user.a=b\n'])
      assert.ok(tar.includes(part), part);
  });

  it('drops what comes after its end', async () => {
    const tar = madeTar(plain.slice(0, 3));
    assert.deepEqual(await guarded(Buffer.concat([tar, Buffer.alloc(8192)])), tar);
  });

  it('has the files of one owner made those of another, and no others', async () => {
    const tar = Buffer.concat([
      madeEntry({ name: 'mine', uid: 1000, gid: 1000 }),
      madeEntry({ name: 'root', uid: 0, gid: 1000 }),
      madeEntry({ name: 'large', pax: { uid: '1000', gid: '3000000', uname: 'dev', mtime: '1.5' } }),
      tarEnd,
    ]);
    const owners = { from: { uid: 1000, gid: 1000 }, to: { uid: 2_500_000, gid: 7 } };
    const result = await guarded(tar, { owners });
    const headers = [0, 512, 2048].map(at => readHeader(result.subarray(at, at + 512)));
    assert.deepEqual(
      headers.map(header => [header?.name, header?.uid, header?.gid]),
      [
        ['mine', 2_500_000, 7],
        ['root', 0, 7],
        ['large', 2_500_000, 3_000_000],
      ],
    );
    assert.doesNotMatch(result.toString('latin1'), /uname|uid=|gid=/);
  });

  it('says in the header itself how large a file is, where busybox looks', async () => {
    const [long, short] = [{ size: '3', mtime: '1.5' }, { size: '3' }];
    for (const pax of [long, short]) {
      const tar = madeTar([{ name: 'a', content: 'one', size: 0, pax }, { name: 'b' }]);
      const result = await guarded(tar);
      assert.doesNotMatch(result.toString('latin1'), /size=/);
      const list = spawnSync('tar', ['-tvf', '-'], { input: result });
      assert.match(list.stdout.toString(), / 3 .* a\n.* 0 .* b\n/);
      const at = pax === long ? 1024 : 0;
      assert.equal(readHeader(result.subarray(at, at + 512))?.size, 3);
    }
  });

  it('comes without what is of the disk that it was on', async () => {
    const a = { name: 'a', content: 'one' };
    const more = [
      { name: './.berth-swap', type: '5' },
      { name: '.berth-swap/ready/x', content: 'two' },
      { name: './lost+found/', type: '5' },
    ];
    assert.deepEqual(await guarded(madeTar([...more, a])), madeTar([a]));
  });

  it('comes without devices, which are named', async () => {
    const left: string[] = [];
    const a = { name: 'a', content: 'one' };
    const result = await guarded(
      madeTar([a, { name: 'null', type: '3' }, { name: 'sda', type: '4', pax: { mtime: '1' } }]),
      {
        leftOut: name => left.push(name),
      },
    );
    assert.deepEqual(result, madeTar([a]));
    assert.deepEqual(left, ['"null"', '"sda"']);
  });
});

describe('a tar that is refused', () => {
  const rows: readonly (readonly [
    string,
    Buffer,
    'invalid' | 'no-space' | 'unsupported',
    Partial<GuardOptions>?,
  ])[] = [
    ['climbs out', madeTar([{ name: '../evil' }]), 'invalid'],
    ['climbs out from below', madeTar([{ name: 'a/../../evil' }]), 'invalid'],
    ['has an absolute name', madeTar([{ name: '/etc/passwd' }]), 'invalid'],
    [
      'has an absolute name in an extended header',
      madeTar([{ name: 'a', pax: { path: '/etc/passwd' } }]),
      'invalid',
    ],
    [
      'has a long name that climbs out',
      Buffer.concat([madeEntry({ name: 'L', type: 'L', content: '../evil\0' }), madeTar([{ name: 'a' }])]),
      'invalid',
    ],
    [
      'has a sparse name that climbs out',
      madeTar([{ name: 'a', pax: { 'GNU.sparse.name': '../evil' } }]),
      'invalid',
    ],
    [
      'writes through a link',
      madeTar([{ name: 'l', type: '2', link: '/etc' }, { name: 'l/passwd' }]),
      'invalid',
    ],
    [
      'writes through a link by another spelling',
      madeTar([{ name: './l', type: '2', link: '/etc' }, { name: 'l//./passwd' }]),
      'invalid',
    ],
    [
      'makes a folder of a link',
      madeTar([
        { name: 'l', type: '2', link: '/etc' },
        { name: 'l/', type: '5' },
      ]),
      'invalid',
    ],
    ['links to what is outside', madeTar([{ name: 'h', type: '1', link: '/etc/shadow' }]), 'invalid'],
    [
      'links to what is outside, relatively',
      madeTar([{ name: 'h', type: '1', link: '../../shadow' }]),
      'invalid',
    ],
    [
      'links through a link',
      madeTar([
        { name: 'l', type: '2', link: '/etc' },
        { name: 'h', type: '1', link: 'l/shadow' },
      ]),
      'invalid',
    ],
    [
      'writes through a hard link to a link',
      madeTar([
        { name: 'l', type: '2', link: '/etc' },
        { name: 'h', type: '1', link: 'l' },
        { name: 'h/passwd' },
      ]),
      'invalid',
    ],
    ...[...'123456'].map(
      type =>
        [
          `hides entries behind one of type ${type}`,
          madeTar([{ name: 'a', type, content: madeEntry({ name: '../evil' }) }]),
          'invalid',
        ] as const,
    ),
    [
      'is larger than the disk',
      madeTar([{ name: 'a', content: 'x'.repeat(5000) }]),
      'no-space',
      { maxBytes: 6000 },
    ],
    ['says it is larger than it is', madeTar([{ name: 'a', size: 8 ** 11 - 1 }]), 'no-space'],
    [
      'has too many empty files',
      madeTar(Array.from({ length: 20 }, (_, index) => ({ name: `${index}` }))),
      'no-space',
      { maxBytes: 50_000 },
    ],
    [
      'has files with holes where nobody knows them',
      madeTar([{ name: 'a', pax: { 'GNU.sparse.major': '1' } }]),
      'unsupported',
      { sparse: false },
    ],
    ['has GNU’s old sparse files', madeTar([{ name: 'a', type: 'S' }]), 'unsupported'],
    ['has an extended header without end', madeTar([{ name: 'x', type: 'x', size: 1 << 30 }]), 'invalid'],
    [
      'has a broken extended header',
      madeTar([{ name: 'x', type: 'x', content: '99 path=a\n' }, { name: 'a' }]),
      'invalid',
    ],
    ['ends before its end', madeEntry({ name: 'a' }), 'invalid'],
    ['ends in a file', madeEntry({ name: 'a', content: 'x'.repeat(2000) }).subarray(0, 1024), 'invalid'],
    ['is no tar', Buffer.alloc(2048, 'x'), 'invalid'],
    ['is empty', Buffer.alloc(0), 'invalid'],
  ];
  for (const [what, tar, code, changes] of rows) {
    it(`${what}`, async () => {
      await assert.rejects(guarded(tar, changes), error => isBerthError(error, code));
    });
  }
});

it('lets in what GNU tar packs, so that it unpacks the same', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'berth-guard-'));
  try {
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    await mkdir(join(from, 'deep', 'x'.repeat(120)), { recursive: true });
    await mkdir(to);
    await writeFile(join(from, 'deep', 'x'.repeat(120), 'new\nline'), 'content');
    await writeFile(join(from, 'zero'), '');
    await symlink('/etc/hostname', join(from, 'link'));
    const pack = spawn('tar', ['-C', from, '--format=posix', '-cf', '-', '.'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const unpack = spawn('tar', ['-C', to, '-xpf', '-'], { stdio: ['pipe', 'inherit', 'inherit'] });
    const ended = new Promise(resolve => unpack.once('exit', resolve));
    await pipeline(pack.stdout, source => guardTar(source, options), unpack.stdin);
    assert.equal(await ended, 0);
    await promisify(execFile)('diff', ['-r', '--no-dereference', from, to]);
    assert.equal(await readFile(join(to, 'deep', 'x'.repeat(120), 'new\nline'), 'utf8'), 'content');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
