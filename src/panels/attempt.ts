/** What a form was sent for: one activity at a time, which the form stays open for until it has ended well. */
import * as l10n from '@vscode/l10n';
import { isBerthError } from '../workspace/error.ts';
import type { AttemptInfo } from './messages.ts';
import type { ActivityView } from './services.ts';

export interface AttemptEvents {
  changed(info: AttemptInfo): void;
  /** It ended well. */
  done(): void;
  /** It failed or was cancelled; awaited before the form can be sent again. */
  failed(state: 'failed' | 'cancelled'): Promise<void>;
}

export class Attempt implements Disposable {
  readonly #events: AttemptEvents;
  #info: AttemptInfo = { kind: 'none' };
  #activity: ActivityView | undefined;
  #following: Disposable | undefined;

  constructor(events: AttemptEvents) {
    this.#events = events;
  }

  get info(): AttemptInfo {
    return this.#info;
  }

  /** What runs now. */
  get activity(): ActivityView | undefined {
    return this.#info.kind === 'running' ? this.#activity : undefined;
  }

  /** Begins, unless one is under way; resolves once it has begun or was refused. */
  async make(begin: () => Promise<ActivityView>): Promise<void> {
    if (this.#info.kind === 'running') return;
    this.#activity = undefined;
    this.#say({ kind: 'running' });
    try {
      const activity = await begin();
      this.#activity = activity;
      this.#say({ kind: 'running', title: activity.title });
      if (activity.state === 'running') this.#following = activity.onDidChange(() => this.#end(activity));
      else this.#end(activity);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#say({ kind: 'failed', message });
      if (!isBerthError(error)) throw error;
    }
  }

  /** Whether there was something to cancel. */
  cancel(): boolean {
    const { activity } = this;
    activity?.cancel();
    return activity !== undefined;
  }

  [Symbol.dispose](): void {
    this.#following?.[Symbol.dispose]();
  }

  #end({ state, title, error }: ActivityView): void {
    if (state === 'running') return;
    this[Symbol.dispose]();
    if (state === 'done') {
      this.#events.done();
      return;
    }
    const message = error?.message ?? l10n.t('{0}: cancelled', title);
    void this.#events.failed(state).finally(() => this.#say({ kind: 'failed', message }));
  }

  #say(info: AttemptInfo): void {
    this.#info = info;
    this.#events.changed(info);
  }
}
