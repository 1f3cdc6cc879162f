/** Text that comes in pieces, as lines. */

const maxLineCharacters = 16 << 20;

/** UTF-8, of whose characters a piece may end in the middle. */
export async function* decoded(pieces: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

/** Whole lines, without their ends; one without an end is cut at 16 Mi characters. */
export async function* linesOf(texts: AsyncIterable<string>): AsyncIterable<string> {
  let parts: string[] = [];
  let length = 0;
  for await (const text of texts) {
    const [first = '', ...more] = text.split('\n');
    parts.push(first);
    length += first.length;
    if (more.length === 0 && length < maxLineCharacters) continue;
    yield parts.join('');
    const last = more.pop() ?? '';
    yield* more;
    parts = [last];
    length = last.length;
  }
  const rest = parts.join('');
  if (rest !== '') yield rest;
}
