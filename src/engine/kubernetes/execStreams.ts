/** Programs run in a container from outside, with their streams. */
import { Readable, Writable } from 'node:stream';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import { OutputLimit } from '../outputLimit.ts';
import type { ChannelOpener, Channels } from './channels.ts';
import { errorOfStatus, parseStatus } from './status.ts';

export interface PodRef {
  readonly namespace: string;
  readonly name: string;
}

/** Both outputs share one connection: a reader of one must read (or destroy, or resume) the other too. */
export interface ExecStreams extends Disposable {
  /** Undefined where none was asked for. Its end is the program's end of input. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Rejects with KubeStatusError where it could not be run, or with the network's error. */
  readonly exit: Promise<{ readonly exitCode: number }>;
}

const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const maxStatusCharacters = 64 << 10;

/** Rejects as the opener does. An abort, also later, ends the connection; the program is left to see that. */
export async function execStreams(
  api: ChannelOpener,
  pod: PodRef,
  container: string,
  argv: readonly string[],
  options: { readonly stdin?: boolean; readonly signal?: AbortSignal } = {},
): Promise<ExecStreams> {
  const { stdin = false, signal } = options;
  const channels = await api.channels({
    path: `/api/v1/namespaces/${encodeURIComponent(pod.namespace)}/pods/${encodeURIComponent(pod.name)}/exec`,
    query: { container, command: argv, stdin, stdout: true, stderr: true },
    protocols,
    ...(signal && { signal }),
  });
  if (stdin && channels.protocol !== protocols[0]) {
    channels[Symbol.dispose]();
    throw new BerthError(
      l10n.t(
        'Cannot send input to a program in the workspace: the cluster is older than Kubernetes 1.30, whose WebSockets have no end of input.',
      ),
      { code: 'unsupported' },
    );
  }
  return new Exec(channels, stdin, signal);
}

/** Gives a program its input and reads it to its end. Rejects where its output has no end. */
export async function outcomeOf(
  streams: ExecStreams,
  stdin: string | Uint8Array | undefined,
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  streams.stdin?.end(stdin);
  const [stdout, stderr, { exitCode }] = await Promise.all([
    textOf(streams.stdout),
    textOf(streams.stderr),
    streams.exit,
  ]);
  return { exitCode, stdout, stderr };
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  const limit = new OutputLimit();
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    limit.count(chunk.length);
  }
  return Buffer.concat(chunks).toString();
}

type Settle = (outcome: { readonly exitCode: number } | Error) => void;

class Exec implements ExecStreams {
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<{ readonly exitCode: number }>;
  readonly #channels: Channels;
  readonly #full = new Set<Readable>();
  #status = '';

  constructor(channels: Channels, hasStdin: boolean, signal: AbortSignal | undefined) {
    this.#channels = channels;
    this.stdin = hasStdin ? this.#input() : undefined;
    this.stdout = this.#output();
    this.stderr = this.#output();
    let end: Settle = () => {};
    this.exit = new Promise((resolve, reject) => {
      end = outcome => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
    });
    // Who reads the streams only hears of it there.
    this.exit.catch(() => {});
    const abort = () => this.#end(signal?.reason, end);
    channels.receive({
      data: (number, piece) => this.#take(number, piece),
      end: error => {
        signal?.removeEventListener('abort', abort);
        this.#end(error, end);
      },
    });
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
  }

  [Symbol.dispose](): void {
    this.#channels[Symbol.dispose]();
  }

  #take(number: number, piece: Buffer): void {
    if (number === channel.status) this.#status = (this.#status + piece).slice(0, maxStatusCharacters);
    const output =
      number === channel.stdout ? this.stdout : number === channel.stderr ? this.stderr : undefined;
    if (!output || output.destroyed || output.push(piece)) return;
    this.#full.add(output);
    this.#channels.pause();
  }

  #end(error: Error | undefined, settle: Settle): void {
    const outcome = error && this.#status === '' ? error : exitOf(this.#status);
    settle(outcome);
    for (const output of [this.stdout, this.stderr]) {
      if (outcome instanceof Error && error) output.destroy(outcome);
      else output.push(null);
    }
    this.stdin?.destroy();
    this.#channels[Symbol.dispose]();
  }

  #output(): Readable {
    const taken = () => {
      this.#full.delete(output);
      if (this.#full.size === 0) this.#channels.resume();
    };
    const output = new Readable({
      highWaterMark: 256 << 10,
      read: taken,
      destroy: (error, done) => {
        taken();
        done(error);
      },
    });
    // Whoever takes only the exit code need not listen to errors of streams.
    return output.on('error', () => {});
  }

  #input(): Writable {
    return new Writable({
      write: (chunk, _encoding, done) => this.#channels.send(channel.stdin, chunk, done),
      final: done => {
        this.#channels.send(channel.close, Uint8Array.of(channel.stdin));
        done();
      },
    }).on('error', () => {});
  }
}

/** Pure: what the last word on the status channel says. */
export function exitOf(text: string): { exitCode: number } | Error {
  const status = parseStatus(text);
  if (!status) return new Error('the program in the container ended without a word about its end');
  if (status.status === 'Success') return { exitCode: 0 };
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  const exitCode = Number(cause?.message ?? '');
  if (status.reason === 'NonZeroExitCode' && Number.isInteger(exitCode)) return { exitCode };
  return errorOfStatus(status, 500);
}
