/** Programs run inside a workspace from outside: to their end with their output, or as a stream of bytes. */
import { Duplex, PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Dockerode from 'dockerode';
import type { ExecResult } from '../engine.ts';
import { OutputLimit } from '../outputLimit.ts';
import { abortable } from './observe.ts';
import { endOnAbort, unframed } from './output.ts';

export interface ExecRequest {
  readonly argv: readonly string[];
  readonly user: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: readonly string[];
  readonly folder?: string | undefined;
  readonly privileged?: boolean | undefined;
}

/** Aborted, it rejects; what runs inside is left to see that its streams are gone. */
export async function execToEnd(
  container: Dockerode.Container,
  { argv, user, stdin, env = [], folder, privileged = false }: ExecRequest,
  signal: AbortSignal | undefined,
): Promise<ExecResult> {
  const exec = await container.exec({
    Cmd: [...argv],
    User: user,
    Env: [...env],
    ...(folder !== undefined && { WorkingDir: folder }),
    ...(privileged && { Privileged: true }),
    AttachStdin: stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    ...abortable(signal),
  });
  const socket = await exec.start({ hijack: true, stdin: stdin !== undefined });
  if (signal) endOnAbort(socket, signal);
  if (stdin !== undefined) socket.end(stdin);
  const outputs = await outputsOf(socket).finally(() => signal?.throwIfAborted());
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? -1, ...outputs };
}

/** All that comes, up to what a program may print. */
export async function outputsOf(
  stream: AsyncIterable<unknown>,
): Promise<Pick<ExecResult, 'stdout' | 'stderr'>> {
  const outputs = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const limit = new OutputLimit();
  // Leaving the loop ends the connection.
  for await (const { source, data } of unframed(stream)) {
    limit.count(data.length);
    outputs[source].push(Buffer.from(data));
  }
  return {
    stdout: Buffer.concat(outputs.stdout).toString(),
    stderr: Buffer.concat(outputs.stderr).toString(),
  };
}

/** Its standard input and output as one stream with backpressure; `onStderr` gets its complaints. */
export async function execStream(
  container: Dockerode.Container,
  { argv, user }: ExecRequest,
  onStderr: (text: string) => void,
): Promise<Duplex> {
  const exec = await container.exec({
    Cmd: [...argv],
    User: user,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const socket = await exec.start({ hijack: true, stdin: true });
  return duplexOf(socket, onStderr);
}

/** Ends like a socket: the far side's end ends reading, our end closes its standard input, and both together the stream. */
function duplexOf(socket: Duplex, onStderr: (text: string) => void): Duplex {
  const output = new PassThrough();
  pipeline(stdoutOf(socket, onStderr), output).catch(error => output.destroy(error));
  const stream = Duplex.from({ readable: output, writable: socket });
  stream.once('close', () => socket.destroy());
  return stream;
}

async function* stdoutOf(socket: Readable, onStderr: (text: string) => void): AsyncIterable<Buffer> {
  for await (const { source, data } of unframed(socket)) {
    if (source === 'stdout') yield data;
    else onStderr(data.toString());
  }
}
