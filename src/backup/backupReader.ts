/** Opens a backup: what it says of itself, whether it is whole, and the home in it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { BerthError } from '../workspace/error.ts';
import { ChunkSums } from './chunkSums.ts';
import { decompressor, suffixes } from './compression.ts';
import { BackupManifest, BackupSums, dataName, manifestName, sumsName } from './manifest.ts';
import { blockBytes, padding, readHeader } from './tarHeader.ts';

/** Manifest and checksums: a sum for each 64 MiB of a home of terabytes is less. */
const maxTextBytes = 16 << 20;

/** Which file it is, as far as that can be told without reading it. */
export interface FileIdentity {
  readonly bytes: number;
  /** Unix time in ms. */
  readonly modified: number;
}

export interface Backup {
  readonly path: string;
  readonly identity: FileIdentity;
  readonly manifest: BackupManifest;
  readonly sums: BackupSums;
  /** Where the compressed home begins in the file. */
  readonly dataAt: number;
}

/** Throws 'invalid' for what is no backup, was cut off, or has a manifest that does not fit its checksum. */
export async function openBackup(path: string): Promise<Backup> {
  const file = await open(path, 'r').catch(cause => {
    throw new BerthError(l10n.t('The backup {0} cannot be read.', path), { code: 'not-found', cause });
  });
  try {
    const { size: bytes, mtimeMs: modified } = await file.stat();
    const manifestEntry = await entryAt(file, 0, path);
    if (manifestEntry.name !== manifestName) throw noBackup(path);
    const manifestText = await textOf(file, manifestEntry, path);
    const manifest = parse(BackupManifest, manifestText, path);
    const data = await entryAt(file, manifestEntry.next, path);
    if (data.name !== `${dataName}.${suffixes[manifest.compression]}`) throw noBackup(path);
    const sumsEntry = await entryAt(file, data.next, path);
    if (sumsEntry.name !== sumsName) throw noBackup(path);
    const sums = parse(BackupSums, await textOf(file, sumsEntry, path), path);
    if (sums.data.bytes !== data.size || sums.manifest !== sha256(manifestText)) throw damaged(path);
    if (sums.data.chunks.length !== Math.ceil(sums.data.bytes / sums.data.chunkBytes)) throw damaged(path);
    return { path, identity: { bytes, modified }, manifest, sums, dataAt: data.at };
  } finally {
    await file.close();
  }
}

/**
 * Checks the data against its checksums, from the piece `from` on: those before were proven earlier. `proven` is called with
 * how many are. Throws 'invalid' naming the place that is damaged.
 */
export async function verifyBackup(
  backup: Backup,
  {
    from = 0,
    proven,
    signal,
  }: { readonly from?: number; readonly proven: (chunks: number) => void; readonly signal: AbortSignal },
): Promise<void> {
  await refuseIfChanged(backup);
  const { sums, dataAt, path } = backup;
  const { bytes, chunkBytes, chunks } = sums.data;
  const start = from * chunkBytes;
  if (start < bytes) {
    const check = new ChunkSums(chunkBytes, (sum, index) => {
      if (sum !== chunks[from + index]) throw damagedAt(backup, from + index);
      proven(from + index + 1);
    });
    const file = createReadStream(path, {
      start: dataAt + start,
      end: dataAt + bytes - 1,
      highWaterMark: 1 << 20,
      signal,
    });
    for await (const piece of file) check.add(piece);
    check.end();
  }
  await refuseIfChanged(backup);
}

/** The home as it was packed; ends with an error unless every byte of it is what the checksums say. */
export function readBackup(backup: Backup, signal: AbortSignal): Readable {
  const { sums, dataAt, path, manifest } = backup;
  const { bytes, chunkBytes, chunks } = sums.data;
  const checked = async function* (pieces: AsyncIterable<Buffer>) {
    const check = new ChunkSums(chunkBytes, (sum, index) => {
      if (sum !== chunks[index]) throw damagedAt(backup, index);
    });
    for await (const piece of pieces) {
      check.add(piece);
      yield piece;
    }
    check.end();
  };
  const whole = async function* (pieces: AsyncIterable<Buffer>) {
    const hash = createHash('sha256');
    let count = 0;
    for await (const piece of pieces) {
      hash.update(piece);
      count += piece.length;
      // A bomb is stopped where it says something else than its checksums do.
      if (count > sums.tar.bytes) throw damaged(path);
      yield piece;
    }
    if (count !== sums.tar.bytes || hash.digest('hex') !== sums.tar.sha256) throw damaged(path);
  };
  const file = createReadStream(path, {
    start: dataAt,
    end: dataAt + bytes - 1,
    highWaterMark: 1 << 20,
    signal,
  });
  const tar = new PassThrough({ highWaterMark: 1 << 20 });
  // A failure of any of them ends the last one with it.
  pipeline(file, checked, decompressor(manifest.compression), whole, tar).catch(error => tar.destroy(error));
  return tar;
}

interface FileEntry {
  readonly name: string;
  readonly size: number;
  /** Where its content begins. */
  readonly at: number;
  /** Where the next entry's header begins. */
  readonly next: number;
}

async function entryAt(file: FileHandle, position: number, path: string): Promise<FileEntry> {
  const block = Buffer.alloc(blockBytes);
  const { bytesRead } = await file.read(block, 0, blockBytes, position);
  const header = bytesRead === blockBytes ? readHeader(block) : undefined;
  if (!header) throw position === 0 ? noBackup(path) : cutOff(path);
  const { name, size } = header;
  const at = position + blockBytes;
  return { name, size, at, next: at + size + padding(size).length };
}

async function textOf(file: FileHandle, { at, size }: FileEntry, path: string): Promise<Buffer> {
  if (size > maxTextBytes) throw damaged(path);
  const text = Buffer.alloc(size);
  const { bytesRead } = await file.read(text, 0, size, at);
  if (bytesRead !== size) throw cutOff(path);
  return text;
}

function parse<T extends z.ZodType>(schema: T, text: Buffer, path: string): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(text.toString());
  } catch {
    throw damaged(path);
  }
  const version = z.object({ format: z.literal('berth-backup'), version: z.int().min(2) }).safeParse(value);
  if (version.success) {
    throw new BerthError(l10n.t('The backup {0} was made by a newer Berth: update the extension.', path), {
      code: 'unsupported',
    });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw damaged(path);
  return parsed.data;
}

async function refuseIfChanged({ path, identity }: Backup): Promise<void> {
  const { size, mtimeMs } = await stat(path);
  if (size === identity.bytes && mtimeMs === identity.modified) return;
  throw new BerthError(l10n.t('The backup {0} was changed while it was read. Try again.', path), {
    code: 'stale',
  });
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function noBackup(path: string): BerthError {
  return new BerthError(l10n.t('{0} is no backup of Berth’s.', path), { code: 'invalid' });
}

function cutOff(path: string): BerthError {
  return new BerthError(l10n.t('The backup {0} is incomplete: it ends in the middle.', path), {
    code: 'invalid',
  });
}

function damaged(path: string): BerthError {
  return new BerthError(l10n.t('The backup {0} is damaged: it is not what its checksums say.', path), {
    code: 'invalid',
  });
}

function damagedAt({ path, sums }: Backup, index: number): BerthError {
  const from = index * sums.data.chunkBytes;
  return new BerthError(
    l10n.t('The backup {0} is damaged: its data from byte {1} on is not what its checksums say.', path, from),
    { code: 'invalid' },
  );
}
