/**
 * Writes a backup: a tar of its own with the manifest, the compressed home and the checksums, so that any tar program opens
 * it. It comes into being as `<path>.partial` and takes its name when it is whole.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import { ChunkSums } from './chunkSums.ts';
import { compressor, suffixes } from './compression.ts';
import {
  type BackupManifest,
  type BackupSums,
  chunkBytes,
  dataName,
  manifestName,
  sumsName,
} from './manifest.ts';
import { blockBytes, fileHeader, padding } from './tarHeader.ts';

export interface WriteOptions {
  readonly signal: AbortSignal;
  /** Bytes of the home so far. */
  readonly progress?: (bytes: number) => void;
  /** For tests. */
  readonly chunkBytes?: number;
}

/** Whatever fails, or is cancelled, leaves what was there under that name before. Destroys the tar it was given. */
export async function writeBackup(
  path: string,
  manifest: BackupManifest,
  tar: Readable,
  options: WriteOptions,
): Promise<BackupSums> {
  const partial = `${path}.partial`;
  try {
    const file = await open(partial, 'w', 0o600);
    let sums: BackupSums;
    try {
      sums = await write(file, manifest, tar, options);
      await file.sync();
    } finally {
      await file.close();
    }
    options.signal.throwIfAborted();
    await rename(partial, path);
    await syncFolder(dirname(path));
    return sums;
  } catch (error) {
    tar.destroy();
    await rm(partial, { force: true }).catch(() => undefined);
    throw diskError(error, path);
  }
}

async function write(
  file: FileHandle,
  manifest: BackupManifest,
  tar: Readable,
  { signal, progress, chunkBytes: bytes = chunkBytes }: WriteOptions,
): Promise<BackupSums> {
  const modified = new Date(manifest.madeAt);
  const manifestText = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
  const head = Buffer.concat([
    fileHeader(manifestName, manifestText.length, modified),
    manifestText,
    padding(manifestText.length),
  ]);
  const dataHeader = (size: number) =>
    fileHeader(`${dataName}.${suffixes[manifest.compression]}`, size, modified);
  await file.writev([head, dataHeader(0)]);

  const whole = createHash('sha256');
  let tarBytes = 0;
  const counted = async function* (pieces: AsyncIterable<Buffer>) {
    for await (const piece of pieces) {
      whole.update(piece);
      tarBytes += piece.length;
      progress?.(tarBytes);
      yield piece;
    }
  };
  const chunks: string[] = [];
  const sumsOfChunks = new ChunkSums(bytes, sum => chunks.push(sum));
  let dataBytes = 0;
  const store = async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      sumsOfChunks.add(piece);
      dataBytes += piece.length;
      await writeAll(file, piece);
    }
  };
  await pipeline(tar, counted, compressor(manifest.compression), store, { signal });
  sumsOfChunks.end();

  const sums: BackupSums = {
    manifest: createHash('sha256').update(manifestText).digest('hex'),
    tar: { bytes: tarBytes, sha256: whole.digest('hex') },
    data: { bytes: dataBytes, chunkBytes: bytes, chunks },
  };
  const sumsText = Buffer.from(`${JSON.stringify(sums, undefined, 2)}\n`);
  await file.writev([
    padding(dataBytes),
    fileHeader(sumsName, sumsText.length, modified),
    sumsText,
    padding(sumsText.length),
    Buffer.alloc(2 * blockBytes),
  ]);
  const header = dataHeader(dataBytes);
  await file.write(header, 0, header.length, head.length);
  return sums;
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

/** So that the name is there after a crash, where the system can do that. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function diskError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new BerthError(
      l10n.t('The disk is full: the backup was not written to {0}, and what was written is removed.', path),
      {
        code: 'no-space',
        cause: error,
      },
    );
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOENT' || code === 'EPERM') {
    return new BerthError(l10n.t('The backup cannot be written to {0}: choose another place.', path), {
      cause: error,
    });
  }
  return error;
}
