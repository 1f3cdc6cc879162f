/** Other programs: run to their end or kept alive beside us, always bounded in time and never left behind. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to our own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  /** Default: one minute. The whole process group is killed at the end of it. */
  readonly timeoutMs?: number;
  /** Return the result whatever the exit code is. */
  readonly mayFail?: boolean;
}

/** Runs a program to its end. Throws with the end of its output when it fails or takes too long. */
export async function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { timeoutMs = 60_000 } = options;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: 'pipe',
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    signalGroup(child, 'SIGKILL');
  }, timeoutMs);
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', status => resolve(status ?? 128));
  }).finally(() => clearTimeout(timer));
  if (isLate) throw new Error(`${file} ${args[0] ?? ''} took longer than ${timeoutMs} ms\n${tail(stderr)}`);
  if (code !== 0 && options.mayFail !== true) {
    throw new Error(
      `${file} ${args.join(' ').slice(0, 300)} ended with ${code}\n${tail(stdout)}\n${tail(stderr)}`,
    );
  }
  return { code, stdout, stderr };
}

/** A program that runs beside us until it is stopped; its whole process group goes with it. */
export class Background {
  readonly child: ChildProcess;
  #output = '';
  readonly #exited: Promise<void>;

  constructor(file: string, args: readonly string[], options: SpawnOptions = {}) {
    this.child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options, detached: true });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-2_000_000);
      });
    }
    this.#exited = new Promise(resolve => {
      this.child.once('exit', () => resolve());
      this.child.once('error', error => {
        this.#output += String(error);
        resolve();
      });
    });
  }

  get hasExited(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Its exit code once it has ended (128 for a signal), or undefined when it has not in that time. */
  async ended(timeoutMs: number): Promise<number | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>(resolve => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#exited, late]);
    clearTimeout(timer);
    return this.hasExited ? (this.child.exitCode ?? 128) : undefined;
  }

  /** The last of what it printed, both streams. */
  get output(): string {
    return this.#output;
  }

  /** Polls until `isReady` answers true; throws with the program's output when it ends before or takes too long. */
  async until(isReady: () => Promise<boolean> | boolean, what: string, timeoutMs = 30_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await isReady())) {
      if (this.hasExited) throw new Error(`It ended before ${what}:\n${tail(this.#output)}`);
      if (Date.now() > deadline)
        throw new Error(`Not within ${timeoutMs} ms: ${what}\n${tail(this.#output)}`);
      await sleep(100);
    }
  }

  async stop(graceMs = 5_000): Promise<void> {
    if (this.child.pid === undefined) return;
    signalGroup(this.child, 'SIGTERM');
    await Promise.race([this.#exited, sleep(graceMs, undefined, { ref: false })]);
    signalGroup(this.child, 'SIGKILL');
    await Promise.race([this.#exited, sleep(2_000, undefined, { ref: false })]);
  }
}

/** Polls until the check holds; throws with `what` when it does not in time. */
export async function eventually(
  check: () => Promise<boolean> | boolean,
  what: string,
  timeoutMs = 30_000,
  everyMs = 100,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await sleep(everyMs);
  }
}

/** The absolute path of a program, also where /usr/sbin is not on the PATH; undefined where it is missing. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  for (const folder of folders) {
    const path = join(folder, name);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/** A loopback port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

function tail(text: string): string {
  return text.trim().split('\n').slice(-40).join('\n');
}

/** Whether there is such a process, of this user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
