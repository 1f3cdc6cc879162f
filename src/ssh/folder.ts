/**
 * The folder that every editor and the proxy share, `~/.ssh/berth/`: what lies where in it. No import but Node's own,
 * because the proxy loads this on its fast path.
 */
import { join } from 'node:path';
import type { Alias, TargetId } from '../workspace/name.ts';

/** What ssh_config's Include takes from the folder. Nothing but complete configs may ever match it. */
export const configGlob = '*.conf';

export class BerthFolder {
  /** The folder itself. */
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get identity(): string {
    return join(this.path, 'id_ed25519');
  }
  get publicIdentity(): string {
    return join(this.path, 'id_ed25519.pub');
  }
  /** The key before the last rotation, while it may be left in some workspace. */
  get formerIdentity(): string {
    return join(this.path, 'id_ed25519.old');
  }
  /** The public half of a key of the person's own, where one was chosen in place of Berth's. */
  get chosenIdentity(): string {
    return join(this.path, 'identity.pub');
  }
  get knownHosts(): string {
    return join(this.path, 'known_hosts');
  }
  get targets(): string {
    return join(this.path, 'targets.json');
  }
  /** Containers and pods that were adopted (adopt/store.ts). */
  get adopted(): string {
    return join(this.path, 'adopted.json');
  }
  /** What the proxy must know of the editor's settings. */
  get settings(): string {
    return join(this.path, 'settings.json');
  }
  /** Held while anything in the folder is written. */
  get lock(): string {
    return join(this.path, '.lock');
  }
  /** The programs behind the launcher, one folder for each version of them. */
  get programs(): string {
    return join(this.path, 'bin');
  }
  /** The last good copies of policies (policyStore.ts). */
  get policies(): string {
    return join(this.path, 'policies');
  }
  /** Small files about single workspaces. */
  get marks(): string {
    return join(this.path, 'marks');
  }

  config(target: TargetId): string {
    return join(this.path, `${target}.conf`);
  }
  launcher(platform: NodeJS.Platform): string {
    return join(this.path, platform === 'win32' ? 'proxy.cmd' : 'proxy');
  }
  /**
   * wanted: asked for by Berth's own command. refused: a start that was refused. extended: it was given more time. seen,
   * pod: joined before (seen.ts, seenPod.ts).
   */
  mark(alias: Alias, kind: MarkKind): string {
    return join(this.marks, `${alias}.${kind}`);
  }
}

export type MarkKind = 'wanted' | 'refused' | 'extended' | 'seen' | 'pod';
