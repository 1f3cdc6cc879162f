/** The last good copies of catalogues and their icons on this machine's disk, for when they cannot be reached. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../../ssh/atomicWrite.ts';
import { hasCode } from '../../ssh/ioError.ts';
import { mostIconBytes } from './icon.ts';
import { catalogueLimits } from './schema.ts';

const StoredList = z.object({
  /** Where it was read. */
  list: z.string(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  /** Unix time in ms: when the server last said that it is this one. */
  checkedAt: z.number(),
  text: z.string(),
  /** What was beside it as versions.json. */
  versions: z.string().optional(),
});
export type StoredList = z.infer<typeof StoredList>;

/** Older ones make room. */
const mostIcons = 2_000;

export class CatalogueStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined where there is none, or none that can be read. */
  async list(address: string): Promise<StoredList | undefined> {
    const content = await readBounded(this.#listPath(address), 2 * catalogueLimits.bytes);
    if (!content) return undefined;
    try {
      return StoredList.parse(JSON.parse(content.toString('utf8')));
    } catch {
      return undefined;
    }
  }

  async keepList(address: string, list: StoredList): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeAtomically(this.#listPath(address), JSON.stringify(list), { mode: 0o600 });
  }

  async icon(url: string): Promise<{ readonly bytes: Uint8Array; readonly storedAt: number } | undefined> {
    const path = this.#iconPath(url);
    const bytes = await readBounded(path, mostIconBytes);
    return bytes && { bytes, storedAt: (await stat(path)).mtimeMs };
  }

  async keepIcon(url: string, bytes: Uint8Array, now: number): Promise<void> {
    await mkdir(this.#iconFolder, { recursive: true });
    const path = this.#iconPath(url);
    await writeAtomically(path, bytes, { mode: 0o600 });
    await utimes(path, now / 1000, now / 1000);
    await this.#makeRoom();
  }

  /** Icons stay until they make room: another catalogue may have the same. */
  async forget(address: string): Promise<void> {
    await rm(this.#listPath(address), { force: true });
  }

  async #makeRoom(): Promise<void> {
    const names = await readdir(this.#iconFolder);
    if (names.length <= mostIcons) return;
    const aged = await Promise.all(
      names.map(async name => {
        const path = join(this.#iconFolder, name);
        return {
          path,
          at: await stat(path).then(
            ({ mtimeMs }) => mtimeMs,
            () => 0,
          ),
        };
      }),
    );
    const oldest = aged.toSorted((a, b) => a.at - b.at).slice(0, names.length - mostIcons * 0.9);
    await Promise.all(oldest.map(({ path }) => rm(path, { force: true })));
  }

  get #iconFolder(): string {
    return join(this.#folder, 'icons');
  }

  #iconPath(url: string): string {
    return join(this.#iconFolder, nameOf(url));
  }

  #listPath(address: string): string {
    return join(this.#folder, `${nameOf(address)}.json`);
  }
}

function nameOf(address: string): string {
  return createHash('sha256').update(address).digest('hex').slice(0, 32);
}

/** Undefined where it is not there, or larger than that. */
async function readBounded(path: string, most: number): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(path);
    return size > most ? undefined : await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
