/** The bodies of an API server's answers: whole, or line by line as they come. */
import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';

const maxLineCharacters = 16 << 20;

/** The whole body, unzipped. Throws, and lets the connection go, where it is longer than that. */
export async function textOf(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const isZipped = answer.headers['content-encoding'] === 'gzip';
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of isZipped ? unzipped(answer) : answer) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      answer.destroy();
      throw new Error(`the answer is longer than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function unzipped(answer: IncomingMessage): AsyncIterable<Buffer> {
  const gunzip = createGunzip();
  answer.once('error', error => gunzip.destroy(error));
  return answer.pipe(gunzip);
}

/** Whole lines, without their ends; one without an end is cut at 16 Mi characters. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [first = '', ...more] = decoder.decode(chunk, { stream: true }).split('\n');
    parts.push(first);
    length += first.length;
    if (more.length === 0 && length < maxLineCharacters) continue;
    yield parts.join('');
    const last = more.pop() ?? '';
    yield* more;
    parts = [last];
    length = last.length;
  }
  const rest = parts.join('') + decoder.decode();
  if (rest !== '') yield rest;
}
