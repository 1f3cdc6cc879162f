/** The end of a log, bounded, with nothing in it that has to be struck out. Pure but for the reading. */

/** A chat has better uses for its room. */
const maxChars = 16_000;
/** What is kept while it is read: cleaning makes it shorter. */
const keptChars = 4 * maxChars;

export interface TailOptions {
  readonly lines: number;
  /** Strikes out what must not be seen. */
  readonly clean: (text: string) => string;
  /** Length of the longest of that. */
  readonly longest: number;
}

export async function tailOf(
  log: AsyncIterable<string>,
  { lines, clean, longest }: TailOptions,
): Promise<string> {
  let text = '';
  let isCut = false;
  for await (const piece of log) {
    text += piece;
    if (text.length <= 2 * keptChars) continue;
    text = text.slice(-keptChars);
    isCut = true;
  }
  // The cut may have gone through a secret, whose rest would not be known for one.
  const whole = clean(isCut ? text.slice(longest) : text);
  const last = whole.trimEnd().split('\n').slice(-lines).join('\n');
  return last.length > maxChars ? `…${last.slice(-maxChars)}` : last;
}
