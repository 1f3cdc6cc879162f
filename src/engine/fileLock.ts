/**
 * A lock between processes made of plain files, for short work on a file that they share. One that is killed while it
 * holds the lock leaves no harm: the next one sees that it is dead.
 *
 * Each holder makes the file with the next number, `<path>.<n>`, which only one can. The highest number is never
 * removed before a higher one is there, so a slow contender that makes an old number again sees that it lost.
 */
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import { isProcessAlive } from './isProcessAlive.ts';

/** A holder on another machine (a home on the network), or one whose process id was taken over, counts as dead when it was still for so long. */
const staleMs = 10_000;
/** A holder writes its name at once: one without was killed before it could. */
const namelessMs = 500;
/** How long one waits for its turn; longer than a dead holder is believed alive. */
const waitMs = 20_000;
const released = 'released\n';

/** Runs the work while no other process does so under the same path, whose folder must be there. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = await acquire(path);
  const beat = setInterval(() => void utimes(mine, new Date(), new Date()).catch(() => {}), staleMs / 4);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    // Only what is there: a lock that was taken from us stays taken.
    await writeFile(mine, released, { flag: 'r+' }).catch(() => {});
  }
}

async function acquire(path: string): Promise<string> {
  const stillness = new Stillness();
  const deadline = performance.now() + waitMs;
  for (let attempt = 0; performance.now() < deadline; attempt++) {
    const highest = (await numbers(path)).at(-1) ?? 0;
    if (highest === 0 || (await isFree(`${path}.${highest}`, stillness))) {
      const mine = await take(path, highest + 1);
      if (mine !== undefined) return mine;
    }
    await sleep(Math.min(50, 2 + attempt) * (0.5 + Math.random()));
  }
  throw new BerthError(
    l10n.t(
      'Another Berth has kept {0} locked for too long. Try again; if it stays so, remove {1}.*',
      path,
      path,
    ),
    { code: 'conflict' },
  );
}

async function take(path: string, number: number): Promise<string | undefined> {
  const mine = `${path}.${number}`;
  try {
    await writeFile(mine, JSON.stringify({ host: hostname(), pid: process.pid }), {
      flag: 'wx',
      mode: 0o600,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  const all = await numbers(path);
  if (all.at(-1) !== number) {
    await rm(mine, { force: true });
    return undefined;
  }
  await Promise.all(all.slice(0, -1).map(old => rm(`${path}.${old}`, { force: true })));
  return mine;
}

/** True where nobody alive holds it. An empty one was just made, and its holder is about to write its name. */
async function isFree(file: string, stillness: Stillness): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    if (text.startsWith(released)) return true;
    const [, host, pid] = /^\{"host":"([^"]*)","pid":(\d+)\}$/.exec(text) ?? [];
    if (host === hostname() && !isProcessAlive(Number(pid))) return true;
    return stillness.of(`${file} ${mtimeMs}`) > (text === '' ? namelessMs : staleMs);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * How long a contender has seen the same: what a file's times say counts for nothing, since another clock, or this one
 * before it was set, may have made them.
 */
class Stillness {
  #seen = '';
  #since = 0;

  /** In ms, since the first time that it was the same. */
  of(seen: string): number {
    if (seen !== this.#seen) this.#since = performance.now();
    this.#seen = seen;
    return performance.now() - this.#since;
  }
}

async function numbers(path: string): Promise<number[]> {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path));
  return names
    .filter(name => name.startsWith(prefix) && /^\d{1,15}$/.test(name.slice(prefix.length)))
    .map(name => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
}

/** The lock that goes with a file of this name. */
export function lockPathOf(file: string): string {
  return join(dirname(file), `.${basename(file)}.lock`);
}
