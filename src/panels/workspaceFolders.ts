/** The home of a workspace and what is mounted in it, with sizes where it runs. */
import type { Engine } from '../engine/engine.ts';
import { countSeconds, parseSizes, sizesArgv } from '../workspace/folderSizes.ts';
import { mountTarget } from '../workspace/mountTarget.ts';
import { mountSource } from '../workspace/review.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { FolderInfo } from './messages.ts';

export interface MeasuredFolders {
  folders: FolderInfo[];
  /** Why they have no sizes; '' where they have, or need none. */
  problem: string;
}

/** Counting files is work for the workspace: it is done once, unless it is asked for again. */
export class Folders {
  readonly #engine: () => Promise<Engine>;
  #known: FolderInfo[] = [];

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /** Of a workspace that is gone there are none. */
  async measured(
    workspace: Workspace | undefined,
    again: boolean,
    signal: AbortSignal,
  ): Promise<MeasuredFolders> {
    const folders = workspace ? foldersOf(workspace) : [];
    if (workspace?.state.kind !== 'Running' || folders.length === 0) return { folders, problem: '' };
    if (!again && pathsOf(this.#known) === pathsOf(folders)) return { folders: this.#known, problem: '' };
    try {
      const bound = AbortSignal.timeout((countSeconds + 2) * 1000 * (folders.length + 1));
      const argv = sizesArgv(folders.map(({ path }) => path));
      const engine = await this.#engine();
      const { stdout } = await engine.exec(workspace.name, argv, {
        signal: AbortSignal.any([signal, bound]),
      });
      const sizes = parseSizes(stdout, folders.length);
      this.#known = folders.map((folder, index) => ({ ...folder, ...sizes[index] }));
      return { folders: this.#known, problem: '' };
    } catch (error) {
      return { folders, problem: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** What is there by the settings; the home first. */
function foldersOf({ settings, login }: Workspace): FolderInfo[] {
  const home = login && { path: login.home, source: '', readOnly: false };
  const mounts = (settings?.mounts ?? []).map(mount => ({
    path: mountTarget(mount),
    source: mountSource(mount),
    readOnly: mount.readOnly,
  }));
  return [...(home ? [home] : []), ...mounts];
}

function pathsOf(folders: readonly FolderInfo[]): string {
  return folders.map(({ path }) => path).join('\n');
}
