/**
 * A new key for Berth in place of the old one. The new one is made beside it, put into every workspace that the old one
 * may enter, and tried; only then do they change places, and the old one is taken out everywhere. Whatever dies in
 * between, one of the two enters: the ssh config names both, and files say how far it came.
 */
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import type { Engine, Report } from '../engine/engine.ts';
import { withFileLock } from '../engine/fileLock.ts';
import { isProcessAlive } from '../engine/isProcessAlive.ts';
import { changeKeys } from '../engine/keys.ts';
import type { Target } from '../engine/target.ts';
import { BerthError, isBerthError } from '../workspace/error.ts';
import { keyBody, keyComment } from '../workspace/keyBody.ts';
import type { Keys } from '../workspace/keyNames.ts';
import { TargetId } from '../workspace/name.ts';
import { type Workspace, workspaceAlias } from '../workspace/workspace.ts';
import { writeAtomically } from './atomicWrite.ts';
import { type Entry, tryEntry } from './entry.ts';
import { hasCode } from './ioError.ts';
import { generateKey, publicKeyOf } from './key.ts';
import type { SshHome } from './sshHome.ts';

const Progress = z.object({
  /** Whose process works at it. */
  host: z.string(),
  pid: z.int(),
  /** Targets where the old key is taken out. */
  done: z.array(TargetId),
});
type Progress = z.infer<typeof Progress>;

/** A target, and the way to it. */
export interface Place {
  readonly target: Target;
  engine(): Promise<Engine>;
}

export interface Rotated {
  /** Workspaces that have the new key. */
  readonly changed: number;
  /** Where the new key was tried for real. */
  readonly tried: number;
  /** Targets that did not answer: they get the new key when they do, and the old one enters until then. */
  readonly pending: readonly { readonly title: string; readonly why: string }[];
}

export class KeyRotation {
  readonly #home: SshHome;

  constructor(home: SshHome) {
    this.#home = home;
  }

