/** Every long operation under way, so that page, notification and tree tell the same story of it. */
import * as l10n from '@vscode/l10n';
import { BerthError, isBerthError } from '../workspace/error.ts';
import type { TargetId, WorkspaceName } from '../workspace/name.ts';
import { workspaceKey } from '../workspace/workspace.ts';
import type { Progress, Report } from './engine.ts';
import { Listeners } from './listeners.ts';
import { appendProgress } from './progressLog.ts';

export type ActivityKind =
  | 'create'
  | 'start'
  | 'stop'
  | 'restart'
  | 'rebuild'
  | 'edit'
  | 'delete'
  | 'finish'
  | 'backup'
  | 'restore';
export type ActivityState = 'running' | 'done' | 'failed' | 'cancelled';

/** What an activity is about. */
export interface ActivitySubject {
  readonly kind: ActivityKind;
  readonly target: TargetId;
  readonly name: WorkspaceName;
  /** For people, such as 'Starting brave-otter'. */
  readonly title: string;
}

/** One operation, from its start to its end. It stays readable after the end. */
export class Activity {
  readonly id: string;
  readonly kind: ActivityKind;
  readonly target: TargetId;
  readonly name: WorkspaceName;
  readonly title: string;
  /** Unix time in ms. */
  readonly startedAt = Date.now();
  /** Settles at the end, whatever it was; never rejects. */
  readonly finished: Promise<void>;
  readonly #abort = new AbortController();
  readonly #changes = new Listeners<void>();
  readonly #reports = new Listeners<Progress>();
  #progress: readonly Progress[] = [];
  #state: ActivityState = 'running';
  #error: BerthError | undefined;

  constructor(
    id: string,
    subject: ActivitySubject,
    work: (report: Report, signal: AbortSignal) => Promise<void>,
  ) {
    this.id = id;
    this.kind = subject.kind;
    this.target = subject.target;
    this.name = subject.name;
    this.title = subject.title;
    this.finished = this.#run(work);
  }

  /** All that was reported, the latest word on each layer only; bounded. */
  get progress(): readonly Progress[] {
    return this.#progress;
  }

  get state(): ActivityState {
    return this.#state;
  }

  /** Why it failed. */
  get error(): BerthError | undefined {
    return this.#error;
  }

  /** Asks it to end; `state` says when it has. */
  cancel(): void {
    this.#abort.abort(cancelled(this.title));
  }

  /** Each report as it comes. */
  onDidReport(listener: (progress: Progress) => void): Disposable {
    return this.#reports.add(listener);
  }

  /** When it ends. */
  onDidChange(listener: () => void): Disposable {
    return this.#changes.add(listener);
  }

  /** For callers that go on only after success: rejects with what it failed with, or 'cancelled'. */
  async succeeded(): Promise<void> {
    await this.finished;
    if (this.#state === 'failed') throw this.#error;
    if (this.#state === 'cancelled') throw cancelled(this.title);
  }

  async #run(work: (report: Report, signal: AbortSignal) => Promise<void>): Promise<void> {
    const report: Report = progress => {
      if (this.#state !== 'running') return;
      this.#progress = appendProgress(this.#progress, progress);
      this.#reports.fire(progress);
    };
    try {
      // The work begins after the constructor has returned, so that listeners hear its first report.
      await Promise.resolve();
      this.#abort.signal.throwIfAborted();
      await work(report, this.#abort.signal);
      this.#state = 'done';
    } catch (error) {
      const wasCancelled = this.#abort.signal.aborted && !isRealFailure(error);
      this.#state = wasCancelled ? 'cancelled' : 'failed';
      if (!wasCancelled) this.#error = asBerthError(this.title, error);
    }
    this.#changes.fire();
    this.#reports.clear();
    this.#changes.clear();
  }
}

/** All activities of this window: what runs, and how the last one of each workspace ended. */
export class Activities {
  readonly #latest = new Map<string, Activity>();
  readonly #running = new Set<Activity>();
  readonly #changes = new Listeners<Activity>();
  readonly #reports = new Listeners<Activity>();
  #count = 0;

  /**
   * Begins one. Refuses ('conflict') while another runs on the same workspace, unless it overtakes: then the other is
   * cancelled and not waited for.
   */
  run(
    subject: ActivitySubject,
    work: (report: Report, signal: AbortSignal) => Promise<void>,
    { overtakes = false }: { readonly overtakes?: boolean } = {},
  ): Activity {
    const key = workspaceKey(subject);
    const busy = this.#latest.get(key);
    if (overtakes) busy?.cancel();
    else if (busy?.state === 'running') {
      throw new BerthError(l10n.t('{0}: still under way', busy.title), { code: 'conflict' });
    }
    const activity = new Activity(String(++this.#count), subject, work);
    this.#latest.set(key, activity);
    this.#running.add(activity);
    activity.onDidReport(() => this.#reports.fire(activity));
    activity.onDidChange(() => {
      this.#running.delete(activity);
      this.#changes.fire(activity);
    });
    this.#changes.fire(activity);
    return activity;
  }

  get running(): readonly Activity[] {
    return [...this.#running];
  }

  /** What runs and how the last one of each workspace ended, oldest first. */
  list(): readonly Activity[] {
    return [...this.#latest.values()].sort((a, b) => a.startedAt - b.startedAt);
  }

  /** The one that runs on the workspace, else the last one that did. */
  of(target: TargetId, name: WorkspaceName): Activity | undefined {
    return this.#latest.get(workspaceKey({ target, name }));
  }

  byId(id: string): Activity | undefined {
    return [...this.#latest.values()].find(activity => activity.id === id);
  }

  /** One began or ended. */
  onDidChange(listener: (activity: Activity) => void): Disposable {
    return this.#changes.add(listener);
  }

  /** One reported something. */
  onProgress(listener: (activity: Activity) => void): Disposable {
    return this.#reports.add(listener);
  }
}

function cancelled(title: string): BerthError {
  return new BerthError(l10n.t('{0}: cancelled', title), { code: 'cancelled' });
}

function asBerthError(title: string, error: unknown): BerthError {
  if (isBerthError(error)) return error;
  return new BerthError(l10n.t('{0}: {1}', title, error instanceof Error ? error.message : String(error)), {
    cause: error,
  });
}

/** After a cancel only an error of another code is news; an AbortError or 'cancelled' is what was asked for. */
function isRealFailure(error: unknown): boolean {
  if (isBerthError(error)) return error.code !== 'cancelled';
  return !(error instanceof Error && error.name === 'AbortError');
}
