/** What was adopted on this machine, as the engines show it now. Looks at nothing while nobody looks at it. */
import type { Adopted } from '../adopt/adopted.ts';
import type { AdoptedStore } from '../adopt/store.ts';
import type { PlaceState } from '../engine/adoptable.ts';
import type { Fleet } from '../engine/fleet.ts';
import { Listeners } from '../engine/listeners.ts';
import type { AdoptedNow } from '../views/adoptedItems.ts';
import type { Log } from '../vscode/log.ts';
import type { TargetId } from '../workspace/name.ts';
import { type Workspace, workspaceKey } from '../workspace/workspace.ts';

/** Pods that are not Berth's tell nothing of themselves. */
const lookEveryMs = 10_000;
const lookMs = 10_000;

export class Adoptions implements Disposable {
  readonly #store: AdoptedStore;
  readonly #fleet: Fleet;
  readonly #log: Log;
  readonly #changes = new Listeners<void>();
  readonly #owned = new DisposableStack();
  readonly #states = new Map<string, PlaceState>();
  readonly #looking = new Set<TargetId>();
  #all: readonly Adopted[] = [];
  #loading: Promise<void> | undefined;
  #lookers = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: AdoptedStore, fleet: Fleet, log: Log) {
    this.#store = store;
    this.#fleet = fleet;
    this.#log = log;
    this.#owned.use(fleet.onDidChange(id => void (id && this.#lookers > 0 && this.#lookAt(id))));
  }

  /** As last read and looked at. */
  list(): readonly AdoptedNow[] {
    return this.#all.map(adopted => ({ adopted, state: this.#states.get(workspaceKey(adopted)) }));
  }

  find(ref: Pick<Workspace, 'target' | 'name'>): AdoptedNow | undefined {
    return this.list().find(({ adopted }) => workspaceKey(adopted) === workspaceKey(ref));
  }

  onDidChange(listener: () => void): Disposable {
    return this.#changes.add(listener);
  }

  /** Keeps the states fresh until disposed. */
  look(): Disposable {
    this.#lookers++;
    this.#timer ??= setInterval(() => this.#lookAtAll(), lookEveryMs).unref();
    void this.load().then(() => this.#lookAtAll());
    return {
      [Symbol.dispose]: () => {
        this.#lookers--;
        if (this.#lookers > 0) return;
        clearInterval(this.#timer);
        this.#timer = undefined;
      },
    };
  }

  /** Reads the list once; from then on it follows the file. Never rejects. */
  load(): Promise<void> {
    if (!this.#loading) {
      this.#owned.use(this.#store.onChange(() => void this.reload()));
      this.#loading = this.reload();
    }
    return this.#loading;
  }

  /** After a change of our own. Never rejects: a list that cannot be read leaves what was known. */
  async reload(): Promise<void> {
    try {
      this.#all = await this.#store.read();
    } catch (error) {
      this.#log.write('warn', 'the list of what was adopted was not read', error);
    }
    this.#changes.fire();
    if (this.#lookers > 0) this.#lookAtAll();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#owned.dispose();
    this.#changes.clear();
  }

  #lookAtAll(): void {
    for (const id of new Set(this.#all.map(({ target }) => target))) void this.#lookAt(id);
  }

  /** One look at a time; whether the target answers at all, its own list says. */
  async #lookAt(id: TargetId): Promise<void> {
    const mine = this.#all.filter(({ target }) => target === id);
    if (mine.length === 0 || this.#looking.has(id) || this.#fleet.target(id)?.health !== 'up') return;
    this.#looking.add(id);
    try {
      const { adoptable } = await this.#fleet.engine(id);
      if (!adoptable) return;
      const signal = AbortSignal.timeout(lookMs);
      const before = JSON.stringify(this.list());
      for (const adopted of mine) {
        this.#states.set(workspaceKey(adopted), await adoptable.look(adopted.place, signal));
      }
      if (JSON.stringify(this.list()) !== before) this.#changes.fire();
    } catch (error) {
      this.#log.write('debug', `what was adopted on ${id} was not looked at`, error);
    } finally {
      this.#looking.delete(id);
    }
  }
}
