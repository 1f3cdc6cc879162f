/** A build by a program of this machine, found as the person's own shell finds it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { linesOf } from '../lines.ts';
import { pathFor } from '../loginPath.ts';
import type { DockerEndpoint } from '../target.ts';
import type { BuildCommand, BuildProgram } from './buildCommand.ts';

const askTimeoutMs = 5_000;
/** Between being asked to end and being killed. */
const graceMs = 5_000;

/** The program that can build there with all that Dockerfiles may say today; undefined: the engine's API has to do. */
export async function findBuildProgram(
  endpoint: DockerEndpoint,
  isPodman: boolean,
  environment: NodeJS.ProcessEnv,
): Promise<BuildProgram | undefined> {
  if (isPodman) {
    // Podman's own ssh reads no ssh config, and it takes no files for TLS.
    const isNear = endpoint.type === 'unix' || (endpoint.type === 'tcp' && endpoint.tls === undefined);
    return isNear && (await answerOf('podman', ['--version'], environment)) ? 'podman' : undefined;
  }
  // The docker program knows no other socket behind an ssh.
  if (endpoint.type === 'ssh' && endpoint.socket !== undefined) return undefined;
  if (await answerOf('docker', ['buildx', 'version'], environment)) return 'buildx';
  const [, major] =
    /version (\d+)\./.exec((await answerOf('docker', ['--version'], environment)) ?? '') ?? [];
  // BuildKit came into the program with 18.09 and left it for the plugin with 23.
  return major !== undefined && Number(major) >= 18 && Number(major) < 23 ? 'docker' : undefined;
}

export interface ProgramEnd {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
}

/** Runs it to its end, each line of both outputs told as it comes. Aborted, it is asked to end, then killed. */
export async function runBuild(
  command: BuildCommand,
  onLine: (line: string) => void,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const child = spawn(command.program, command.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, PATH: await pathFor(command.program, environment), ...command.env },
    // A group of its own: docker runs its plugins as programs beside it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const end = (how: NodeJS.Signals) => {
    try {
      if (child.pid === undefined || process.platform === 'win32') child.kill(how);
      else process.kill(-child.pid, how);
    } catch {
      // It has ended by itself.
    }
  };
  let killing: NodeJS.Timeout | undefined;
  const cancel = () => {
    end('SIGTERM');
    killing = setTimeout(() => end('SIGKILL'), graceMs);
  };
  const ended = once(child, 'close');
  const read = async (stream: AsyncIterable<string>) => {
    for await (const line of linesOf(stream))
      for (const part of line.split('\r')) if (part !== '') onLine(part);
  };
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    const outputs = [child.stdout, child.stderr].map(stream => read(stream.setEncoding('utf8')));
    const [[exitCode]] = await Promise.all([ended, ...outputs]);
    return { exitCode: typeof exitCode === 'number' ? exitCode : null };
  } finally {
    clearTimeout(killing);
    signal.removeEventListener('abort', cancel);
  }
}

/** What it prints where it ends well and soon. */
async function answerOf(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...environment, PATH: await pathFor(program, environment) },
    timeout: askTimeoutMs,
    killSignal: 'SIGKILL',
    windowsHide: true,
  });
  try {
    const ended = once(child, 'close');
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    const [exitCode] = await ended;
    return exitCode === 0 ? text : undefined;
  } catch {
    return undefined;
  }
}
