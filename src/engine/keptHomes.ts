/**
 * The homes of deleted workspaces, for views that list them: a target is asked when its workspaces are others than before,
 * and for sizes only once somebody wants to see them. Never by a clock.
 */
import type { TargetId, WorkspaceName } from '../workspace/name.ts';
import type { HomeStore, KeptHome } from './engine.ts';
import type { FleetTarget } from './fleetMember.ts';
import { Listeners } from './listeners.ts';

/** As much of the fleet as is needed. */
export interface FleetOfHomes {
  targets(): readonly FleetTarget[];
  target(id: TargetId): FleetTarget | undefined;
  onDidChange(listener: () => void): Disposable;
  engine(target: TargetId): Promise<{ readonly homes?: Pick<HomeStore, 'kept' | 'keptBytes'> }>;
}

interface Known {
  /** What the target had when it was asked. */
  readonly of: string;
  readonly homes: readonly KeptHome[];
  readonly bytes: ReadonlyMap<WorkspaceName, number> | undefined;
  /** It did not say, and this is from before. */
  readonly hasFailed?: boolean;
}

const askMs = 15_000;
/** An engine walks through all of its volumes for it. */
const sizesMs = 120_000;
/** Homes that come and go all the time are measured by whoever looks next. */
const measureTries = 4;

export class KeptHomes implements Disposable {
  readonly #fleet: FleetOfHomes;
  readonly #log: (message: string, error: unknown) => void;
  readonly #known = new Map<TargetId, Known>();
  readonly #asking = new Map<TargetId, string>();
  readonly #sizing = new Set<TargetId>();
  readonly #changes = new Listeners<void>();
  readonly #end = new AbortController();
  readonly #lookers = new Set<object>();
  #watch: Disposable | undefined;

  constructor(fleet: FleetOfHomes, log: (message: string, error: unknown) => void) {
    this.#fleet = fleet;
    this.#log = log;
  }

  /** As last asked; empty where nobody has yet. */
  of(target: TargetId): readonly KeptHome[] {
    return this.#known.get(target)?.homes ?? [];
  }

  /** undefined where it is not known (yet). */
  bytesOf(target: TargetId, name: WorkspaceName): number | undefined {
    return this.#known.get(target)?.bytes?.get(name);
  }

  onDidChange(listener: () => void): Disposable {
    return this.#changes.add(listener);
  }

  /** Keeps up with the fleet until everybody who looked has disposed of it. */
  look(): Disposable {
    const looker = {};
    this.#lookers.add(looker);
    this.#watch ??= this.#fleet.onDidChange(() => this.#askAll());
    this.#askAll({ again: true });
    return {
      [Symbol.dispose]: () => {
        this.#lookers.delete(looker);
        if (this.#lookers.size > 0) return;
        this.#watch?.[Symbol.dispose]();
        this.#watch = undefined;
      },
    };
  }

  /** Asks a target anew: one was deleted, or a person wants to know. Rejects where it does not say. */
  async ask(target: TargetId): Promise<void> {
    await this.#ask(target, stateOf(this.#fleet.target(target)));
  }

  /** Asks how large they are, where that was not done since they were listed; again where they are others by then. */
  async measure(target: TargetId): Promise<void> {
    if (this.#sizing.has(target)) return;
    this.#sizing.add(target);
    try {
      for (let tries = 0; tries < measureTries; tries++) {
        const known = this.#known.get(target);
        if (!known || known.bytes || known.homes.length === 0) return;
        const { homes } = await this.#fleet.engine(target);
        const bytes = await homes?.keptBytes(this.#until(sizesMs));
        const now = this.#known.get(target);
        if (!bytes) return;
        if (now?.homes !== known.homes) continue;
        this.#known.set(target, { ...now, bytes });
        this.#changes.fire();
        return;
      }
    } catch (error) {
      this.#log(`the kept homes of ${target} cannot be measured`, error);
    } finally {
      this.#sizing.delete(target);
    }
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    this.#watch?.[Symbol.dispose]();
    this.#changes.clear();
  }

  /** `again`: those that did not say, too. */
  #askAll({ again = false } = {}): void {
    for (const of of this.#fleet.targets()) {
      const { id } = of.target;
      const state = stateOf(of);
      const known = this.#known.get(id);
      const isKnown = known?.of === state && !(again && known.hasFailed);
      if (of.health !== 'up' || isKnown || this.#asking.get(id) === state) continue;
      this.#ask(id, state).catch(error => this.#log(`the kept homes of ${id} cannot be listed`, error));
    }
  }

  async #ask(target: TargetId, state: string): Promise<void> {
    this.#asking.set(target, state);
    try {
      const { homes } = await this.#fleet.engine(target);
      const kept = [...((await homes?.kept(this.#until(askMs))) ?? [])];
      kept.sort((a, b) => a.name.localeCompare(b.name));
      const before = this.#known.get(target);
      const isSame = JSON.stringify(before?.homes ?? []) === JSON.stringify(kept);
      // A list of its own stands for homes that are others: sizes are of one list.
      const { homes: listed, bytes } = isSame && before ? before : { homes: kept };
      this.#known.set(target, { of: state, homes: listed, bytes });
      if (!isSame) this.#changes.fire();
    } catch (error) {
      // What was known is still likely. Asked again when the target's workspaces change, or somebody looks again.
      const { homes = [], bytes } = this.#known.get(target) ?? {};
      this.#known.set(target, { of: state, homes, bytes, hasFailed: true });
      throw error;
    } finally {
      if (this.#asking.get(target) === state) this.#asking.delete(target);
    }
  }

  #until(ms: number): AbortSignal {
    return AbortSignal.any([this.#end.signal, AbortSignal.timeout(ms)]);
  }
}

/** A home is kept, and used again, with a workspace that goes or comes. */
function stateOf(of: FleetTarget | undefined): string {
  return (of?.workspaces ?? []).map(({ name }) => name).join(' ');
}
