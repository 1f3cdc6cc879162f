import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { openBackup, readBackup, verifyBackup } from '../../../src/backup/backupReader.ts';
import { writeBackup } from '../../../src/backup/backupWriter.ts';
import { bestCompression, type Compression, compressions } from '../../../src/backup/compression.ts';
import type { BackupManifest } from '../../../src/backup/manifest.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { inPieces } from './tars.ts';

const never = new AbortController().signal;
const chunkBytes = 4096;
const manifest = (compression: Compression = bestCompression()): BackupManifest => ({
  format: 'berth-backup',
  version: 1,
  madeAt: '2026-01-02T03:04:05.000Z',
  madeBy: 'Berth 0',
  workspace: { name: 'otter', target: 'local', engine: 'docker' },
  settings: { image: 'debian' },
  image: { reference: 'debian', digest: '' },
  login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' },
  compression,
});

describe('a backup in a file', () => {
  let folder: string;
  let path: string;
  const data = randomBytes(50_000);
  const write = (given = manifest(), bytes = data) =>
    writeBackup(path, given, Readable.from(inPieces(bytes, 1000), { objectMode: false }), {
      signal: never,
      chunkBytes,
    });
  const damaged = async (at: (size: number, dataAt: number) => number) => {
    const { dataAt } = await openBackup(path);
    const bytes = await readFile(path);
    const place = at(bytes.length, dataAt);
    bytes[place] = (bytes[place] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-backup-'));
    path = join(folder, 'x.berth.tar');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const compression of compressions) {
    it(`comes back as it was, by ${compression}`, async () => {
      const sums = await write(manifest(compression));
      const backup = await openBackup(path);
      assert.deepEqual(backup.manifest, manifest(compression));
      assert.deepEqual(backup.sums, sums);
      assert.equal(sums.tar.sha256, createHash('sha256').update(data).digest('hex'));
      assert.ok(sums.data.chunks.length > 10);
      assert.deepEqual(Buffer.concat(await readBackup(backup, never).toArray()), data);
      await verifyBackup(backup, { proven: () => {}, signal: never });
    });
  }

  it('is this person’s own, and nothing else is left beside it', async () => {
    await write();
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder), ['x.berth.tar']);
  });

  it('opens with any tar program', async () => {
    await write(manifest('gzip'));
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      `tar -xOf '${path}' home.tar.gz | gzip -dc | sha256sum`,
    ]);
    assert.equal(stdout.split(' ')[0], createHash('sha256').update(data).digest('hex'));
  });

  it('may be empty', async () => {
    await write(manifest(), Buffer.alloc(0));
    const backup = await openBackup(path);
    await verifyBackup(backup, { proven: () => {}, signal: never });
    assert.equal((await readBackup(backup, never).toArray()).length, 0);
  });

  it('stays what it was where a new one fails or is cancelled', async () => {
    await write();
    const before = await readFile(path);
    const failing = async function* () {
      yield data;
      throw new Error('the engine is gone');
    };
    await assert.rejects(
      writeBackup(path, manifest(), Readable.from(failing()), { signal: never }),
      /engine is gone/,
    );
    const cancel = new AbortController();
    const endless = async function* () {
      for (;;) yield randomBytes(1000);
    };
    const progress = (bytes: number) => bytes > 100_000 && cancel.abort();
    const tar = Readable.from(endless());
    await assert.rejects(
      writeBackup(path, manifest(), tar, { signal: cancel.signal, progress: bytes => void progress(bytes) }),
    );
    assert.ok(tar.destroyed);
    assert.deepEqual(await readFile(path), before);
    assert.deepEqual(await readdir(folder), ['x.berth.tar']);
  });

  it('says where it is damaged, and ends its reader with an error', async () => {
    await write();
    await damaged((_, dataAt) => dataAt + 2 * chunkBytes + 7);
    const backup = await openBackup(path);
    const proven: number[] = [];
    await assert.rejects(
      verifyBackup(backup, { proven: count => proven.push(count), signal: never }),
      error => {
        assert.ok(isBerthError(error, 'invalid'));
        assert.match(error.message, new RegExp(`byte ${2 * chunkBytes} `));
        return true;
      },
    );
    assert.deepEqual(proven, [1, 2]);
    await assert.rejects(readBackup(backup, never).toArray(), error => isBerthError(error, 'invalid'));
  });

  it('is checked from where a check before it had come to', async () => {
    await write();
    await damaged((_, dataAt) => dataAt + 7);
    const backup = await openBackup(path);
    const total = backup.sums.data.chunks.length;
    let proven = 0;
    const note = (count: number) => {
      proven = count;
    };
    await verifyBackup(backup, { from: 1, proven: note, signal: never });
    assert.equal(proven, total);
    await assert.rejects(verifyBackup(backup, { proven: note, signal: never }), error =>
      isBerthError(error, 'invalid'),
    );
  });

  it('is refused where its manifest was changed, or where it is cut off or something else', async () => {
    await write();
    await damaged(() => 512 + 200);
    await assert.rejects(openBackup(path), error => isBerthError(error, 'invalid'));
    for (const bytes of [0, 100, 600, 5000, 40_000]) {
      await write();
      await truncate(path, bytes);
      await assert.rejects(openBackup(path), error => isBerthError(error, 'invalid'), `${bytes} bytes`);
    }
    await writeFile(path, randomBytes(10_000));
    await assert.rejects(openBackup(path), error => isBerthError(error, 'invalid'));
    await assert.rejects(openBackup(join(folder, 'none')), error => isBerthError(error, 'not-found'));
  });
});
