/** SHA-256 of each piece of a stream that flows by. */
import { createHash } from 'node:crypto';

export class ChunkSums {
  readonly #chunkBytes: number;
  /** Called with each piece's sum as it is complete; what it throws ends the stream. */
  readonly #done: (sum: string, index: number) => void;
  #hash = createHash('sha256');
  #filled = 0;
  #index = 0;

  constructor(chunkBytes: number, done: (sum: string, index: number) => void) {
    this.#chunkBytes = chunkBytes;
    this.#done = done;
  }

  add(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + this.#chunkBytes - this.#filled);
      this.#hash.update(part);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#chunkBytes) this.#next();
    }
  }

  end(): void {
    if (this.#filled > 0) this.#next();
  }

  #next(): void {
    this.#done(this.#hash.digest('hex'), this.#index++);
    this.#hash = createHash('sha256');
    this.#filled = 0;
  }
}
