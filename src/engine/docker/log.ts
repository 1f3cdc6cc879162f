/** What a workspace has printed, as it comes. */
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import type { LogOptions } from '../engine.ts';
import { decoded, logFileArgv } from '../logFile.ts';
import { execStream } from './exec.ts';
import { abortable, inRecord } from './observe.ts';
import { endOnAbort, textOf } from './output.ts';

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

/** One of boot's files, while it runs. Ends without an error when the container stops or the signal aborts. */
export async function* fileLogOf(
  container: Dockerode.Container,
  file: string,
  options: LogOptions,
  signal: AbortSignal,
): AsyncIterable<string> {
  const argv = logFileArgv(inRecord(file), options);
  const stream = await execStream(container, { argv, user: '0:0' }, () => undefined);
  try {
    yield* decoded(endOnAbort(stream, signal));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stream.destroy();
  }
}

async function* asStream(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes;
}
