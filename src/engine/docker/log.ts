/** What a workspace has printed, as it comes. */
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { abortable } from './observe.ts';
import { endOnAbort, textOf } from './output.ts';

export interface LogOptions {
  readonly follow: boolean;
  /** Lines from the end; default: all that the engine keeps. */
  readonly tail?: number;
}

/** Ends without an error when the container stops, the signal aborts or the container is removed. */
export async function* logOf(
  container: Dockerode.Container,
  { follow, tail }: LogOptions,
  signal: AbortSignal,
): AsyncIterable<string> {
  const common = { stdout: true, stderr: true, ...(tail !== undefined && { tail }), ...abortable(signal) };
  if (!follow) {
    yield* textOf(asStream(await container.logs({ ...common, follow: false })));
    return;
  }
  const stream = await container.logs({ ...common, follow: true });
  try {
    yield* textOf(endOnAbort(stream as Readable, signal));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function* asStream(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes;
}
