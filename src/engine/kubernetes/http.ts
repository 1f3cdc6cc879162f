/** HTTP to an API server on connections that are kept for the next request. Loads no library. */
import { Agent, ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Access, isSameWay } from './access.ts';
import { connect } from './connect.ts';

export interface HttpRequest {
  readonly method: string;
  /** With the query, without what the server's URL has before it. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

/** Idle connections are given up well before servers and what stands before them do it (Go's server: 90 s). */
const idleMs = 30_000;

export class Http implements Disposable {
  #agent: AccessAgent | undefined;
  #isClosed = false;

  /**
   * Resolves with the head of the answer, whatever its status; the body is the caller's to read to its end or to
   * destroy. Rejects with the network's error (which has `isReused` where the connection was an old one, which the
   * server may have closed meanwhile), or the signal's reason.
   */
  send(access: Access, { method, path, headers, body, signal }: HttpRequest): Promise<IncomingMessage> {
    const { host, pathname } = new URL(access.server);
    return new Promise((resolve, reject) => {
      const request = new ClientRequest({
        method,
        path: pathname.replace(/\/$/, '') + path,
        agent: this.#agentFor(access),
        headers: { ...outgoing(access), ...headers, host, ...length(body) },
        ...(signal && { signal }),
      });
      request.once('response', resolve);
      request.once('upgrade', (_answer, socket: Duplex) => socket.destroy(new Error('an unwanted upgrade')));
      request.on('error', error => {
        if (signal?.aborted) reject(signal.reason);
        else reject(request.reusedSocket ? Object.assign(error, { isReused: true }) : error);
      });
      request.end(body);
    });
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#agent?.destroy();
  }

  /** Connections of other credentials are let go as they fall idle. */
  #agentFor(access: Access): AccessAgent {
    if (this.#isClosed) throw new Error('the connection to the cluster was closed');
    if (this.#agent && !isSameWay(this.#agent.access, access)) {
      for (const sockets of Object.values(this.#agent.freeSockets))
        for (const socket of sockets ?? []) socket.destroy();
      this.#agent.maxFreeSockets = 0;
      this.#agent = undefined;
    }
    this.#agent ??= new AccessAgent(access);
    return this.#agent;
  }
}

export function outgoing({ headers }: Access): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}

function length(body: string | Uint8Array | undefined): OutgoingHttpHeaders {
  return body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
}

/** ClientRequest with an agent, not `https.request`: editors put their own proxy rules in the way of that one. */
class AccessAgent extends Agent {
  readonly access: Access;

  constructor(access: Access) {
    super({ keepAlive: true, timeout: idleMs, maxFreeSockets: 4 });
    this.access = access;
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    connect(this.access).then(
      socket => callback?.(null, socket),
      (error: Error) => (callback as ((error: Error) => void) | undefined)?.(error),
    );
  }
}
