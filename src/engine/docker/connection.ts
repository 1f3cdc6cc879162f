/** One Docker API client for any endpoint: a local socket, TCP with and without TLS, or the person's own ssh. */
import { readFile } from 'node:fs/promises';
import { Agent, type AgentOptions } from 'node:http';
import { connect as connectSocket, isIP, type Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import * as l10n from '@vscode/l10n';
import Dockerode from 'dockerode';
import { BerthError } from '../../workspace/error.ts';
import type { DockerEndpoint } from '../target.ts';
import type { TlsFiles } from './endpoint.ts';
import { dockerOverSsh, type SshCommand } from './ssh.ts';
import { isConnectionFailure, unreachable } from './unreachable.ts';

export interface DockerConnection extends Disposable {
  /** Its calls reject with an 'unreachable' BerthError where the connection fails, else with dockerode's own errors. */
  readonly docker: Dockerode;
  readonly endpoint: DockerEndpoint;
  /** Whether paths and loopback ports of the engine are those of this machine. */
  readonly isLocal: boolean;
  /** ssh:// only: runs `docker <args>` on the engine's machine in one hop, such as `exec -i … sshd -i`. */
  readonly dockerOnHost?: (args: readonly string[]) => Duplex;
}

export interface ConnectOptions {
  /** Default: `ssh` from the PATH, with the person's own config. */
  readonly ssh?: SshCommand;
  /** For TCP and TLS together; default 10 s. ssh has a limit of its own. */
  readonly connectTimeoutMs?: number;
}

/** Opens nothing yet: the first call does. Disposing closes all that is open, streams too. */
export function connect(endpoint: DockerEndpoint, options: ConnectOptions = {}): DockerConnection {
  const opened = new Set<Duplex>();
  const opening = opener(endpoint, options);
  const open: Open = () => {
    const stream = opening();
    return stream instanceof Promise
      ? stream.catch((cause: unknown) => Promise.reject(unreachable(endpoint, cause)))
      : stream;
  };
  // Calls share a few connections. What lasts (events, logs, exec) has its own, so that it never keeps a call waiting.
  const calls = new TransportAgent(open, opened, {
    keepAlive: true,
    ...(endpoint.type === 'ssh' && { maxSockets: 4 }),
  });
  const streams = new TransportAgent(open, opened, { keepAlive: true, maxFreeSockets: 1 });

  const docker = withoutDockerVariables(
    () =>
      new Dockerode({
        // Each is named, or the variable DOCKER_HOST would speak for it.
        host: undefined,
        port: undefined,
        username: undefined,
        ca: undefined,
        cert: undefined,
        key: undefined,
        timeout: undefined,
        protocol: 'http',
        // Never opened as such: the agent opens the transport. With a socket's path the client parses no URLs.
        socketPath: '/docker',
        ...(endpoint.type === 'tcp' && { headers: { Host: hostHeader(endpoint) } }),
      }),
  );
  const modem = docker.modem as Modem;
  const dial = modem.dial.bind(modem);
  modem.dial = (request, callback) => {
    const finish = (error: unknown, answer: unknown) =>
      callback(isConnectionFailure(error) ? unreachable(endpoint, error) : error, answer);
    if (request.method === 'HEAD') {
      modem.agent = calls;
      dial(request, (error, answer) => {
        // Nobody reads an answer that has no body, and one that is not read keeps its connection.
        if (!error) (answer as Readable).resume();
        finish(error, answer);
      });
      return;
    }
    if (request.isStream || request.hijack || request.openStdin) {
      modem.agent = streams;
      dial(request, finish);
      return;
    }
    modem.agent = calls;
    // The client never answers where the connection breaks inside an answer: so the answer is read here.
    dial({ ...request, isStream: true }, (error, answer) => {
      if (error) finish(error, null);
      else
        readAnswer(answer as Readable).then(
          body => finish(null, body),
          (error: unknown) => finish(error, null),
        );
    });
  };

  return {
    docker,
    endpoint,
    isLocal: endpoint.type === 'unix' || endpoint.type === 'npipe',
    ...(endpoint.type === 'ssh' && {
      dockerOnHost: (args: readonly string[]) => {
        const stream = dockerOverSsh(endpoint, args, options.ssh);
        own(stream, opened);
        return stream;
      },
    }),
    [Symbol.dispose]: () => {
      calls.destroy();
      streams.destroy();
      for (const stream of opened) stream.destroy();
    },
  };
}

/** What we use of docker-modem; its types leave out the agent. */
interface Modem {
  agent?: Agent;
  dial(request: ModemRequest, callback: (error: unknown, answer: unknown) => void): void;
}
interface ModemRequest {
  readonly method?: string;
  readonly isStream?: boolean;
  readonly hijack?: boolean;
  readonly openStdin?: boolean;
}

/** JSON where it is some, else the bytes, as the client does. */
async function readAnswer(answer: Readable): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return bytes;
  }
}

type Open = () => Duplex | Promise<Duplex>;

function opener(endpoint: DockerEndpoint, options: ConnectOptions): Open {
  const timeoutMs = options.connectTimeoutMs ?? 10_000;
  switch (endpoint.type) {
    case 'unix':
    case 'npipe':
      return () => connected(connectSocket({ path: endpoint.path }), 'connect', timeoutMs);
    case 'tcp': {
      const { host, port, tls } = endpoint;
      if (tls === undefined) return () => connected(connectSocket({ host, port }), 'connect', timeoutMs);
      return async () => {
        const material = await readTls(tls);
        const servername = isIP(host) === 0 ? { servername: host } : {};
        const socket = connectTls({ host, port, ...servername, ...material, rejectUnauthorized: tls.verify });
        return await connected(socket, 'secureConnect', timeoutMs);
      };
    }
    case 'ssh':
      return () => dockerOverSsh(endpoint, ['system', 'dial-stdio'], options.ssh);
  }
}

/** An http.Agent whose connections are whatever `open` opens. A promise from it may reject: the call then rejects so. */
class TransportAgent extends Agent {
  readonly #open: Open;
  readonly #opened: Set<Duplex>;

  constructor(open: Open, opened: Set<Duplex>, options: AgentOptions) {
    super(options);
    this.#open = open;
    this.#opened = opened;
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | undefined {
    const opening = this.#open();
    if (!(opening instanceof Promise)) return own(opening, this.#opened);
    opening.then(
      stream => callback?.(null, own(stream, this.#opened)),
      (error: Error) => (callback as ((error: Error) => void) | undefined)?.(error),
    );
    return undefined;
  }
}

function own(stream: Duplex, opened: Set<Duplex>): Duplex {
  opened.add(stream);
  return stream.once('close', () => opened.delete(stream));
}

function connected<T extends Socket | TLSSocket>(
  socket: T,
  event: 'connect' | 'secureConnect',
  timeoutMs: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error(`no connection within ${timeoutMs} ms`), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
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

function hostHeader(endpoint: { host: string; port: number }): string {
  return `${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}

/** docker-modem reads these variables, and the files they name, whatever it is told; a wrong value there would throw. */
function withoutDockerVariables<T>(make: () => T): T {
  const names = ['DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY', 'DOCKER_CLIENT_TIMEOUT'];
  const saved = names.map(name => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  try {
    return make();
  } finally {
    for (const [name, value] of saved) if (value !== undefined) process.env[name] = value;
  }
}
