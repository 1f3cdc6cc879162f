/** The Berths of the soak, each a process of its own, and what is asked of them. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../support/vsix.ts';
import { type Orders, Reply, type Report, type Request, type Row } from './messages.ts';

/** The longest that anything under way may take to come to its end. */
const answerMs = 300_000;

export class Mate implements AsyncDisposable {
  readonly who: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #output = '';

  constructor(orders: Orders) {
    this.who = orders.who;
    this.#child = fork(join(projectRoot, 'test', 'soak', 'berth.ts'), [JSON.stringify(orders)], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-20_000);
      });
    this.#ended = new Promise(resolve => {
      this.#child.once('exit', code => resolve(code));
    });
  }

  async rest(): Promise<void> {
    await this.#ask('rest');
  }

  async tree(): Promise<readonly Row[]> {
    const reply = await this.#ask('tree');
    return reply.to === 'tree' ? reply.rows : [];
  }

  /** In bytes. */
  async heap(): Promise<number> {
    const reply = await this.#ask('heap');
    return reply.to === 'heap' ? reply.bytes : 0;
  }

  /** What it did; the process has then ended by itself, because nothing of it was left open. */
  async end(): Promise<Report> {
    const reply = await this.#ask('end');
    if (reply.to !== 'end') throw new Error(`${this.who} answered something else`);
    const code = await bounded(this.#ended, 60_000, () => `${this.who} does not end\n${this.#output}`);
    if (code !== 0) throw new Error(`${this.who} ended with ${code}\n${this.#output}`);
    return reply.report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async #ask(request: Request): Promise<Reply> {
    const answered = new Promise<Reply>(resolve => {
      const listen = (message: unknown) => {
        const reply = Reply.parse(message);
        if (reply.to !== request) return;
        this.#child.off('message', listen);
        resolve(reply);
      };
      this.#child.on('message', listen);
    });
    this.#child.send(request);
    const over = this.#ended.then(code => {
      throw new Error(`${this.who} ended with ${code} and did not answer '${request}'\n${this.#output}`);
    });
    over.catch(() => {});
    return await bounded(
      Promise.race([answered, over]),
      answerMs,
      () => `${this.who} does not answer '${request}'\n${this.#output}`,
    );
  }
}

async function bounded<T>(work: Promise<T>, ms: number, words: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(words())), ms);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
