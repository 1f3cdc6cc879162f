/** The end of a log, bounded, with nothing in it that has to be struck out. Pure but for the reading. */

/** A chat has better uses for its room. */
const maxChars = 16_000;
/** What is kept while it is read, at least. */
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
  // Of something to strike out that is not there whole yet, all that is there is kept.
  const kept = Math.max(keptChars, longest);
  let text = '';
  for await (const piece of log) {
    text += piece;
    // Before the cut, which would leave a part that nobody knows for what it is.
    if (text.length > 2 * kept) text = clean(text).slice(-kept);
  }
  const last = clean(text).trimEnd().split('\n').slice(-lines).join('\n');
  return last.length > maxChars ? `…${last.slice(-maxChars)}` : last;
}
