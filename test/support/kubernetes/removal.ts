/** The end of clusters: of one that is used no more, and of what runs that were killed have left. */
import { mkdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  clustersFolder,
  hasUsers,
  isClusterFolder,
  isKept,
  listFolders,
  readRecord,
} from './clusterFolder.ts';
import { networks } from './network.ts';
import { otherSourceOf, removeOther } from './otherCluster.ts';
import { isOwnAlive, removeOwn } from './ownCluster.ts';

/** Removes what runs that were killed have left, of this cache or another on the same machine. One at a time. */
export async function sweep(say: (line: string) => void): Promise<void> {
  const lock = join(clustersFolder, '.sweep');
  await mkdir(clustersFolder, { recursive: true });
  const held = await stat(lock).catch(() => undefined);
  if (held && Date.now() - held.mtimeMs > 120_000) await rmdir(lock).catch(() => {});
  if (
    !(await mkdir(lock)
      .catch(() => true)
      .then(taken => taken === undefined))
  )
    return;
  try {
    const folders = new Set([...(await listFolders()), ...(await networks()).keys()]);
    for (const folder of folders) {
      if (!isClusterFolder(folder) || (await isAlive(folder))) continue;
      say(`Removing what a dead run left: ${folder}`);
      await remove(folder);
    }
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function isAlive(folder: string): Promise<boolean> {
  if (await hasUsers(folder)) return true;
  const record = await readRecord(folder);
  if (record === undefined || !(await isKept(folder))) return false;
  return record.source === 'own' ? isOwnAlive(folder) : true;
}

export async function remove(folder: string): Promise<void> {
  const source = await otherSourceOf(folder);
  if (source === undefined) await removeOwn(folder);
  else await removeOther(folder, source, await readRecord(folder).catch(() => undefined));
}
