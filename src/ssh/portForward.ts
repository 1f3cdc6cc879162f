/**
 * A port of a workspace on this machine's loopback: an ssh of its own that forwards it. It runs `cat` on a pipe of
 * ours rather than -N, so that it ends when this process does, however that happens.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import type { Alias } from '../workspace/name.ts';

/** The handshake, on a machine or line that is slow. */
const startMs = 30_000;
/** Said by the shell at the other end once everything stands: ssh listens before it runs a command. */
const readyWord = 'berth-forward-stands';
/** Characters of ssh's words that are kept. */
const wordsLimit = 4_000;

export interface ForwardRequest {
  /** The config of the target: nothing of the person's own is read. */
  readonly configFile: string;
  readonly alias: Alias;
  /** In the workspace. */
  readonly port: number;
  /** On 127.0.0.1; taken where it is free, else another. */
  readonly preferredPort: number;
}

export interface PortForward extends Disposable {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Settles when the ssh has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

/** Resolves once the local port leads to the workspace. */
export async function forwardPort(request: ForwardRequest, signal?: AbortSignal): Promise<PortForward> {
  const preferred = await freePort(request.preferredPort).catch(() => 0);
  return await forwardFrom(preferred || (await freePort(0)), request, signal);
}

async function forwardFrom(
  local: number,
  request: ForwardRequest,
  signal?: AbortSignal,
): Promise<PortForward> {
  const { configFile, alias, port } = request;
  const options = ['BatchMode=yes', 'ExitOnForwardFailure=yes'];
  const child = spawn('ssh', [
    ...['-F', configFile, '-T', '-L', `127.0.0.1:${local}:127.0.0.1:${port}`],
    ...options.flatMap(option => ['-o', option]),
    ...[alias, `echo ${readyWord}; exec cat`],
  ]);
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  child.stdin.on('error', () => {});
  const limit = AbortSignal.any([AbortSignal.timeout(startMs), ...(signal ? [signal] : [])]);
  try {
    await stands(child, limit);
  } catch (cause) {
    child.kill();
    signal?.throwIfAborted();
    const reason = limit.aborted
      ? l10n.t('ssh did not answer within {0} s', startMs / 1000)
      : cause instanceof Error
        ? cause.message
        : String(cause);
    throw new BerthError(l10n.t('Port {0} of {1} cannot be reached: {2}', port, alias, reason), {
      code: 'unreachable',
      cause,
    });
  }
  return { port: local, ended, [Symbol.dispose]: () => void child.kill() };
}

/** Rejects with ssh's own words when it ends first. */
async function stands(child: ChildProcessWithoutNullStreams, limit: AbortSignal): Promise<void> {
  let [said, words] = ['', ''];
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-wordsLimit);
      if (said.includes(readyWord)) resolve();
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      words = (words + chunk).slice(-wordsLimit);
    });
    child.once('error', reject);
    child.once('close', code =>
      reject(new Error(lastWords(words) || l10n.t('ssh ended with code {0}', code ?? ''))),
    );
    limit.addEventListener('abort', () => reject(limit.reason), { once: true });
    if (limit.aborted) reject(limit.reason);
  });
}

/** The line that says why: the proxy's own where it spoke, else ssh's last. */
export function lastWords(words: string): string {
  const lines = words.split(/\r?\n/).map(line => line.trim());
  const own = lines.findLast(line => line.startsWith('berth: '))?.slice('berth: '.length);
  return own ?? lines.findLast(line => line !== '') ?? '';
}

/** The port itself where it is free; any free one for 0. */
function freePort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
