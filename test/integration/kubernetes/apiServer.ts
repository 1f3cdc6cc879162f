/** An API server of a test's own: TLS with a CA made for it, and whatever answers the test wants, good and bad. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { KubeApi } from '../../../src/engine/kubernetes/api.ts';
import { openCluster } from '../../../src/engine/kubernetes/kubeconfig.ts';
import { run } from '../../support/command.ts';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Common name of the client's certificate. */
  readonly client: string | undefined;
}
export type Answer = (seen: Seen, response: ServerResponse) => void;

export class ApiServer implements AsyncDisposable {
  readonly folder: string;
  readonly #server: Server;
  readonly #webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #sockets = new Set<Socket>();
  readonly #undo: (() => unknown)[] = [];
  readonly seen: Seen[] = [];
  /** What it says to a request; every one is noted. */
  answer: Answer = (_seen, response) => json(response, 200, {});
  /** What it does with a WebSocket; undefined: it knows none. */
  onChannels: ((socket: WebSocket, url: URL) => void) | undefined;
  /** The Status with which it refuses WebSockets, where it knows none. */
  refuseUpgrade = statusOf(400, 'BadRequest', 'Upgrade request required');
  /** The subprotocols it knows. */
  protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

  private constructor(folder: string, server: Server) {
    this.folder = folder;
    this.#server = server;
    this.#webSockets.options.handleProtocols = wanted =>
      this.protocols.find(protocol => wanted.has(protocol)) ?? false;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    });
    server.on('request', (request: IncomingMessage, response) => void this.#handle(request, response));
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head) => {
      if (!this.onChannels) {
        void this.#handle(request, undefined, socket);
        return;
      }
      this.seen.push({ ...seenOf(request), body: '' });
      this.#webSockets.handleUpgrade(request, socket, head, webSocket =>
        this.onChannels?.(webSocket, new URL(request.url ?? '', 'https://x')),
      );
    });
  }

  static async start(): Promise<ApiServer> {
    const folder = await mkdtemp(join(tmpdir(), 'berth-test-kubernetes-'));
    await makeCertificates(folder);
    const read = (name: string) => readFile(join(folder, name));
    const server = createServer({
      ca: await read('ca.pem'),
      cert: await read('server.pem'),
      key: await read('server.key'),
      requestCert: true,
      rejectUnauthorized: false,
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new ApiServer(folder, server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }
  path(name: string): string {
    return join(this.folder, name);
  }
  later(undo: () => unknown): void {
    this.#undo.push(undo);
  }

  /** Writes a kubeconfig with the context `test`; JSON is YAML too. */
  async kubeconfig(user: object, cluster: object = {}, name = 'config'): Promise<string> {
    const content = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: this.url, 'certificate-authority': 'ca.pem', ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'test', context: { cluster: 'c', user: 'u', namespace: 'ours' } }],
    };
    await writeFile(this.path(name), JSON.stringify(content));
    return this.path(name);
  }

  async api(user: object = { token: 'good' }, cluster?: object): Promise<KubeApi> {
    const api = new KubeApi(
      await openCluster({ kubeconfig: await this.kubeconfig(user, cluster), context: 'test' }),
    );
    this.later(() => api[Symbol.dispose]());
    return api;
  }

  /** A shell program that runs in the folder; its path. */
  async program(name: string, text: string): Promise<string> {
    await writeFile(this.path(name), `#!/bin/sh\ncd ${this.folder}\n${text}\n`);
    await chmod(this.path(name), 0o755);
    return this.path(name);
  }

  /** As a server that dies does. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#undo.reverse()) await undo();
    this.cutAll();
    this.#server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #handle(request: IncomingMessage, response?: ServerResponse, socket?: Socket): Promise<void> {
    let body = '';
    request.on('error', () => {});
    if (response) for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const seen = { ...seenOf(request), body };
    this.seen.push(seen);
    if (response) this.answer(seen, response);
    else {
      const status = JSON.stringify(this.refuseUpgrade);
      const { code } = this.refuseUpgrade;
      socket?.end(
        `HTTP/1.1 ${code} No\r\ncontent-type: application/json\r\ncontent-length: ${status.length}\r\n\r\n${status}`,
      );
    }
  }
}

function seenOf(request: IncomingMessage): Omit<Seen, 'body'> {
  const { getPeerCertificate } = request.socket as Socket & {
    getPeerCertificate?: () => { subject?: { CN?: string } };
  };
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    client: getPeerCertificate?.call(request.socket).subject?.CN,
  };
}

export function json(response: ServerResponse, code: number, body: unknown, headers: object = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function statusOf(code: number, reason: string, message: string, details?: object) {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details };
}

export function refuse(response: ServerResponse, code: number, reason: string, headers: object = {}): void {
  json(response, code, statusOf(code, reason, `${reason} said the server`), headers);
}

/** A promise and what settles it. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>(settle => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A CA, a server of it, a client of it, and a server that no CA knows. */
async function makeCertificates(folder: string): Promise<void> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Berth test CA');
  const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-copy_extensions', 'copy'];
  for (const name of ['server', 'client']) {
    const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:cluster.example'];
    const request = ['-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`, ...names];
    await openssl('req', ...key.slice(0, 5), ...request);
    await openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-days', '2', '-out', `${name}.pem`);
  }
}
