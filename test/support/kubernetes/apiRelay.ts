/**
 * A server of the tests' own before an API server: it counts what is asked, and can answer in its stead, be slow, lose an
 * answer, or cut connections. Whoever takes its kubeconfig is who they were in the one that it was made from.
 */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { z } from 'zod';
import { writeKubeconfig } from './kubeconfig.ts';

export interface Asked {
  /** Unix time in ms. */
  readonly at: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

/** What becomes of a request; undefined: it is passed on. */
export type Treatment =
  | {
      readonly do: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body: unknown;
    }
  /** Passed on after a while. */
  | { readonly do: 'delay'; readonly ms: number }
  /** The connection ends before an answer, and the server never hears of it. */
  | { readonly do: 'cut' }
  /** The server does it, and the connection ends before the answer comes through. */
  | { readonly do: 'loseAnswer' }
  /** The connection ends after so many bytes of the answer. */
  | { readonly do: 'breakOff'; readonly bytes: number };
export type Rule = (asked: Asked) => Treatment | undefined;

/** As kubectl writes them, in JSON: those of the tests' clusters. */
const Kubeconfig = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) }),
  ]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
  contexts: z.tuple([z.object({ context: z.object({ namespace: z.string().optional() }) })]),
});

export class ApiRelay implements AsyncDisposable {
  /** Path of one that leads through it. */
  readonly kubeconfig: string;
  /** All that was asked so far. */
  readonly asked: Asked[] = [];
  readonly #folder: string;
  readonly #far: { readonly url: URL; readonly ca: Buffer };
  readonly #rules = new Set<Rule>();
  readonly #sockets = new Set<Duplex>();
  #server: Server | undefined;
  #port = 0;

  private constructor(folder: string, far: { readonly url: URL; readonly ca: Buffer }) {
    this.#folder = folder;
    this.#far = far;
    this.kubeconfig = join(folder, 'kubeconfig');
  }

  static async start(kubeconfig: string): Promise<ApiRelay> {
    const { clusters, users, contexts } = Kubeconfig.parse(JSON.parse(await readFile(kubeconfig, 'utf8')));
    const [{ cluster }] = clusters;
    const folder = await mkdtemp(join(tmpdir(), 'berth-relay-'));
    const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
    const relay = new ApiRelay(folder, { url: new URL(cluster.server), ca });
    await relay.restore();
    const { namespace } = contexts[0].context;
    await writeKubeconfig(relay.kubeconfig, {
      name: 'relay',
      server: `http://127.0.0.1:${relay.#port}`,
      token: users[0].user.token,
      ...(namespace !== undefined && { namespace }),
    });
    return relay;
  }

  /** The first rule that says something counts. Disposed, it is gone. */
  treat(rule: Rule): Disposable {
    this.#rules.add(rule);
    return { [Symbol.dispose]: () => void this.#rules.delete(rule) };
  }

  /** Ends every connection; new ones are taken. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends every connection and takes no more, as a server that is gone. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    this.drop();
    await closed;
  }

  async restore(): Promise<void> {
    if (this.#server) return;
    const server = createServer((request, response) => void this.#take(request, response));
    server.on('connection', socket => this.#own(socket));
    server.on('upgrade', (request, near, head) => this.#join(request, near, head));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const treatment = this.#note(request);
    if (treatment?.do === 'cut') return void request.socket.destroy();
    if (treatment?.do === 'answer') {
      request.resume();
      response.writeHead(treatment.status, { 'content-type': 'application/json', ...treatment.headers });
      return void response.end(
        typeof treatment.body === 'string' ? treatment.body : JSON.stringify(treatment.body),
      );
    }
    if (treatment?.do === 'delay') await new Promise(resolve => setTimeout(resolve, treatment.ms));
    const far = httpsRequest(this.#farOptions(request), answer => {
      if (treatment?.do === 'loseAnswer') return void request.socket.destroy();
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      let left = treatment?.do === 'breakOff' ? treatment.bytes : Number.POSITIVE_INFINITY;
      answer.on('data', (piece: Buffer) => {
        response.write(piece.subarray(0, left));
        left -= piece.length;
        if (left <= 0) request.socket.destroySoon();
      });
      answer.on('end', () => response.end());
      answer.on('error', () => request.socket.destroy());
    });
    far.on('error', () => request.socket.destroy());
    response.on('close', () => far.destroy());
    request.pipe(far);
  }

  /** A WebSocket: from here on bytes are passed as they come. */
  #join(request: IncomingMessage, near: Duplex, head: Buffer): void {
    const treatment = this.#note(request);
    if (treatment) return void near.destroy();
    const { url, ca } = this.#far;
    const far = connectTls({ host: url.hostname, port: Number(url.port), ca, ALPNProtocols: ['http/1.1'] });
    this.#own(far);
    const headers = request.rawHeaders.flatMap((name, index, all) =>
      index % 2 === 0 ? [`${name}: ${/^host$/i.test(name) ? url.host : all[index + 1]}\r\n`] : [],
    );
    far.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers.join('')}\r\n`);
    far.write(head);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => from.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  }

  #note({ method = 'GET', url = '/' }: IncomingMessage): Treatment | undefined {
    const asked = { at: Date.now(), method, path: url };
    this.asked.push(asked);
    for (const rule of this.#rules) {
      const treatment = rule(asked);
      if (treatment) return treatment;
    }
    return undefined;
  }

  #farOptions({ method, url, headers }: IncomingMessage): RequestOptions {
    const { url: far, ca } = this.#far;
    return {
      host: far.hostname,
      port: far.port,
      path: url,
      method,
      ca,
      headers: { ...headers, host: far.host },
    };
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

/** The body of a refusal (meta/v1 Status). */
export function statusBody(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message };
}

/** A rule for the next request that fits, or the next so many. */
export function next(fits: (asked: Asked) => boolean, treatment: Treatment, times = 1): Rule {
  let left = times;
  return asked => (left > 0 && fits(asked) && left-- > 0 ? treatment : undefined);
}

/** Whether it asks for (or watches) the objects of that plural, such as 'jobs'; with a method, by that alone. */
export function about(plural: string, method?: string): (asked: Asked) => boolean {
  const pattern = new RegExp(`/namespaces/[^/]+/${plural}(?:[/?]|$)`);
  return asked => pattern.test(asked.path) && (method === undefined || asked.method === method);
}
