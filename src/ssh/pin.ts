/** Writing Berth's known_hosts, under the lock that all writers of the folder share. */
import { mkdir, readFile } from 'node:fs/promises';
import { withFileLock } from '../engine/fileLock.ts';
import { writeAtomically } from './atomicWrite.ts';
import type { BerthFolder } from './folder.ts';
import { hasCode } from './ioError.ts';

/** Changes the file by a pure function of its text; writes nothing where that changes nothing. */
export async function changeKnownHosts(folder: BerthFolder, change: (text: string) => string): Promise<void> {
  const now = await read(folder.knownHosts);
  if (change(now) === now) return;
  await mkdir(folder.path, { recursive: true, mode: 0o700 });
  await withFileLock(folder.lock, async () => {
    const before = await read(folder.knownHosts);
    const after = change(before);
    if (after !== before) await writeAtomically(folder.knownHosts, after, { mode: 0o600 });
  });
}

async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(error => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
}
