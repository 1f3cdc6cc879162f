/**
 * The front of everything that Berth keeps for OpenSSH on this machine: `~/.ssh/berth/`, shared by every editor, and
 * one line in the person's own config. What is written is worked out by the pure files beside this one.
 */
import { access, chmod, constants, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { type Adopted, hostKeyOf } from '../adopt/adopted.ts';
import { AdoptedStore } from '../adopt/store.ts';
import { withFileLock } from '../engine/fileLock.ts';
import type { Target } from '../engine/target.ts';
import { isBerthError } from '../workspace/error.ts';
import { keyBody } from '../workspace/keyBody.ts';
import type { Alias, TargetId } from '../workspace/name.ts';
import { PublicKey } from '../workspace/settings.ts';
import { type Workspace, workspaceAlias } from '../workspace/workspace.ts';
import { sweepDrafts, writeAtomically } from './atomicWrite.ts';
import { chosenIdentity, identityChoice } from './chosenIdentity.ts';
import { hasSlowKeyExchange, isShellLoud } from './client.ts';
import { BerthFolder } from './folder.ts';
import { hasCode } from './ioError.ts';
import { generateKey, publicKeyOf } from './key.ts';
import { withPinsOf } from './knownHosts.ts';
import { type IncludePlace, includeEdit, includeLine } from './personConfig.ts';
import { changeKnownHosts } from './pin.ts';
import { installPrograms } from './programs.ts';
import type { ProxySettings } from './settingsFile.ts';
import { type ConfigHost, targetConfig } from './targetConfig.ts';

export interface Identity {
  /** What IdentityFile names. */
  readonly path: string;
  /** One OpenSSH line. */
  readonly publicKey: string;
}

/** 'present' and 'written' are both well; otherwise the line is for the person to paste at the top of the file. */
export type IncludeResult =
  | 'written'
  | 'present'
  | { readonly paste: string; readonly file: string; readonly reason: string };

export interface SshHomeOptions {
  /** Takes the place of `~/.ssh`; default: $BERTH_SSH_DIR, else `.ssh` in the home that passwd names. */
  readonly sshFolder?: string;
  readonly platform?: NodeJS.Platform;
  /** `berth.ssh.identity`, read at each use; '' for Berth's own key. */
  readonly identity?: () => string;
}

export class SshHome {
  readonly folder: BerthFolder;
  readonly adopted: AdoptedStore;
  readonly #sshFolder: string;
  readonly #platform: NodeJS.Platform;
  readonly #choice: () => string;
  #lastAdopted: readonly Adopted[] = [];

  constructor({ sshFolder, platform = process.platform, identity = () => '' }: SshHomeOptions = {}) {
    this.#sshFolder = sshFolder || process.env.BERTH_SSH_DIR || join(userInfo().homedir, '.ssh');
    this.#platform = platform;
    this.#choice = identity;
    this.folder = new BerthFolder(join(this.#sshFolder, 'berth'));
    this.adopted = new AdoptedStore(this.folder.adopted);
  }

  /** The key that enters workspaces: Berth's own, or the one that the person chose. */
  async identity(): Promise<Identity> {
    return (await this.#chosen()) ?? (await this.ownIdentity());
  }

  /** Whether the person chose a key in place of Berth's. */
  hasChosen(): boolean {
    return identityChoice(this.#choice()).kind !== 'own';
  }

  /** Berth's own key, made at the first use. */
  async ownIdentity(): Promise<Identity> {
    const path = this.folder.identity;
    const found = await this.#readIdentity();
    if (found) return { path, publicKey: found };
    return await this.locked(async () => {
      const made = await this.#readIdentity();
      if (made) return { path, publicKey: made };
      const { privateKey, publicKey } = generateKey(`berth ${userInfo().username}`);
      await writeAtomically(this.folder.publicIdentity, `${publicKey}\n`, { mode: 0o644 });
      await writeAtomically(path, privateKey, { mode: 0o600 });
      return { path, publicKey };
    });
  }

  /**
   * Makes the pins of a target exactly those of its workspaces and of what was adopted there, before anybody connects. What
   * is no key is left out.
   */
  async pinHostKeys(target: TargetId, workspaces: readonly Workspace[]): Promise<void> {
    const adopted = await this.#adoptedOn(target);
    const pins = [
      ...withoutNamesakes(workspaces, adopted).flatMap(workspace => {
        const hostKey = PublicKey.safeParse(workspace.hostKey).data;
        return hostKey === undefined ? [] : [{ alias: workspaceAlias(workspace), hostKey }];
      }),
      ...adopted.map(one => ({ alias: workspaceAlias(one), hostKey: hostKeyOf(one) })),
    ];
    await changeKnownHosts(this.folder, text => withPinsOf(text, target, pins));
  }

  /** Writes the ssh config of a target from a fresh list of all its workspaces, and pins their host keys. */
  async writeTargetConfig(target: Target, workspaces: readonly Workspace[]): Promise<void> {
    await this.pinHostKeys(target.id, workspaces);
    const text = await this.configFor(target, workspaces);
    const path = this.folder.config(target.id);
    if ((await readText(path)) === text) return;
    await this.locked(async () => {
      await sweepDrafts(this.folder.path);
      await writeAtomically(path, text, { mode: 0o600 });
    });
  }

  /** The text of such a config; with one key alone where its path is given. */
  async configFor(target: Target, workspaces: readonly Workspace[], onlyKey?: string): Promise<string> {
    const isNear = this.#platform !== 'win32' && target.endpoint.type === 'unix';
    const [isLoud, isSlow] = isNear ? await Promise.all([isShellLoud(), hasSlowKeyExchange()]) : [];
    const adopted = await this.#adoptedOn(target.id);
    const hosts = [
      ...withoutNamesakes(workspaces, adopted).map(({ name, login, settings }) => ({
        name,
        user: login?.name,
        agentForwarding: settings?.agentForwarding ?? false,
      })),
      ...adopted.map(adoptedHost),
    ];
    const chosen = onlyKey === undefined ? await this.#chosen() : undefined;
    const own = [this.folder.identity, this.folder.formerIdentity];
    return targetConfig(target.id, hosts, {
      identities: onlyKey !== undefined ? [onlyKey] : chosen ? [chosen.path] : own,
      agent: chosen?.agent,
      knownHosts: this.folder.knownHosts,
      launcher: this.folder.launcher(this.#platform),
      platform: this.#platform,
      handsOver: isNear && !isLoud,
      slowKeyExchange: isSlow ?? false,
    });
  }

  /** Forgets a target that was removed: its config, its pins. */
  async removeTargetConfig(id: TargetId): Promise<void> {
    await changeKnownHosts(this.folder, text => withPinsOf(text, id, []));
    await rm(this.folder.config(id), { force: true });
  }

  /**
   * Puts the Include line at the top of the person's config (`configFile`: where remote.SSH.configFile points
   * elsewhere). A file that cannot be parsed or written is left alone.
   */
  async ensureInclude(configFile = join(this.#sshFolder, 'config')): Promise<IncludeResult> {
    const place: IncludePlace = { home: userInfo().homedir, folder: this.folder.path };
    const leave = (reason: string) => ({ paste: includeLine(place), file: configFile, reason });
    try {
      return await this.locked(async () => {
        await mkdir(dirname(configFile), { recursive: true, mode: 0o700 });
        for (let attempt = 0; attempt < 5; attempt++) {
          const before = await readBytes(configFile);
          const edit = includeEdit(before, place);
          if (edit.kind === 'present') return 'present';
          if (edit.kind === 'leave') return leave(whyLeft(edit.reason));
          if (before && !(await isWritable(configFile))) return leave(l10n.t('it is read-only'));
          // Another program may have written it meanwhile: then from its new bytes.
          const proceed = async () => isSame(before, await readBytes(configFile));
          if (await writeAtomically(configFile, edit.bytes, { mode: 0o600, proceed })) return 'written';
        }
        return leave(l10n.t('another program keeps writing it'));
      });
    } catch (error) {
      if (!hasCode(error, 'EACCES', 'EPERM', 'EROFS', 'ELOOP', 'EISDIR', 'ENOTDIR', 'ENOSPC')) throw error;
      return leave(error.message);
    }
  }

  /** Copies the proxy out of an extension's dist/, and writes the launcher that finds it. */
  async installProxy(distFolder: string, nodeCandidates: readonly string[]): Promise<void> {
    await this.locked(() => installPrograms(this.folder, distFolder, nodeCandidates, this.#platform));
  }

  /** Tells the proxy what the editor's settings say. */
  async writeSettings(settings: Partial<ProxySettings>): Promise<void> {
    const text = `${JSON.stringify(settings)}\n`;
    if ((await readText(this.folder.settings)) === text) return;
    await this.locked(async () => {
      await writeAtomically(this.folder.settings, text, { mode: 0o600 });
    });
  }

  /** Berth's own command connects: for the next minutes the proxy may start the workspace, whoever asks. */
  async markWanted(alias: Alias): Promise<void> {
    await this.#ensureMarks();
    await rm(this.folder.mark(alias, 'refused'), { force: true });
    await writeFile(this.folder.mark(alias, 'wanted'), '', { mode: 0o600 });
  }

  /** It was given more time: every window of this machine that shows it asks anew. */
  async markExtended(alias: Alias): Promise<void> {
    await this.#ensureMarks();
    // What was empty and stays empty is no change to every system.
    await writeFile(this.folder.mark(alias, 'extended'), `${new Date().toISOString()}\n`, { mode: 0o600 });
  }

  /** When the proxy last refused to start it; a window on it then offers to start it again. */
  async refusedAt(alias: Alias): Promise<Date | undefined> {
    return stat(this.folder.mark(alias, 'refused')).then(
      found => found.mtime,
      () => undefined,
    );
  }

  /** Where the list cannot be read, it is as it was last: workspaces need none of it, and what was adopted says so itself. */
  async #adoptedOn(target: TargetId): Promise<readonly Adopted[]> {
    try {
      this.#lastAdopted = await this.adopted.read();
    } catch (error) {
      if (!isBerthError(error, 'invalid')) throw error;
    }
    return this.#lastAdopted.filter(adopted => adopted.target === target);
  }

  async #readIdentity(): Promise<string | undefined> {
    const privateKey = await readText(this.folder.identity);
    if (privateKey === undefined) return undefined;
    const written = (await readText(this.folder.publicIdentity))?.trim();
    const publicKey = publicKeyOf(privateKey, `berth ${userInfo().username}`);
    // A rotation that was killed has left the private half of another key than the public one.
    if (written && (publicKey === undefined || keyBody(written) === keyBody(publicKey))) return written;
    if (publicKey !== undefined) {
      await writeAtomically(this.folder.publicIdentity, `${publicKey}\n`, { mode: 0o644 });
    }
    return publicKey;
  }

  /** Kept as a file, for ssh where an agent has the rest, and for the proxy. */
  async #chosen(): Promise<(Identity & { readonly agent: string | undefined }) | undefined> {
    const kept = this.folder.chosenIdentity;
    const choice = identityChoice(this.#choice());
    if (choice.kind === 'own') {
      await rm(kept, { force: true });
      return undefined;
    }
    const before = (await readText(kept))?.trim();
    const { publicKey, path = kept, agent } = await chosenIdentity(choice, before);
    if (before !== publicKey) {
      await this.locked(async () => {
        await writeAtomically(kept, `${publicKey}\n`, { mode: 0o644 });
      });
    }
    return { path, publicKey, agent };
  }

  async #ensureMarks(): Promise<void> {
    await mkdir(this.folder.marks, { recursive: true, mode: 0o700 });
  }

  /** Alone in the folder, which is made where it is missing. */
  async locked<T>(work: () => Promise<T>): Promise<T> {
    await mkdir(this.folder.path, { recursive: true, mode: 0o700 });
    await this.#ensureMarks();
    // Made by another program, perhaps, with a kinder umask.
    if (this.#platform !== 'win32') await chmod(this.folder.path, 0o700);
    return await withFileLock(this.folder.lock, work);
  }
}

function adoptedHost(adopted: Adopted): ConfigHost {
  const { name, user, entry } = adopted;
  const [keyType = ''] = hostKeyOf(adopted).split(' ');
  return { name, user, agentForwarding: false, adopted: { keyType, isServer: entry.way === 'server' } };
}

/** The name of what was adopted here stays its own, though somebody elsewhere makes a workspace of that name. */
function withoutNamesakes(
  workspaces: readonly Workspace[],
  adopted: readonly Adopted[],
): readonly Workspace[] {
  return workspaces.filter(({ name }) => !adopted.some(other => other.name === name));
}

function whyLeft(reason: 'mark' | 'binary' | 'syntax'): string {
  switch (reason) {
    case 'mark':
      return l10n.t('it begins with a byte order mark, which ssh itself cannot read: save it without');
    case 'binary':
      return l10n.t('it is not a text file');
    case 'syntax':
      return l10n.t('it cannot be parsed');
  }
}

/** Also for root, who may write everything: a file that nobody may write is meant to stay as it is. */
async function isWritable(path: string): Promise<boolean> {
  if (((await stat(path)).mode & 0o200) === 0) return false;
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function isSame(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}

async function readText(path: string): Promise<string | undefined> {
  return (await readBytes(path))?.toString('utf8');
}

async function readBytes(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(error => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}
