/** What containers print, taken out of the frames in which Docker's API carries it. */
import type { Readable } from 'node:stream';

/** Longer than any frame that Docker sends; what claims more is no frame. */
const maxFrameBytes = 1 << 26;

/** Which of the two outputs a piece is of. */
export type Source = 'stdout' | 'stderr';

/**
 * The payloads of a framed stream (Docker Engine API, 'Stream format': kind, three zeros, length of four bytes). A
 * stream without frames, as containers with a terminal have it, is passed on as it is.
 */
export async function* unframed(
  stream: AsyncIterable<unknown>,
): AsyncIterable<{ source: Source; data: Buffer }> {
  let rest: Buffer = Buffer.alloc(0);
  let isRaw = false;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= 8 && !isRaw) {
      const length = rest.readUInt32BE(4);
      isRaw = (rest[0] ?? 9) > 2 || rest[1] !== 0 || rest[2] !== 0 || rest[3] !== 0 || length > maxFrameBytes;
      if (isRaw || rest.length < 8 + length) break;
      yield { source: rest[0] === 2 ? 'stderr' : 'stdout', data: rest.subarray(8, 8 + length) };
      rest = rest.subarray(8 + length);
    }
    if (isRaw && rest.length > 0) {
      yield { source: 'stdout', data: rest };
      rest = Buffer.alloc(0);
    }
  }
  if (rest.length > 0) yield { source: 'stdout', data: rest };
}

/** The text of both outputs in the order in which it came; a character is never cut in two. */
export async function* textOf(stream: AsyncIterable<unknown>): AsyncIterable<string> {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  for await (const { source, data } of unframed(stream)) {
    const text = decoders[source].decode(data, { stream: true });
    if (text !== '') yield text;
  }
}

/** Ends the stream when the signal aborts; a reader then sees its end, not an error. */
export function endOnAbort<T extends Readable>(stream: T, signal: AbortSignal): T {
  const end = () => stream.destroy();
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', end));
  return stream;
}
