/**
 * Where the clusters of the tests are noted: a folder each, with the processes that use it. One whose users are all
 * dead is left over from a run that was killed, and the next run removes it.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { cacheFolder, exists } from '../cache.ts';
import { isAlive } from '../command.ts';

const Namespaces = z.object({
  usual: z.string(),
  restricted: z.string(),
  baseline: z.string(),
  quota: z.string(),
});

const ClusterRecord = z.object({
  /** Given by the person, made by kind or minikube, or made here. */
  source: z.enum(['given', 'kind', 'minikube', 'own']),
  /** The administrator's. */
  kubeconfig: z.string(),
  /** The program. */
  kubectl: z.string(),
  server: z.string(),
  namespaces: Namespaces,
  /** What pods can be made from. */
  image: z.string(),
  registry: z
    .object({ host: z.string(), user: z.string(), password: z.string(), image: z.string() })
    .optional(),
  /** Of one made here: see network.ts. */
  number: z.number().optional(),
});
export type ClusterRecord = z.infer<typeof ClusterRecord>;

export const clustersFolder = join(cacheFolder, 'clusters');
/** The one that stays up between runs of `npm start`. */
export const keptFolder = join(clustersFolder, 'kept');

/** Takes that folder, with this process as its user, which is returned; undefined where it is somebody's already. */
export async function takeFolder(folder: string): Promise<string | undefined> {
  await mkdir(clustersFolder, { recursive: true });
  const made = await mkdtemp(join(clustersFolder, '.new-'));
  const user = await addUser(made);
  try {
    // Fails where there is one with something in it: a folder always has a user.
    await rename(made, folder);
    return user;
  } catch {
    await rm(made, { recursive: true, force: true });
    return undefined;
  }
}

/** A folder for this process alone. */
export function newFolderName(): string {
  return join(clustersFolder, `${process.pid}-${randomUUID().slice(0, 8)}`);
}

export async function writeRecord(folder: string, record: ClusterRecord): Promise<void> {
  await writeFile(join(folder, 'cluster.json.part'), JSON.stringify(record, null, 2), { mode: 0o600 });
  await rename(join(folder, 'cluster.json.part'), join(folder, 'cluster.json'));
}

/** Undefined until it is complete. */
export async function readRecord(folder: string): Promise<ClusterRecord | undefined> {
  const text = await readFile(join(folder, 'cluster.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : ClusterRecord.parse(JSON.parse(text));
}

/** Returns what ends the use; a cluster without users may be removed by anybody. */
export async function addUser(folder: string): Promise<string> {
  const users = join(folder, 'users');
  await mkdir(users, { recursive: true });
  const name = `${process.pid}.${(await startOf(process.pid)) ?? ''}.${randomUUID()}`;
  await writeFile(join(users, name), '');
  return name;
}

export async function removeUser(folder: string, name: string): Promise<void> {
  await rm(join(folder, 'users', name), { force: true });
}

/** From now on it needs no user, as long as it runs. */
export async function keep(folder: string): Promise<void> {
  await writeFile(join(folder, 'users', 'kept'), '');
}

export async function isKept(folder: string): Promise<boolean> {
  return exists(join(folder, 'users', 'kept'));
}

/** Whether a living process uses it. */
export async function hasUsers(folder: string): Promise<boolean> {
  const users = await readdir(join(folder, 'users')).catch(() => []);
  const alive = await Promise.all(
    users.map(async user => {
      const [pid = '', start = ''] = user.split('.');
      return pid !== 'kept' && (await startOf(Number(pid))) === start;
    }),
  );
  return alive.includes(true);
}

export async function listFolders(): Promise<string[]> {
  const names = await readdir(clustersFolder).catch(() => []);
  return names.filter(name => !name.startsWith('.')).map(name => join(clustersFolder, name));
}

/** Of this or another cache: only such a folder may ever be removed. */
export function isClusterFolder(path: string): boolean {
  const above = dirname(path);
  return basename(above) === 'clusters' && basename(dirname(above)) === basename(cacheFolder);
}

/** When a process began, in the kernel's ticks: a number given out again is another process. */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // Without /proc (macOS) only the number tells.
  if (text === undefined) return isAlive(pid) ? '' : undefined;
  // The name, in parentheses, may hold anything.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}
