/** Files in and out of containers as tar archives, the only way that works whether the container runs or not. */
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import tar from 'tar-stream';
import { unlessGone } from './errors.ts';

export interface ArchiveFile {
  readonly path: string;
  readonly mode: number;
  readonly content: string;
  /** Default: now. */
  readonly modified?: Date;
}

/** Files of root's, as one archive; folders on the way are there already. */
export async function packFiles(files: readonly ArchiveFile[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { path, mode, content, modified } of files) {
    pack.entry({ name: path, mode, mtime: modified ?? new Date(), uid: 0, gid: 0 }, content);
  }
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * The content of a file in a container; undefined where it, or the container, is not there, is no plain file, or is larger
 * than `maxBytes`: root inside can put anything there, so no more is read than the archive's first header and that much.
 */
export async function readFile(
  container: Dockerode.Container,
  path: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<{ content: string; modified: number } | undefined> {
  const stream = await unlessGone(container.getArchive({ path, ...(signal && { abortSignal: signal }) }));
  if (stream === undefined) return undefined;
  const extract = tar.extract();
  try {
    return await new Promise((resolve, reject) => {
      let file: { content: string; modified: number } | undefined;
      extract.on('entry', ({ type, size = 0, mtime }, entry, next) => {
        if (file || type !== 'file' || size > maxBytes) return resolve(file);
        const chunks: Buffer[] = [];
        entry.on('data', (chunk: Buffer) => chunks.push(chunk));
        entry.on('end', () => {
          file = { content: Buffer.concat(chunks).toString(), modified: mtime?.getTime() ?? 0 };
          next();
        });
      });
      extract.on('error', reject);
      extract.on('finish', () => resolve(file));
      stream.on('error', reject);
      stream.pipe(extract);
    });
  } finally {
    // Nothing where all was read; else the engine sees by the closed connection that the rest is not wanted.
    (stream as Readable).destroy();
  }
}
