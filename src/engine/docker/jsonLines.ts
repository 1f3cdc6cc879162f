/** What pulls, pushes and builds answer with: JSON messages, one a line. */
import * as z from 'zod';
import type { Progress } from '../engine.ts';
import { linesOf } from '../lines.ts';

/** What all of these messages may hold. */
export const TransferMessage = z.object({
  status: z.string().optional(),
  id: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).nullish(),
  error: z.string().optional(),
  errorDetail: z.object({ message: z.string().optional() }).nullish(),
});
type TransferMessage = z.infer<typeof TransferMessage>;

/** Pure: the words of a failure, where the message tells of one. */
export function failureIn({ errorDetail, error }: TransferMessage): string | undefined {
  return errorDetail?.message ?? error;
}

/** Pure: how far a layer is, where the message tells of one. */
export function layerIn({
  id,
  status,
  progressDetail,
}: TransferMessage): Extract<Progress, { kind: 'layer' }> | undefined {
  if (id === undefined || status === undefined) return undefined;
  const { current, total } = progressDetail ?? {};
  return {
    kind: 'layer',
    id,
    status,
    ...(current !== undefined && { current }),
    ...(total !== undefined && { total }),
  };
}

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
