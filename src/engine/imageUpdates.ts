/**
 * Looks for newer images of the workspaces that somebody sees: a registry is asked by HEAD, at most once an hour for an
 * image, and never while nobody looks. What goes wrong is logged and tried again an hour later.
 */
import {
  type Answer,
  dueQuestions,
  type ImageUpdate,
  isNewer,
  type Question,
  runKey,
  runningReference,
  type Updatable,
  updateOf,
} from '../image/imageUpdate.ts';
import type { ImageReference } from '../image/reference.ts';
import type { TargetId } from '../workspace/name.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Engine } from './engine.ts';
import { Listeners } from './listeners.ts';
import { mapWide } from './waiting.ts';

/** As much of the fleet as is needed. */
export interface UpdatableFleet {
  workspaces(): readonly Workspace[];
  onDidChange(listener: () => void): Disposable;
  engine(target: TargetId): Promise<Engine>;
}

export interface ImageUpdatesOptions {
  /** What the reference stands for now in its registry. */
  readonly newest: (reference: ImageReference, signal: AbortSignal) => Promise<string>;
  readonly log: (message: string, error: unknown) => void;
  /** Unix time in ms; default: the clock. */
  readonly now?: () => number;
}

/** A registry that takes longer counts as one that cannot be asked. */
const askMs = 15_000;

export class ImageUpdates implements Disposable {
  readonly #fleet: UpdatableFleet;
  readonly #options: ImageUpdatesOptions;
  readonly #answers = new Map<string, Answer>();
  /** Images that are being asked about. */
  readonly #asking = new Map<string, Promise<void>>();
  readonly #changes = new Listeners<void>();
  readonly #end = new AbortController();
  #watch: Disposable | undefined;
  #looks = 0;

  constructor(fleet: UpdatableFleet, options: ImageUpdatesOptions) {
    this.#fleet = fleet;
    this.#options = options;
  }

  /** The newer image that is known for a workspace. */
  of(workspace: Updatable): ImageUpdate | undefined {
    return updateOf(workspace, this.#answers);
  }

  /** A mark came or went. */
  onDidChange(listener: () => void): Disposable {
    return this.#changes.add(listener);
  }

  /** Keeps asking about all workspaces until disposed: for views that show them all. */
  look(): Disposable {
    const look = () => void this.ask(this.#fleet.workspaces());
    if (this.#looks++ === 0) {
      // While somebody looks the fleet renews itself every minute and says so: no clock of our own is needed.
      this.#watch = this.#fleet.onDidChange(look);
    }
    look();
    const end = () => {
      if (--this.#looks > 0) return;
      this.#watch?.[Symbol.dispose]();
      this.#watch = undefined;
    };
    const owned = new DisposableStack();
    owned.defer(end);
    return owned;
  }

  /** Asks about these alone, as far as there is no fresh answer yet. Never rejects. */
  async ask(workspaces: readonly Updatable[]): Promise<void> {
    const due = dueQuestions(workspaces, this.#answers, this.#now());
    await mapWide(due, async question => {
      const asking = this.#asking.get(question.key) ?? this.#ask(question);
      this.#asking.set(question.key, asking);
      await asking;
    });
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    this.#watch?.[Symbol.dispose]();
    this.#changes.clear();
  }

  async #ask(question: Question): Promise<void> {
    const { key, reference } = question;
    try {
      const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(askMs)]);
      const newest = await this.#options.newest(reference, signal);
      const judged = await this.#judge(question, newest, signal);
      this.#answers.set(key, { at: this.#now(), newest, judged });
    } catch (error) {
      if (this.#end.signal.aborted) return;
      this.#options.log(`${key} cannot be looked for in its registry`, error);
      const judged = new Map(question.workspaces.map(workspace => [runKey(workspace), false]));
      this.#answers.set(key, { at: this.#now(), newest: undefined, judged });
    } finally {
      this.#asking.delete(key);
    }
    this.#changes.fire();
  }

  async #judge(
    { key, workspaces }: Question,
    newest: string,
    signal: AbortSignal,
  ): Promise<Map<string, boolean>> {
    const byRun = new Map(workspaces.map(workspace => [runKey(workspace), workspace]));
    const judged = await mapWide([...byRun], async ([run, workspace]) => {
      const running = workspace.resolved?.digest ?? '';
      if (running === newest) return [run, false] as const;
      try {
        const { images } = await this.#fleet.engine(workspace.target);
        const digests = images
          ? (await images.details(runningReference(workspace), signal))?.digests
          : 'keeps-no-images';
        return [run, isNewer(running, newest, digests)] as const;
      } catch (error) {
        this.#options.log(`${key} cannot be compared with what ${workspace.target} has`, error);
        return [run, false] as const;
      }
    });
    return new Map(judged);
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }
}
