/**
 * The engine's clock, as the `Date` of its answers tells it. It may differ from this machine's: the engine runs elsewhere,
 * or one of the two was set. What the engine dates is compared with this clock, never with our own.
 */

/** Answers have whole seconds and take their time: clocks that differ by less count as one. */
const slackMs = 5_000;

export class EngineClock {
  #aheadMs = 0;

  /** `date` as RFC 9110, 6.6.1 has it; what is none changes nothing. */
  note(date: unknown, now = Date.now()): void {
    const told = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    if (Number.isNaN(told)) return;
    // In the middle of its second.
    const aheadMs = told + 500 - now;
    // Kept while it holds, so that no time seems to move with every answer.
    if (Math.abs(aheadMs - this.#aheadMs) > slackMs)
      this.#aheadMs = Math.abs(aheadMs) > slackMs ? aheadMs : 0;
  }

  /** Unix time in ms by the engine's clock. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** A time by the engine's clock as this machine's clock showed it; both ISO 8601 or unix time in ms. */
  here(time: string | number): Date {
    return new Date(new Date(time).getTime() - this.#aheadMs);
  }
}
