/** A list that comes page by page, kept as far as it was read. */
import { orAborted } from '../engine/waiting.ts';

/** The beginning of a list. */
export interface Slice<T> {
  readonly entries: readonly T[];
  /** False where it is certain that nothing follows. */
  readonly hasMore: boolean;
}

/** Pages are read one after the other, however many ask at once, and for whoever comes next though one asker left. */
export class PagedList<T> implements Disposable {
  readonly #entries: T[] = [];
  readonly #pages: AsyncIterator<readonly T[]>;
  readonly #end = new AbortController();
  #isComplete = false;
  #failure: { readonly error: unknown } | undefined;
  #reading: Promise<void> | undefined;

  /** `pages` is given a signal that aborts when the list is disposed. */
  constructor(pages: (signal: AbortSignal) => AsyncIterable<readonly T[]>) {
    this.#pages = pages(this.#end.signal)[Symbol.asyncIterator]();
  }

  /** True after a failure: what was not read then cannot be had from this list any more. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** The first `count` entries that fit; reads on until they are there or the list ends. */
  async first(
    count: number,
    signal: AbortSignal,
    fits: (entry: T) => boolean = () => true,
  ): Promise<Slice<T>> {
    const found: T[] = [];
    let at = 0;
    for (;;) {
      for (; at < this.#entries.length && found.length <= count; at++) {
        const entry = this.#entries[at];
        if (entry !== undefined && fits(entry)) found.push(entry);
      }
      if (found.length >= count || this.#isComplete) {
        return { entries: found.slice(0, count), hasMore: found.length > count || !this.#isComplete };
      }
      await orAborted(this.#readOn(), signal);
    }
  }

  [Symbol.dispose](): void {
    this.#end.abort();
  }

  #readOn(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    try {
      const page = await this.#pages.next();
      if (page.done) this.#isComplete = true;
      else for (const entry of page.value) this.#entries.push(entry);
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }
}
