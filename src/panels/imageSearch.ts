/** One search for images at a time: a new one ends the one before. */
import { type Finding, type ImageSource, searchImages } from '../image/imageSource.ts';

/** A source that takes longer is no longer waited for. */
const searchMs = 20_000;

export class ImageSearch implements Disposable {
  readonly #log: (message: string, error: unknown) => void;
  #running: AbortController | undefined;

  constructor(log: (message: string, error: unknown) => void) {
    this.#log = log;
  }

  /** Returns when all sources are done, or another search has begun. */
  async begin(
    sources: readonly ImageSource[],
    text: string,
    tell: (finding: Finding) => void,
  ): Promise<void> {
    this.end();
    const running = new AbortController();
    this.#running = running;
    const signal = AbortSignal.any([running.signal, AbortSignal.timeout(searchMs)]);
    await searchImages(sources, text, tell, signal, ({ id }, error) =>
      this.#log(`images cannot be searched (${id})`, error),
    );
  }

  end(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
