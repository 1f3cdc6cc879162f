/** The floor: the same container with sshd, made by hand with nothing but Docker's and OpenSSH's own clients. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../support/command.ts';
import { dockerSocket } from '../support/dockerd.ts';

export class RawContainer implements AsyncDisposable {
  readonly name = `t-bench-floor-${randomBytes(3).toString('hex')}`;
  readonly #folder: string;
  readonly #image: string;

  private constructor(folder: string, image: string) {
    this.#folder = folder;
    this.#image = image;
  }

  static async prepare(image: string): Promise<RawContainer> {
    const folder = await mkdtemp(join(tmpdir(), 'berth-bench-'));
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
    return new RawContainer(folder, image);
  }

  get key(): string {
    return join(this.#folder, 'key');
  }

  /** docker create, cp of the key, start, and ssh until it has answered. */
  async createUntilAnswered(): Promise<void> {
    await this.#docker([
      ...['create', '--name', this.name, '-p', '127.0.0.1::22', '--entrypoint', '/bin/sh', this.#image],
      ...[
        '-c',
        'mkdir -p /run/sshd && exec /usr/sbin/sshd -D -o AuthorizedKeysFile=/key.pub -o StrictModes=no',
      ],
    ]);
    await this.#docker(['cp', `${this.key}.pub`, `${this.name}:/key.pub`]);
    await this.startUntilAnswered();
  }

  /** docker start, and ssh until it has answered. */
  async startUntilAnswered(): Promise<void> {
    await this.#docker(['start', this.name]);
    const port = await this.#port();
    const deadline = Date.now() + 20_000;
    while ((await this.#ssh(port, 'true', true)).code !== 0) {
      if (Date.now() > deadline) throw new Error('the raw container does not answer');
      await sleep(10);
    }
  }

  async stop(): Promise<void> {
    await this.#docker(['stop', '-t', '1', this.name]);
  }

  async remove(): Promise<void> {
    await run('docker', ['rm', '-fv', this.name], { mayFail: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #ssh(port: string, command: string, mayFail: boolean) {
    return run('ssh', [...directSsh(this.key, port), command], { mayFail, timeoutMs: 20_000 });
  }

  async #port(): Promise<string> {
    const { stdout } = await this.#docker(['port', this.name, '22/tcp']);
    return stdout.trim().split(':').at(-1) ?? '';
  }

  #docker(args: readonly string[]) {
    return run('docker', ['-H', `unix://${dockerSocket}`, ...args]);
  }
}

/** ssh straight to a port, with nothing of the person's config. */
export function directSsh(key: string, port: string | number, host = '127.0.0.1'): string[] {
  return [
    ...['-F', 'none', '-i', key, '-p', String(port), '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes'],
    ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
    `root@${host}`,
  ];
}
