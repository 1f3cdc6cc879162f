/** Ports of workspaces on this machine's loopback, for the browser. Each lasts until its workspace or the window ends. */
import type { Fleet } from '../engine/fleet.ts';
import { forwardPort, type PortForward } from '../ssh/portForward.ts';
import { type GatewayOptions, TlsGateway } from '../ssh/tlsGateway.ts';
import type { Log } from '../vscode/log.ts';
import { workspaceAlias, workspaceKey } from '../workspace/workspace.ts';
import type { Machine } from './machine.ts';
import type { Ref } from './operations.ts';

interface Open {
  readonly ref: Ref;
  readonly forward: Promise<PortForward>;
  /** Once somebody looked through it. */
  gateway?: Promise<TlsGateway>;
}

export class Forwards implements Disposable {
  readonly #fleet: Fleet;
  readonly #machine: Machine;
  readonly #log: Log;
  readonly #open = new Map<string, Open>();
  readonly #watch: Disposable;

  constructor(fleet: Fleet, machine: Machine, log: Log) {
    this.#fleet = fleet;
    this.#machine = machine;
    this.#log = log;
    this.#watch = fleet.onDidChange(() => this.#closeStopped());
  }

  /** The local port that leads to the workspace's; the same number where it is free. */
  async open(ref: Ref, port: number, signal: AbortSignal): Promise<number> {
    return (await this.#opened(ref, port, signal).forward).port;
  }

  /** The same for a port that speaks TLS by a certificate of its own; see TlsGateway. */
  async openTls(
    ref: Ref,
    port: number,
    basic: GatewayOptions['basic'],
    signal: AbortSignal,
  ): Promise<TlsGateway> {
    const open = this.#opened(ref, port, signal);
    const { port: local, ended } = await open.forward;
    if (!open.gateway) {
      const gateway = TlsGateway.start({ port: local, ...(basic && { basic }) });
      open.gateway = gateway;
      // At once where it is over already: whoever takes the port then must not be signed in to.
      void ended.then(() => release(gateway));
    }
    return await open.gateway;
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
    for (const key of this.#open.keys()) this.#close(key);
  }

  #opened(ref: Ref, port: number, signal: AbortSignal): Open {
    const key = `${workspaceKey(ref)}:${port}`;
    return this.#open.get(key) ?? this.#begin(key, ref, port, signal);
  }

  #begin(key: string, ref: Ref, port: number, signal: AbortSignal): Open {
    const configFile = this.#machine.ssh.folder.config(ref.target);
    const alias = workspaceAlias(ref);
    const open: Open = {
      ref,
      forward: forwardPort({ configFile, alias, port, preferredPort: port }, signal),
    };
    this.#open.set(key, open);
    open.forward
      .then(async forward => {
        this.#log.write('debug', `port ${port} of ${alias} is at 127.0.0.1:${forward.port}`);
        await forward.ended;
        this.#log.write('debug', `the forward of port ${port} of ${alias} ended`);
      })
      // The failure goes to whoever asked for the port.
      .catch(() => undefined)
      .finally(() => {
        if (this.#open.get(key) === open) this.#open.delete(key);
      });
    return open;
  }

  #closeStopped(): void {
    for (const [key, { ref }] of this.#open) {
      const kind = this.#fleet.workspace(ref.target, ref.name)?.state.kind;
      if (kind !== 'Running' && kind !== 'Initializing' && kind !== 'Unknown') this.#close(key);
    }
  }

  #close(key: string): void {
    const open = this.#open.get(key);
    this.#open.delete(key);
    release(open?.forward);
    release(open?.gateway);
  }
}

/** What never came about needs no end. */
function release(owned: Promise<Disposable> | undefined): void {
  owned?.then(
    it => it[Symbol.dispose](),
    () => undefined,
  );
}
