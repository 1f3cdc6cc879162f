/** What pulls, pushes and builds answer with: JSON messages, one a line. */
import { linesOf } from '../lines.ts';

/** Each message as it comes; lines that are no JSON are left out. */
export async function* jsonLines(stream: NodeJS.ReadableStream): AsyncIterable<unknown> {
  for await (const line of linesOf(decoded(stream))) {
    const message = parsed(line);
    if (message !== undefined) yield message;
  }
}

async function* decoded(stream: NodeJS.ReadableStream): AsyncIterable<string> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
