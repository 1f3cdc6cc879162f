/** The home of a workspace and what is mounted in it, with sizes where it runs. */
import type { Engine } from '../engine/engine.ts';
import { countSeconds, parseSizes, sizesArgv } from '../workspace/folderSizes.ts';
import { mountTarget } from '../workspace/mountTarget.ts';
import { mountSource } from '../workspace/review.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { FolderInfo } from './messages.ts';

/** What is there by the settings; the home first. */
export function foldersOf({ settings, login }: Pick<Workspace, 'settings' | 'login'>): FolderInfo[] {
  const home = login && { path: login.home, source: '', readOnly: false };
  const mounts = (settings?.mounts ?? []).map(mount => ({
    path: mountTarget(mount),
    source: mountSource(mount),
    readOnly: mount.readOnly,
  }));
  return [...(home ? [home] : []), ...mounts];
}

/** The same with their sizes. */
export async function measured(
  engine: Engine,
  { name }: Pick<Workspace, 'name'>,
  folders: readonly FolderInfo[],
  signal: AbortSignal,
): Promise<FolderInfo[]> {
  const bound = AbortSignal.timeout((countSeconds + 2) * 1000 * (folders.length + 1));
  const paths = folders.map(({ path }) => path);
  const { stdout } = await engine.exec(name, sizesArgv(paths), { signal: AbortSignal.any([signal, bound]) });
  const sizes = parseSizes(stdout, folders.length);
  return folders.map((folder, index) => ({ ...folder, ...sizes[index] }));
}
