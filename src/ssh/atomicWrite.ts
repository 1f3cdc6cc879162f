/**
 * Writing a file so that every reader sees the old one or the new one, whole, whatever dies on the way. The new bytes
 * go to a temporary file in the same folder, whose name starts with a dot and ends in `.tmp`: ssh's Include glob
 * (`*.conf`) never takes it for a config.
 */
import { randomBytes } from 'node:crypto';
import { chown, lstat, open, readdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { hasCode } from './ioError.ts';

const temporary = /^\..+\.[0-9a-f]{16}\.tmp$/;
const abandonedAfterMs = 10 * 60_000;

export interface AtomicWrite {
  /** For a new file; one that is there keeps its own (and its owner, where we may set it). */
  readonly mode: number;
  /** Called with the new bytes on disk, right before they take the place of the old: false leaves the old ones. */
  readonly proceed?: () => Promise<boolean>;
}

/** Writes through symbolic links. Returns false only where `proceed` said so. */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  { mode, proceed }: AtomicWrite,
): Promise<boolean> {
  const target = await throughLinks(path);
  const previous = await stat(target).catch(error => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(8).toString('hex')}.tmp`);
  try {
    const file = await open(draft, 'wx', mode);
    try {
      await file.writeFile(content);
      // Not left to the umask.
      await file.chmod(previous ? previous.mode & 0o7777 : mode);
      await file.sync();
    } finally {
      await file.close();
    }
    if (previous) await keepOwner(draft, previous);
    if (proceed && !(await proceed())) return false;
    await rename(draft, target);
    return true;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes drafts that a killed writer left in a folder of ours. */
export async function sweepDrafts(folder: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!temporary.test(name)) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found && now - found.mtimeMs > abandonedAfterMs) await rm(path, { force: true });
  }
}

/** Where the bytes really are; for a link to nothing, where it points. */
async function throughLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  const folder = await realpath(dirname(path));
  const link = await readlink(path).catch(() => undefined);
  if (link === undefined) return join(folder, basename(path));
  return throughLinks(resolve(folder, link));
}

async function keepOwner(draft: string, previous: { uid: number; gid: number }): Promise<void> {
  const own = await stat(draft);
  if (own.uid === previous.uid && own.gid === previous.gid) return;
  await chown(draft, previous.uid, previous.gid).catch(() => undefined);
}
