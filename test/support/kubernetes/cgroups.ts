/** The cgroup of a cluster's pods: one folder in each hierarchy that the machine has mounted, v1 or v2. */
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export async function makeCgroup(name: string): Promise<void> {
  for (const { mountPoint, isV2 } of await hierarchies()) {
    if (isV2) await passControllersOn(mountPoint);
    await mkdir(join(mountPoint, name), { recursive: true });
  }
}

/** After the end of its processes. */
export async function removeCgroup(name: string): Promise<void> {
  for (const { mountPoint } of await hierarchies()) await removeTree(join(mountPoint, name));
}

async function hierarchies(): Promise<{ mountPoint: string; isV2: boolean }[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map(line => line.split(' '));
  const found = mounts.flatMap(([, mountPoint = '', type]) =>
    type === 'cgroup' || type === 'cgroup2' ? [{ mountPoint, isV2: type === 'cgroup2' }] : [],
  );
  return found.filter(({ mountPoint }) => mountPoint.startsWith('/sys/fs/cgroup'));
}

/** In v2 a group has only the controllers that the one above it hands down. */
async function passControllersOn(root: string): Promise<void> {
  const controllers = (await readFile(join(root, 'cgroup.controllers'), 'utf8')).split(/\s+/).filter(Boolean);
  for (const controller of controllers)
    await writeFile(join(root, 'cgroup.subtree_control'), `+${controller}`).catch(() => {});
}

async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  // The kernel needs a moment to see that the last process of a group is gone.
  const deadline = Date.now() + 10_000;
  for (;;) {
    const code = await rmdir(folder).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (code === undefined || code === 'ENOENT') return;
    if (Date.now() > deadline) throw new Error(`${code}: ${folder} cannot be removed`);
    await sleep(20);
  }
}
