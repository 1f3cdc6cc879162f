/** How backups are compressed: zstd where this Node has it (22.15 and newer), else gzip. */
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';

export const compressions = ['zstd', 'gzip'] as const;
export type Compression = (typeof compressions)[number];

/** As file names end. */
export const suffixes: Readonly<Record<Compression, string>> = { zstd: 'tar.zst', gzip: 'tar.gz' };

export function bestCompression(): Compression {
  return typeof zlib.createZstdCompress === 'function' ? 'zstd' : 'gzip';
}

export function compressor(compression: Compression): Transform {
  // Fast ones: a home is large, and much in it is compressed already.
  return compression === 'zstd'
    ? zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } })
    : zlib.createGzip({ level: 1 });
}

/** Throws 'unsupported'. */
export function decompressor(compression: Compression): Transform {
  if (compression === 'gzip') return zlib.createGunzip();
  if (typeof zlib.createZstdDecompress === 'function') return zlib.createZstdDecompress();
  throw new BerthError(
    l10n.t(
      'The backup is compressed with zstd, which this editor is too old for: update it, or unpack the file and compress it with gzip.',
    ),
    { code: 'unsupported' },
  );
}
