/** A socket in front of an engine that a test can cut and restore, as if the engine went away and came back. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Relay {
  readonly socketPath: string;
  readonly #engineSocket: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(folder: string, engineSocket: string) {
    this.socketPath = join(folder, 'docker.sock');
    this.#engineSocket = engineSocket;
  }

  static async start(engineSocket: string): Promise<Relay> {
    const relay = new Relay(await mkdtemp(join(tmpdir(), 'berth-relay-')), engineSocket);
    await relay.restore();
    return relay;
  }

  /** Ends every connection and takes the socket away. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>(resolve => {
      if (server) server.close(() => resolve());
      else resolve();
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async restore(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, near => {
      const far = connect({ path: this.#engineSocket, allowHalfOpen: true });
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        from.on('error', () => from.destroy());
        from.pipe(to);
      }
    });
    await new Promise<void>((resolve, reject) => {
      server.on('error', reject);
      server.listen(this.socketPath, () => resolve());
    });
    this.#server = server;
  }

  async stop(): Promise<void> {
    await this.cut();
    await rm(join(this.socketPath, '..'), { recursive: true, force: true });
  }
}
