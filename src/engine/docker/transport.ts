/** The ways to an engine below HTTP: opening a socket, TLS or an ssh, and handing it to Node's HTTP client. */
import { readFile } from 'node:fs/promises';
import { Agent, type AgentOptions } from 'node:http';
import { connect as connectSocket, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { DockerEndpoint } from '../target.ts';
import type { TlsFiles } from './endpoint.ts';
import { dockerOverSsh, type SshCommand } from './ssh.ts';
import { unreachable } from './unreachable.ts';

/** Opens one more connection; where that takes time, a promise that may reject. */
export type Open = () => Duplex | Promise<Duplex>;

/** For TCP and TLS together; ssh has a limit of its own. */
const connectTimeoutMs = 10_000;

/** Failures are 'unreachable' errors with words. */
export function opener(endpoint: DockerEndpoint, ssh: SshCommand | undefined): Open {
  const open = opening(endpoint, ssh);
  return () => {
    const stream = open();
    return stream instanceof Promise
      ? stream.catch((cause: unknown) => Promise.reject(unreachable(endpoint, cause)))
      : stream;
  };
}

function opening(endpoint: DockerEndpoint, ssh: SshCommand | undefined): Open {
  switch (endpoint.type) {
    case 'unix':
    case 'npipe':
      return () => connected(connectSocket({ path: endpoint.path }), 'connect');
    case 'tcp': {
      const { host, port, tls } = endpoint;
      if (tls === undefined) return () => connected(connectSocket({ host, port }), 'connect');
      return async () => {
        const material = await readTls(tls);
        const servername = isIP(host) === 0 ? { servername: host } : {};
        const socket = connectTls({ host, port, ...servername, ...material, rejectUnauthorized: tls.verify });
        return await connected(socket, 'secureConnect');
      };
    }
    case 'ssh':
      return () => dockerOverSsh(endpoint, ['system', 'dial-stdio'], ssh);
  }
}

/**
 * Opens what it is given, no more than four at once until they are known to work: a server drops logins above some number
 * (sshd's MaxStartups, 10 by default).
 */
export function turns(): (open: Open) => Promise<Duplex> {
  const waiting: (() => void)[] = [];
  let begun = 0;
  return async open => {
    if (begun < 4) begun++;
    else await new Promise<void>(resolve => waiting.push(resolve));
    let timer: NodeJS.Timeout | undefined;
    const settled = once(() => {
      clearTimeout(timer);
      const next = waiting.shift();
      // Handed on, so that nobody who comes later is sooner.
      if (next) next();
      else begun--;
    });
    try {
      const stream = await open();
      // What says nothing for long has logged in by now.
      timer = setTimeout(settled, 10_000).unref();
      return stream.once('settled', settled);
    } catch (error) {
      settled();
      throw error;
    }
  };
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

/** An http.Agent whose connections are whatever `open` opens. A promise from it may reject: the call then rejects so. */
export class TransportAgent extends Agent {
  readonly #open: Open;
  readonly #opened: OpenStreams;

  constructor(open: Open, opened: OpenStreams, options: AgentOptions) {
    super(options);
    this.#open = open;
    this.#opened = opened;
  }

  /** docker-modem writes all that goes into a request out, wanted or not: an agent with its sockets takes a millisecond. */
  [inspect.custom](): string {
    return 'TransportAgent';
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | undefined {
    // One that is closed at once would make the agent ask for the next, on and on, for as long as a call is waiting.
    if (this.#opened.isClosed) {
      (callback as ((error: Error) => void) | undefined)?.(new Error('the connection is closed'));
      return undefined;
    }
    const opening = this.#open();
    if (!(opening instanceof Promise)) return this.#opened.add(opening);
    opening.then(
      stream => callback?.(null, this.#opened.add(stream)),
      (error: Error) => (callback as ((error: Error) => void) | undefined)?.(error),
    );
    return undefined;
  }
}

/** All that is open of a connection; what opens after its end is closed at once. */
export class OpenStreams implements Disposable {
  readonly #streams = new Set<Duplex>();
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  add(stream: Duplex): Duplex {
    if (this.#isClosed) return stream.destroy();
    this.#streams.add(stream);
    return stream.once('close', () => this.#streams.delete(stream));
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.destroy();
  }
}

function connected<T extends Socket | TLSSocket>(socket: T, event: 'connect' | 'secureConnect'): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy(
        Object.assign(new Error(`no connection within ${connectTimeoutMs} ms`), { code: 'ETIMEDOUT' }),
      );
    }, connectTimeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once('error', fail);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** Read at every connection, so that renewed files count at once. */
async function readTls(files: TlsFiles): Promise<{ ca?: Buffer; cert?: Buffer; key?: Buffer }> {
  const read = async (path: string | undefined, what: string) => {
    if (path === undefined) return undefined;
    try {
      return await readFile(path);
    } catch (cause) {
      throw new BerthError(l10n.t('Cannot read the {0} of this target: {1}', what, path), {
        code: 'unreachable',
        cause,
      });
    }
  };
  const [ca, cert, key] = await Promise.all([
    read(files.ca, l10n.t('CA certificate')),
    read(files.cert, l10n.t('client certificate')),
    read(files.key, l10n.t('client key')),
  ]);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}
