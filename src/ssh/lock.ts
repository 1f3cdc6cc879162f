/**
 * A lock between processes of one person: a file made exclusively, with its holder in it. A holder that died, or that
 * holds on for longer than any of our writes can take, loses it.
 */
import { randomBytes } from 'node:crypto';
import { constants, copyFile, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../workspace/error.ts';
import { hasCode } from './ioError.ts';

const staleAfterMs = 10_000;
const pollMs = 15;

export interface LockOptions {
  readonly signal?: AbortSignal;
  /** How long to wait for it before giving up. */
  readonly patienceMs?: number;
}

/** Runs the work while holding the lock file; the folder it stands in must exist. */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { signal, patienceMs = 20_000 }: LockOptions = {},
): Promise<T> {
  const token = `${process.pid} ${hostname()} ${randomBytes(8).toString('hex')}`;
  const giveUpAt = performance.now() + patienceMs;
  while (!(await take(path, token))) {
    await dropIfStale(path);
    if (performance.now() > giveUpAt) {
      throw new BerthError(`Cannot write beside ${path}: another program holds this lock; remove it if none does`);
    }
    await sleep(pollMs * (0.5 + Math.random()), undefined, signal ? { signal } : {});
  }
  try {
    return await work();
  } finally {
    // Only ours: a holder that was too slow may have lost it to another.
    if ((await read(path)) === token) await rm(path, { force: true });
  }
}

async function take(path: string, token: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(token);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    // Windows answers EPERM while another process is removing it.
    if (hasCode(error, 'EEXIST') || (process.platform === 'win32' && hasCode(error, 'EPERM'))) return false;
    throw error;
  }
}

async function dropIfStale(path: string): Promise<void> {
  const holder = await read(path);
  if (holder === undefined) return;
  const age = await stat(path).then(
    found => Date.now() - found.mtimeMs,
    () => 0,
  );
  if (!isStale(holder, age)) return;
  // Moved aside first: of two who see the same dead holder, the second may be moving a living one's lock.
  const aside = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    await rename(path, aside);
    if ((await read(aside)) !== holder) await copyFile(aside, path, constants.COPYFILE_EXCL).catch(() => undefined);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function isStale(holder: string, ageMs: number): boolean {
  if (Math.abs(ageMs) > staleAfterMs) return true;
  const [pid, host, token] = holder.split(' ');
  // Without a token it is being written right now.
  return token !== undefined && host === hostname() && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(error => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}
