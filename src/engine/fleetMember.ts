/** One target of the fleet: its engine, its health and what its last list said. */
import * as l10n from '@vscode/l10n';
import { BerthError, isBerthError } from '../workspace/error.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Engine, EngineFacts } from './engine.ts';
import type { Target } from './target.ts';
import { TimeKeeper } from './timeKeeper.ts';

export type Health = 'unknown' | 'up' | 'down';

/** What is known of a target now. */
export interface FleetTarget {
  readonly target: Target;
  readonly health: Health;
  /** Why it is down. */
  readonly problem: BerthError | undefined;
  readonly facts: EngineFacts | undefined;
  /** As last listed; of state Unknown while the target is down. */
  readonly workspaces: readonly Workspace[];
}

/** Free memory and disk are shown no older than this, while somebody looks. */
const factsAgeMs = 60_000;
/** A list that takes longer counts as a target that is down. */
const listTimeoutMs = 15_000;
/** How often it is looked whether a workspace's time is to be asked for anew, while somebody looks. */
const timesMs = 15_000;

export class FleetMember implements Disposable {
  readonly target: Target;
  readonly #open: (target: Target) => Promise<Engine>;
  readonly #changed: () => void;
  readonly #end = new AbortController();
  #engine: Promise<Engine> | undefined;
  #watch: Disposable | undefined;
  #isWatched = false;
  #renewal: NodeJS.Timeout | undefined;
  /** By performance.now(), which nobody sets; -Infinity: they are wanted anew. */
  #factsAt = -Infinity;
  #refreshing: Promise<void> | undefined;
  #again: Promise<void> | undefined;
  #health: Health = 'unknown';
  #problem: BerthError | undefined;
  #facts: EngineFacts | undefined;
  #workspaces: readonly Workspace[] = [];
  readonly #times = new TimeKeeper();
  #timesRenewal: NodeJS.Timeout | undefined;

  constructor(target: Target, open: (target: Target) => Promise<Engine>, changed: () => void) {
    this.target = target;
    this.#open = open;
    this.#changed = changed;
  }

  snapshot(): FleetTarget {
    return {
      target: this.target,
      health: this.#health,
      problem: this.#problem,
      facts: this.#facts,
      workspaces: this.#times.on(this.#workspaces),
    };
  }

  engine(): Promise<Engine> {
    this.#engine ??= this.#open(this.target).then(
      engine => {
        if (this.#end.signal.aborted) engine[Symbol.dispose]();
        return engine;
      },
      error => {
        this.#engine = undefined;
        throw error;
      },
    );
    return this.#engine;
  }

  /** Everything anew, the facts too: what a person asks for, and what follows an operation. */
  refresh(): Promise<void> {
    this.#factsAt = -Infinity;
    this.#times.expire();
    return this.#relist();
  }

  /** The times alone, where somebody looks. */
  renewTimes(): void {
    this.#times.expire();
    void this.#renewTimes();
  }

  /** One at a time; whoever asks while one is under way gets the next, which began after they asked. */
  #relist(): Promise<void> {
    if (!this.#refreshing) {
      this.#refreshing = this.#list().finally(() => {
        this.#refreshing = undefined;
      });
      return this.#refreshing;
    }
    this.#again ??= this.#refreshing.then(() => {
      this.#again = undefined;
      return this.#relist();
    });
    return this.#again;
  }

  /** Watches the engine, or lets it be. */
  setWatched(isWatched: boolean): void {
    if (isWatched === this.#isWatched || this.#end.signal.aborted) return;
    this.#isWatched = isWatched;
    if (isWatched) {
      this.#renewal = setInterval(() => void this.refresh(), factsAgeMs).unref();
      this.#timesRenewal = setInterval(() => void this.#renewTimes(), timesMs).unref();
      void this.#relist();
      return;
    }
    clearInterval(this.#renewal);
    clearInterval(this.#timesRenewal);
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
  }

  /** For a target that was removed: no longer looked at, and let go once what is under way on it is over. */
  retire(): void {
    this.setWatched(false);
    this.#end.abort();
    this.#engine?.then(
      engine => engine.retire(),
      () => undefined,
    );
  }

  [Symbol.dispose](): void {
    this.setWatched(false);
    this.#end.abort();
    this.#engine?.then(
      engine => engine[Symbol.dispose](),
      () => undefined,
    );
  }

  /** A target that is up is judged by its list: facts that come too late are only older than they should be. */
  async #renewFacts(engine: Engine): Promise<void> {
    const isUp = this.#health === 'up';
    if (isUp && performance.now() - this.#factsAt < factsAgeMs) return;
    this.#factsAt = performance.now();
    try {
      this.#facts = await engine.probe(this.#end.signal);
    } catch (error) {
      if (!isUp) throw error;
    }
  }

  async #list(): Promise<void> {
    try {
      const engine = await this.engine();
      // Before the list, so that no change falls between the two.
      if (this.#isWatched) this.#watch ??= engine.watch(() => void this.#relist());
      const facts = this.#renewFacts(engine);
      if (this.#health !== 'up') await facts;
      this.#workspaces = await engine.list(
        AbortSignal.any([this.#end.signal, AbortSignal.timeout(listTimeoutMs)]),
      );
      await facts;
      this.#health = 'up';
      this.#problem = undefined;
    } catch (error) {
      if (this.#end.signal.aborted) return;
      this.#health = 'down';
      this.#problem = isBerthError(error)
        ? error
        : new BerthError(l10n.t('{0} does not answer', this.target.title), {
            code: 'unreachable',
            cause: error,
          });
      this.#workspaces = this.#workspaces.map(asUnknown);
    }
    if (this.#end.signal.aborted) return;
    this.#changed();
    void this.#renewTimes();
  }

  /** Behind the list, which is not held up by a workspace that is slow to answer. */
  async #renewTimes(): Promise<void> {
    if (this.#health !== 'up' || !this.#isWatched) return;
    const { signal } = this.#end;
    const isNews = await this.#times.renew(await this.engine(), this.#workspaces, signal);
    if (isNews && !signal.aborted) this.#changed();
  }
}

function asUnknown(workspace: Workspace): Workspace {
  const { startedAt: _, time: __, ...rest } = workspace;
  return {
    ...rest,
    state: { kind: 'Unknown', reason: l10n.t('the target does not answer'), cause: 'unreachable' },
  };
}
