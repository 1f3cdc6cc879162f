/** The folder for what takes long to make: outside the tree, shared by all clones, named by version. */
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'berth-test');

/**
 * The path of a cached file or folder, made on first use. `make` fills a path beside it that takes the final name only
 * when it is complete; whoever comes at the same time waits for the first.
 */
export async function cached(
  name: string,
  make: (path: string) => Promise<void>,
  timeoutMs = 2_400_000,
): Promise<string> {
  const path = join(cacheFolder, name);
  const lock = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true });
  const deadline = Date.now() + timeoutMs;
  while (!(await exists(path))) {
    if (await take(lock)) {
      const part = `${path}.${process.pid}.part`;
      const beat = setInterval(() => void touch(lock), 5_000);
      try {
        if (await exists(path)) break;
        await make(part);
        await rename(part, path);
      } finally {
        clearInterval(beat);
        await rm(part, { recursive: true, force: true });
        await rm(lock, { recursive: true, force: true });
      }
    } else {
      if (Date.now() > deadline) throw new Error(`Another process has held ${lock} for too long`);
      await sleep(500);
      await dropStale(lock);
    }
  }
  return path;
}

/** mkdir is the lock; its time is kept young by its holder, so that a dead holder's lock is known as such. */
async function take(lock: string): Promise<boolean> {
  return mkdir(lock).then(
    () => true,
    () => false,
  );
}

async function touch(lock: string): Promise<void> {
  const now = new Date();
  await utimes(lock, now, now).catch(() => {});
}

async function dropStale(lock: string): Promise<void> {
  const found = await stat(lock).catch(() => undefined);
  if (found && Date.now() - found.mtimeMs > 30_000) await rm(lock, { recursive: true, force: true });
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
