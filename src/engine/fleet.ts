/** All targets and their workspaces as this process knows them. Engines open at their first use; nothing polls unseen. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import type { TargetId, WorkspaceName } from '../workspace/name.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Engine } from './engine.ts';
import { FleetMember, type FleetTarget } from './fleetMember.ts';
import { Listeners } from './listeners.ts';
import type { Target } from './target.ts';

export type { FleetTarget } from './fleetMember.ts';

/** Where the list of targets comes from; targets.json in life. */
export interface TargetSource {
  read(): Promise<readonly Target[]>;
  /** Looks for targets on this machine and keeps what is new. */
  discover(signal: AbortSignal): Promise<void>;
  onChange(listener: () => void): Disposable;
}

export class Fleet implements Disposable {
  readonly #source: TargetSource;
  readonly #open: (target: Target) => Promise<Engine>;
  readonly #members = new Map<TargetId, FleetMember>();
  readonly #changes = new Listeners<TargetId | undefined>();
  readonly #looks = new Set<{ readonly target: TargetId | undefined }>();
  readonly #end = new AbortController();
  #sourceWatch: Disposable | undefined;
  #loading: Promise<void> | undefined;
  #loadError: Error | undefined;
  #isLoaded = false;

  /** Does nothing until it is asked something. */
  constructor(source: TargetSource, open: (target: Target) => Promise<Engine>) {
    this.#source = source;
    this.#open = open;
  }

  /** False until the list of targets has been read once. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Why the list of targets cannot be read or completed. */
  get loadError(): Error | undefined {
    return this.#loadError;
  }

  /** In the order of targets.json. */
  targets(): readonly FleetTarget[] {
    return [...this.#members.values()].map(member => member.snapshot());
  }

  workspaces(): readonly Workspace[] {
    return this.targets().flatMap(target => target.workspaces);
  }

  target(id: TargetId): FleetTarget | undefined {
    return this.#members.get(id)?.snapshot();
  }

  workspace(id: TargetId, name: WorkspaceName): Workspace | undefined {
    return this.target(id)?.workspaces.find(workspace => workspace.name === name);
  }

  /** The target that changed, or undefined when the list of targets did. */
  onDidChange(listener: (target: TargetId | undefined) => void): Disposable {
    return this.#changes.add(listener);
  }

  /** Keeps all targets, or the one, fresh until disposed: engines are watched only while somebody looks. */
  look(target?: TargetId): Disposable {
    const look = { target };
    this.#looks.add(look);
    void this.load().then(() => this.#applyLooks());
    return {
      [Symbol.dispose]: () => {
        this.#looks.delete(look);
        this.#applyLooks();
      },
    };
  }

  /** Reads the targets once; looking for new ones goes on behind it. Never rejects: `loadError` says. */
  load(): Promise<void> {
    if (!this.#loading) {
      this.#sourceWatch = this.#source.onChange(() => void this.#reload());
      this.#loading = this.#reload().then(() => void this.#discover());
    }
    return this.#loading;
  }

  /** Asks the engine of the target, or everything anew. Never rejects: each target's health says. */
  async refresh(id?: TargetId): Promise<void> {
    await this.load();
    if (id === undefined) await this.#discover();
    // One that was added a moment ago.
    else if (!this.#members.has(id)) await this.#reload();
    const members = id === undefined ? [...this.#members.values()] : [this.#members.get(id)];
    await Promise.all(members.map(member => member?.refresh()));
  }

  /** The time that a workspace there has left was changed elsewhere: asked anew where somebody looks. */
  renewTimes(id: TargetId): void {
    this.#members.get(id)?.renewTimes();
  }

  /** The engine of a target, opened at its first use. It is the fleet's: never dispose it. */
  async engine(id: TargetId): Promise<Engine> {
    await this.load();
    const member = this.#members.get(id);
    if (!member) throw new BerthError(l10n.t('There is no target “{0}” any more', id), { code: 'not-found' });
    return member.engine();
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    this.#sourceWatch?.[Symbol.dispose]();
    for (const member of this.#members.values()) member[Symbol.dispose]();
    this.#members.clear();
    this.#changes.clear();
  }

  async #discover(): Promise<void> {
    try {
      await this.#source.discover(this.#end.signal);
      await this.#reload();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #reload(): Promise<void> {
    try {
      const targets = await this.#source.read();
      if (this.#end.signal.aborted) return;
      const isNews = this.#adopt(targets) || !this.#isLoaded || this.#loadError !== undefined;
      this.#loadError = undefined;
      this.#isLoaded = true;
      if (isNews) this.#changes.fire(undefined);
      this.#applyLooks();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#end.signal.aborted) return;
    this.#loadError = error instanceof Error ? error : new Error(String(error));
    this.#isLoaded = true;
    this.#changes.fire(undefined);
  }

  /** Makes the members match the list; an unchanged target keeps its open engine. True where the list is another. */
  #adopt(targets: readonly Target[]): boolean {
    const before = [...this.#members.values()];
    this.#members.clear();
    for (const target of targets) {
      const same = before.find(member => isSame(member.target, target));
      this.#members.set(
        target.id,
        same ?? new FleetMember(target, this.#open, () => this.#changes.fire(target.id)),
      );
    }
    const now = [...this.#members.values()];
    for (const member of before) if (!now.includes(member)) member.retire();
    return before.length !== now.length || before.some((member, at) => member !== now[at]);
  }

  #applyLooks(): void {
    for (const member of this.#members.values()) {
      member.setWatched(
        [...this.#looks].some(({ target }) => target === undefined || target === member.target.id),
      );
    }
  }
}

function isSame(a: Target, b: Target): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
