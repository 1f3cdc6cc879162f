/** Ports of workspaces on this machine's loopback, for the browser. Each lasts until its workspace or the editor ends. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Engine } from '../engine/engine.ts';
import type { Fleet } from '../engine/fleet.ts';
import type { Log } from '../vscode/log.ts';
import { workspaceKey } from '../workspace/workspace.ts';
import type { Ref } from './operations.ts';

interface Forward {
  readonly ref: Ref;
  readonly server: Server;
  readonly sockets: Set<Socket>;
  /** On 127.0.0.1. */
  readonly port: Promise<number>;
}

export class Forwards implements Disposable {
  readonly #fleet: Fleet;
  readonly #log: Log;
  readonly #open = new Map<string, Forward>();
  readonly #watch: Disposable;

  constructor(fleet: Fleet, log: Log) {
    this.#fleet = fleet;
    this.#log = log;
    this.#watch = fleet.onDidChange(() => this.#closeStopped());
  }

  /** The local port that leads to the workspace's; the same number where it is free. */
  async open(ref: Ref, port: number): Promise<number> {
    const key = `${workspaceKey(ref)}:${port}`;
    const open = this.#open.get(key) ?? this.#listen(ref, port);
    this.#open.set(key, open);
    try {
      return await open.port;
    } catch (error) {
      this.#open.delete(key);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
    for (const key of this.#open.keys()) this.#close(key);
  }

  #listen(ref: Ref, port: number): Forward {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, socket => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      void this.#join(socket, ref, port);
    });
    return { ref, server, sockets, port: listen(server, port).catch(() => listen(server, 0)) };
  }

  async #join(socket: Socket, ref: Ref, port: number): Promise<void> {
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    try {
      const engine: Engine = await this.#fleet.engine(ref.target);
      const remote: Duplex = await engine.dial(ref.name, port, gone.signal);
      await Promise.all([pipeline(socket, remote), pipeline(remote, socket)]);
    } catch (error) {
      // One side hung up, or nothing listens there: the browser shows it, the log keeps it.
      this.#log.write('debug', `a connection to port ${port} of ${workspaceKey(ref)} ended`, error);
      socket.destroy();
    }
  }

  #closeStopped(): void {
    for (const [key, { ref }] of this.#open) {
      const kind = this.#fleet.workspace(ref.target, ref.name)?.state.kind;
      if (kind !== 'Running' && kind !== 'Initializing' && kind !== 'Unknown') this.#close(key);
    }
  }

  #close(key: string): void {
    const forward = this.#open.get(key);
    this.#open.delete(key);
    forward?.server.close();
    for (const socket of forward?.sockets ?? []) socket.destroy();
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
