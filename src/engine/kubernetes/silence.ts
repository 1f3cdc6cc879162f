/** How long nothing new has been heard of what somebody waits for. */
export class Silence {
  readonly #limitMs: number;
  readonly #now: () => number;
  #since: number;
  #last: string | undefined;

  constructor(limitMs: number, now: () => number = Date.now) {
    this.#limitMs = limitMs;
    this.#now = now;
    this.#since = now();
  }

  /** `state`: what is asked for again and again, which is news only where it differs; without it, it is news. */
  heard(state?: string): void {
    if (state !== undefined && state === this.#last) return;
    this.#last = state ?? this.#last;
    this.#since = this.#now();
  }

  get isTooLong(): boolean {
    return this.#now() - this.#since >= this.#limitMs;
  }
}
