/** One Docker API client for any endpoint: a local socket, TCP with and without TLS, or the person's own ssh. */
import type { Agent, IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import Dockerode from 'dockerode';
import { EngineClock } from '../clock.ts';
import type { DockerEndpoint } from '../target.ts';
import { dockerOverSsh, type SshCommand } from './ssh.ts';
import { OpenStreams, opener, TransportAgent, turns } from './transport.ts';
import { isConnectionFailure, unreachable } from './unreachable.ts';

export interface DockerConnection extends Disposable {
  /** Its calls reject with an 'unreachable' BerthError where the connection fails, else with dockerode's own errors. */
  readonly docker: Dockerode;
  readonly endpoint: DockerEndpoint;
  /** Right from the first answer on. */
  readonly clock: EngineClock;
  /** Whether paths and loopback ports of the engine are those of this machine. */
  readonly isLocal: boolean;
  /** ssh:// only: runs `docker <args>` on the engine's machine in one hop, such as `exec -i … sshd -i`. */
  readonly dockerOnHost?: (args: readonly string[]) => Promise<Duplex>;
}

export interface ConnectOptions {
  /** Default: `ssh` from the PATH, with the person's own config. */
  readonly ssh?: SshCommand;
}

/** Opens nothing yet: the first call does. Disposing closes all that is open, streams too. */
export function connect(endpoint: DockerEndpoint, options: ConnectOptions = {}): DockerConnection {
  const opened = new OpenStreams();
  const open = opener(endpoint, options.ssh);
  // Calls share a few connections. What lasts (events, logs, exec, a stop) has its own and never keeps a call waiting.
  const calls = new TransportAgent(open, opened, {
    keepAlive: true,
    ...(endpoint.type === 'ssh' && { maxSockets: 4 }),
  });
  const inTurn = turns();
  const streams = new TransportAgent(endpoint.type === 'ssh' ? () => inTurn(open) : open, opened, {
    keepAlive: true,
    maxFreeSockets: 1,
  });

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
  const clock = new EngineClock();
  const modem = docker.modem as Modem;
  const dialModem = modem.dial.bind(modem);
  const dial: Modem['dial'] = (request, callback) =>
    dialModem(request, (error, answer) => {
      // A connection that was taken over has no headers.
      if (!error) clock.note((answer as Partial<IncomingMessage>).headers?.date);
      callback(error, answer);
    });
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
    modem.agent = /\/(stop|wait|restart)\?/.test(request.path ?? '') ? streams : calls;
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
    clock,
    isLocal: endpoint.type === 'unix' || endpoint.type === 'npipe',
    ...(endpoint.type === 'ssh' && {
      dockerOnHost: async (args: readonly string[]) =>
        opened.add(await inTurn(() => dockerOverSsh(endpoint, args, options.ssh))),
    }),
    [Symbol.dispose]: () => {
      calls.destroy();
      streams.destroy();
      opened[Symbol.dispose]();
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
  readonly path?: string;
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