  get #next(): string {
    return `${this.#home.folder.identity}.next`;
  }
  get #old(): string {
    return this.#home.folder.formerIdentity;
  }
  get #progress(): string {
    return join(this.#home.folder.path, 'rotation.json');
  }

  /**
   * 'adding': begun, and the old key still is the one; 'removing': the new one is, and the old one may be left somewhere.
   * `isAbandoned`: whoever began it is gone.
   */
  async state(): Promise<{ readonly kind: 'none' | 'adding' | 'removing'; readonly isAbandoned: boolean }> {
    const kind = (await isThere(this.#next)) ? 'adding' : (await isThere(this.#old)) ? 'removing' : 'none';
    if (kind === 'none') return { kind, isAbandoned: false };
    const { host, pid } = await this.#readProgress();
    return { kind, isAbandoned: host === hostname() && !isProcessAlive(pid) };
  }

  /** From the beginning, or on from where it was left. Throws 'conflict' while another window is at it. */
  async run(places: readonly Place[], report: Report, signal: AbortSignal): Promise<Rotated> {
    return await this.#alone(async () => {
      await this.#refuseUnfinished(places, report, signal);
      const { next, old } = await this.#begin();
      const added = await this.#addEverywhere(places, { next, old }, report, signal);
      const tried = await this.#tryAll(added.entries, report, signal);
      signal.throwIfAborted();
      step(report, l10n.t('The new key takes the place of the old one'));
      await this.#swap(next);
      const { pending } = await this.#removeEverywhere(places, report, signal);
      return { changed: added.changed, tried, pending };
    });
  }

  /** Takes the old key out of one of the targets, which did not answer when it was time. False: nothing was left to do. */
  async goOn(places: readonly Place[], target: TargetId, signal: AbortSignal): Promise<boolean> {
    return await this.#alone(async () => {
      // Somebody else may have been first.
      if (!(await this.isWanted(places, target))) return false;
      const { pending } = await this.#removeEverywhere(places, () => {}, signal, target);
      if (pending[0]) throw new BerthError(pending[0].why);
      return true;
    });
  }

  /** Whether goOn would have something to do there; or to end, where the target that was waited for is gone from the list. */
  async isWanted(places: readonly Place[], target: TargetId): Promise<boolean> {
    if ((await this.state()).kind !== 'removing') return false;
    const { done } = await this.#readProgress();
    return !done.includes(target) || places.every(place => done.includes(place.target.id));
  }

  async #refuseUnfinished(places: readonly Place[], report: Report, signal: AbortSignal): Promise<void> {
    if ((await this.state()).kind !== 'removing') return;
    const { pending } = await this.#removeEverywhere(places, report, signal);
    if (pending.length === 0) return;
    throw new BerthError(
      l10n.t(
        'The last rotation waits for {0}, which does not answer: its workspaces still have the old key. Try again once it does, or remove the target.',
        pending.map(({ title }) => title).join(', '),
      ),
      { code: 'unreachable' },
    );
  }

  async #begin(): Promise<{ next: string; old: string }> {
    const { publicKey: old } = await this.#home.ownIdentity();
    await this.#home.locked(async () => {
      if (!(await isThere(this.#next))) {
        const { privateKey } = generateKey(comment());
        await writeAtomically(this.#next, privateKey, { mode: 0o600 });
      }
      await this.#writeProgress({ host: hostname(), pid: process.pid, done: [] });
    });
    const next = publicKeyOf(await readFile(this.#next, 'utf8'), comment());
    if (next !== undefined) return { next, old };
    // Cut off by a full disk, perhaps: a new one does as well, since nobody could have used it.
    await rm(this.#next, { force: true });
    return await this.#begin();
  }

  /** Answers with what can be tried: workspaces that run. */
  async #addEverywhere(
    places: readonly Place[],
    { next, old }: { next: string; old: string },
    report: Report,
    signal: AbortSignal,
  ): Promise<{ changed: number; entries: Entry[] }> {
    const entries: Entry[] = [];
    let changed = 0;
    for (const place of places) {
      await eachWorkspace(place, signal, async (engine, workspace) => {
        step(report, l10n.t('The new key goes into {0}', workspaceAlias(workspace)));
        const isNew = await changeKeys(
          engine,
          workspace.name,
          keys => withNew(keys, old, next),
          () => {},
          signal,
        );
        const isIn = isNew || hasKey(await engine.record(workspace.name, signal), next);
        if (!isIn) return;
        changed++;
        if (workspace.state.kind === 'Running') entries.push({ target: place.target, workspace });
      });
    }
    return { changed, entries };
  }

  /** Where the old key does not enter either it is not the new one's fault. */
  async #tryAll(entries: readonly Entry[], report: Report, signal: AbortSignal): Promise<number> {
    const folder = join(this.#home.folder.path, `.rotation-${randomBytes(4).toString('hex')}`);
    await mkdir(folder, { mode: 0o700 });
    let tried = 0;
    try {
      for (const entry of entries) {
        const alias = workspaceAlias(entry.workspace);
        step(report, l10n.t('Trying the new key at {0}', alias));
        const problem = await tryEntry(this.#home, entry, this.#next, folder, signal);
        if (problem === undefined) {
          tried++;
          continue;
        }
        const isBroken =
          (await tryEntry(this.#home, entry, this.#home.folder.identity, folder, signal)) !== undefined;
        if (isBroken) continue;
        throw new BerthError(
          l10n.t(
            'The new key does not enter {0}: {1}. The old one stays the one that counts; rotate again to go on.',
            alias,
            problem,
          ),
        );
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return tried;
  }

  /** The old one is copied first: at no moment is there none. */
  async #swap(next: string): Promise<void> {
    const { identity, publicIdentity } = this.#home.folder;
    await this.#home.locked(async () => {
      const draft = `${this.#old}.tmp`;
      await copyFile(identity, draft);
      await rename(draft, this.#old);
      await rename(this.#next, identity);
      await writeAtomically(publicIdentity, `${next}\n`, { mode: 0o644 });
    });
  }

  async #removeEverywhere(
    places: readonly Place[],
    report: Report,
    signal: AbortSignal,
    only?: TargetId,
  ): Promise<Pick<Rotated, 'pending'>> {
    const { publicKey: next } = await this.#home.ownIdentity();
    const old = publicKeyOf(await readFile(this.#old, 'utf8'), '');
    const pending: { title: string; why: string }[] = [];
    for (const place of places) {
      const { done } = await this.#readProgress();
      const { id } = place.target;
      if (old === undefined || done.includes(id) || (only !== undefined && id !== only)) continue;
      const problem = await eachWorkspace(place, signal, async (engine, workspace) => {
        step(report, l10n.t('The old key leaves {0}', workspaceAlias(workspace)));
        await changeKeys(
          engine,
          workspace.name,
          keys => withoutOld(keys, old, next),
          () => {},
          signal,
        );
      });
      if (problem === undefined) {
        const progress = await this.#readProgress();
        await this.#writeProgress({ ...progress, done: [...progress.done, id] });
      } else pending.push({ title: place.target.title, why: problem });
    }
    const { done } = await this.#readProgress();
    if (places.every(({ target }) => done.includes(target.id)) || old === undefined) {
      await rm(this.#old, { force: true });
      await rm(this.#progress, { force: true });
    }
    return { pending };
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const { path } = this.#home.folder;
    await mkdir(path, { recursive: true, mode: 0o700 });
    return await withFileLock(join(path, '.rotation'), work);
  }

  async #readProgress(): Promise<Progress> {
    const text = await readFile(this.#progress, 'utf8').catch(() => '{}');
    try {
      return Progress.parse(JSON.parse(text));
    } catch {
      // Nobody is at work, as far as is known, and everything is looked at again.
      return { host: hostname(), pid: 0, done: [] };
    }
  }

  async #writeProgress(progress: Progress): Promise<void> {
    await writeAtomically(this.#progress, `${JSON.stringify(progress)}\n`, { mode: 0o600 });
  }
}

/** Those whose record can be read, one after the other. Answers in words why not all of them could be seen to. */
async function eachWorkspace(
  { engine, target }: Place,
  signal: AbortSignal,
  work: (engine: Engine, workspace: Workspace) => Promise<void>,
): Promise<string | undefined> {
  let problem: string | undefined;
  try {
    const opened = await engine();
    for (const workspace of await opened.list(signal)) {
      signal.throwIfAborted();
      const { cause } = workspace.state;
      if (cause === 'foreign' || cause === 'unreadable' || cause === 'interrupted') continue;
      try {
        await work(opened, workspace);
      } catch (error) {
        signal.throwIfAborted();
        // Deleted meanwhile.
        if (isBerthError(error, 'not-found')) continue;
        problem = `${workspaceAlias(workspace)}: ${wordsOf(error)}`;
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    problem = `${target.title}: ${wordsOf(error)}`;
  }
  return problem;
}

/** Pure: with the new key wherever the old one stands, under the same name; undefined where there is nothing to do. */
export function withNew(keys: Keys, old: string, next: string): ReturnType<typeof exchanged> {
  return hasKey(keys, next) ? undefined : exchanged(keys, old, next, true);
}

/** Pure: with the new key in the place of the old one; undefined where that is gone already. */
export function withoutOld(keys: Keys, old: string, next: string): ReturnType<typeof exchanged> {
  return exchanged(keys, old, next, false);
}

function exchanged(
  keys: Keys,
  old: string,
  next: string,
  keepsOld: boolean,
): { authorizedKeys: Keys['authorizedKeys']; publicKeys: string[] } | undefined {
  if (!hasKey(keys, old)) return undefined;
  const isNew = !hasKey(keys, next);
  const same = (line: string) => keyBody(line) === keyBody(old);
  return {
    authorizedKeys: keys.authorizedKeys.flatMap(entry =>
      same(entry.key) ? [...(keepsOld ? [entry] : []), ...(isNew ? [{ ...entry, key: next }] : [])] : [entry],
    ),
    publicKeys: keys.settings.publicKeys.flatMap(line =>
      same(line)
        ? [...(keepsOld ? [line] : []), ...(isNew ? [`${keyBody(next)} ${keyComment(line)}`.trim()] : [])]
        : [line],
    ),
  };
}

function hasKey({ authorizedKeys, settings }: Keys, key: string): boolean {
  const lines = [...authorizedKeys.map(entry => entry.key), ...settings.publicKeys];
  return lines.some(line => keyBody(line) === keyBody(key));
}

function comment(): string {
  return `berth ${userInfo().username}`;
}

function step(report: Report, message: string): void {
  report({ kind: 'step', step: 'save', message });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function isThere(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    error => {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    },
  );
}
