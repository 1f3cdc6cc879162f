/** A program's stdin and stdout as one stream, good enough for http.Agent to take it for a socket. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { Duplex, type Readable, type Writable } from 'node:stream';

export interface CommandFailure {
  readonly exitCode: number | null;
  /** At most the last 8 KiB of what it wrote there. */
  readonly stderr: string;
  /** Set when it could not be run at all. */
  readonly spawnError?: Error;
}

const stderrLimit = 8192;

/**
 * Ends when the program closes its stdout. A program that ends before it said anything, or with a complaint and
 * an exit code, fails the stream with what `explain` makes of it. Destroying the stream ends the program. Emits 'settled'
 * when it is known whether it works: at the first byte, or at its end.
 */
export class CommandStream extends Duplex {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #explain: (failure: CommandFailure) => Error;
  #stderr = '';
  #hasData = false;

  constructor(
    program: string,
    args: readonly string[],
    explain: (failure: CommandFailure) => Error,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    super({ allowHalfOpen: true });
    this.#explain = explain;
    this.#child = spawn(program, args, { stdio: 'pipe', windowsHide: true, env: environment });
    const { stdin, stdout, stderr } = this.#child;
    this.#child.once('error', spawnError => this.#fail({ exitCode: null, spawnError }));
    stdout.on('data', (chunk: Buffer) => {
      if (!this.#hasData) this.emit('settled');
      this.#hasData = true;
      if (!this.push(chunk)) stdout.pause();
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrLimit);
    });
    // A broken pipe says less than the exit that follows it.
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});
    // Not 'close': a connection master that stays behind may hold stderr open.
    void Promise.all([
      new Promise<number | null>(resolve => this.#child.once('exit', resolve)),
      new Promise<void>(resolve => stdout.once('close', resolve)),
    ]).then(([exitCode]) => this.#finish(exitCode));
  }

  #finish(exitCode: number | null): void {
    const settle = () => {
      if (this.destroyed) return;
      if (!this.#hasData || (exitCode !== 0 && this.#stderr.trim() !== '')) this.#fail({ exitCode });
      else this.push(null);
    };
    if (this.#child.stderr.readableEnded || this.#child.stderr.destroyed) {
      settle();
      return;
    }
    const timer = setTimeout(settle, 100);
    this.#child.stderr.once('end', () => {
      clearTimeout(timer);
      settle();
    });
  }

  #fail(failure: Omit<CommandFailure, 'stderr'>): void {
    this.destroy(this.#explain({ ...failure, stderr: this.#stderr }));
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.emit('settled');
    this.#child.stdin.destroy();
    this.#child.kill();
    done(error);
  }

  // What http.Agent calls on a socket it keeps for later.
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    this.#child.ref();
    for (const socket of this.#sockets()) socket.ref();
    return this;
  }
  /** An idle one does not keep this process alive. */
  unref(): this {
    this.#child.unref();
    for (const socket of this.#sockets()) socket.unref();
    return this;
  }

  #sockets(): Socket[] {
    const { stdin, stdout, stderr } = this.#child;
    return [stdin, stdout, stderr].filter(stream => stream instanceof Socket);
  }
}
