/** What all calls of an engine have in common: they end with it, and fail in Berth's words. */
import type { BerthError } from '../workspace/error.ts';
import type { Undo } from './undo.ts';

/** `what` says what was tried on which thing ('Cannot start “web”'). */
type ToError = (cause: unknown, what: string, signal: AbortSignal) => BerthError;

export class Calls implements Disposable {
  readonly #toError: ToError;
  readonly #end = new AbortController();
  /** What changes something and is not over yet. */
  readonly #underWay = new Set<Promise<void>>();

  constructor(toError: ToError) {
    this.#toError = toError;
  }

  /** Ends what goes on. */
  [Symbol.dispose](): void {
    this.#end.abort();
  }

  /** Resolves when nothing is being changed any more. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  /** A question, or the part of a change that is one. */
  async ask<T>(
    what: string,
    signal: AbortSignal | undefined,
    action: (until: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const until = this.#until(signal);
    try {
      until.throwIfAborted();
      return await action(until);
    } catch (cause) {
      throw this.#toError(cause, what, until);
    }
  }

  /** What changes something: settled() waits for it. */
  async change(
    what: string,
    signal: AbortSignal,
    action: (until: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const change = this.ask(what, signal, action);
    this.#underWay.add(change);
    try {
      await change;
    } finally {
      this.#underWay.delete(change);
    }
  }

  /** Ends without an error when the signal aborts. */
  async *stream<T>(
    what: string,
    signal: AbortSignal,
    open: (until: AbortSignal) => Promise<AsyncIterable<T> | undefined>,
  ): AsyncIterable<T> {
    const until = this.#until(signal);
    try {
      yield* (await open(until)) ?? [];
    } catch (cause) {
      if (!signal.aborted) throw this.#toError(cause, what, until);
    }
  }

  #until(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#end.signal]) : this.#end.signal;
  }
}

/** Takes back what could not be taken back before; what fails again stays for another time. */
export async function clearLeftovers(leftovers: Set<Undo>): Promise<void> {
  for (const undo of [...leftovers]) {
    leftovers.delete(undo);
    const errors = await undo.run();
    if (errors.length > 0) leftovers.add(undo);
  }
}
