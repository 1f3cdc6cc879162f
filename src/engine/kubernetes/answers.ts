/** The bodies of an API server's answers. */
import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';

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
