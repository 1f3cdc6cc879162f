/**
 * A web page of a workspace that speaks TLS by a certificate of its own (a desktop), as plain http on this machine's loopback.
 * No browser trusts such a certificate, and a tab of an editor cannot be told to. Where Berth made the password the page is
 * signed in, so that only who opened the entrance is let through: not everybody on this machine.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { type Duplex, pipeline } from 'node:stream';
import * as l10n from '@vscode/l10n';

export interface GatewayOptions {
  /** On 127.0.0.1, from where ssh leads into the workspace. */
  readonly port: number;
  /** As whom pages are asked for (RFC 7617). */
  readonly basic?: { readonly user: string; readonly password: string };
}

const entranceKey = 'berth-entrance';
/** Of the question whether it answers at all. */
const statusMs = 3_000;

export class TlsGateway implements Disposable {
  readonly #server: Server;
  readonly #secret = newSecret();
  /** Each for one entrance that was not used yet. */
  readonly #tickets = new Set<string>();
  readonly #options: GatewayOptions;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #tunnels = new Set<Duplex>();

  private constructor(options: GatewayOptions) {
    this.#options = options;
    this.#server = createServer((from, to) => this.#answer(from, to));
    this.#server.on('upgrade', (from, socket, head) => this.#tunnel(from, socket, head));
  }

  static async start(options: GatewayOptions): Promise<TlsGateway> {
    const gateway = new TlsGateway(options);
    await new Promise<void>((resolve, reject) => {
      gateway.#server.once('error', reject);
      gateway.#server.listen(0, '127.0.0.1', resolve);
    });
    return gateway;
  }

  /** An address that lets in whoever opens it first; from then on a cookie does. */
  entrance(): string {
    const ticket = newSecret();
    this.#tickets.add(ticket);
    return `http://127.0.0.1:${this.#port}/?${entranceKey}=${ticket}`;
  }

  /** What the workspace answers there now; undefined where nothing does. */
  async status(path: string): Promise<number | undefined> {
    return await new Promise(resolve => {
      const options = { ...this.#target({ method: 'GET', path }), timeout: statusMs };
      const asked = request(options, answer => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.once('timeout', () => asked.destroy());
      asked.once('error', () => resolve(undefined));
      asked.end();
    });
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const tunnel of this.#tunnels) tunnel.destroy();
    this.#agent.destroy();
  }

  get #port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #answer(from: IncomingMessage, to: ServerResponse): void {
    const ticket = new URLSearchParams(/\?(.*)/s.exec(from.url ?? '')?.[1]).get(entranceKey);
    const isFirst = ticket !== null && this.#tickets.delete(ticket);
    if (!isFirst && !this.#isLetIn(from)) {
      refuse(to, 403, l10n.t('Open this page from Berth once more.'));
      return;
    }
    if (ticket !== null) {
      to.writeHead(302, {
        // Relative: an editor in a browser reaches this through a proxy of its own.
        location: './',
        ...(isFirst && { 'set-cookie': this.#cookies() }),
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      }).end();
      return;
    }
    const asked = request(this.#onward(from), answer => {
      to.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers, this.#options.port));
      pipeline(answer, to, () => undefined);
    });
    asked.once('error', error => refuse(to, 502, error.message));
    pipeline(from, asked, () => undefined);
  }

  /** A WebSocket: what the desktop's picture comes through. */
  #tunnel(from: IncomingMessage, near: Duplex, head: Buffer): void {
    near.on('error', () => near.destroy());
    if (!this.#isLetIn(from)) {
      near.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    const asked = request({ ...this.#onward(from), agent: false });
    asked.once('upgrade', (answer, far, first) => {
      this.#tunnels.add(near);
      near.once('close', () => this.#tunnels.delete(near));
      const { rawHeaders: raw } = answer;
      const lines = raw.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${raw[at + 1] ?? ''}`] : []));
      near.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'));
      near.write(first);
      far.write(head);
      pipeline(near, far, near, () => undefined);
    });
    asked.once('response', ({ statusCode, statusMessage }) => {
      near.end(`HTTP/1.1 ${statusCode} ${statusMessage}\r\nConnection: close\r\n\r\n`);
      asked.destroy();
    });
    asked.once('error', () => near.destroy());
    asked.end();
  }

  #isLetIn({ headers }: IncomingMessage): boolean {
    if (!isOfThisPage(headers)) return false;
    return (headers.cookie ?? '').split(/;\s*/).some(pair => {
      const [name = '', value = ''] = pair.split('=');
      return this.#cookieNames.includes(name) && isSame(value, this.#secret);
    });
  }

  /** In a tab of an editor the page is a part of another one, for which browsers want a cookie to say more. */
  #cookies(): string[] {
    const [plain = '', inside = ''] = this.#cookieNames;
    return [
      `${plain}=${this.#secret}; Path=/; HttpOnly; SameSite=Lax`,
      `${inside}=${this.#secret}; Path=/; HttpOnly; SameSite=None; Secure; Partitioned`,
    ];
  }

  /** Cookies know of no ports. */
  get #cookieNames(): readonly string[] {
    return [`berth-${this.#port}`, `berth-${this.#port}-inside`];
  }

  #onward({ method = 'GET', url: path = '/', headers }: IncomingMessage): RequestOptions {
    const { host: _host, cookie, origin, referer: _referer, ...others } = headers;
    const target = this.#target({ method, path });
    const kept = (cookie ?? '')
      .split(/;\s*/)
      .filter(pair => !this.#cookieNames.includes(pair.split('=')[0] ?? ''));
    return {
      ...target,
      headers: {
        ...others,
        ...(kept.join('') !== '' && { cookie: kept.join('; ') }),
        ...(origin !== undefined && { origin: `https://127.0.0.1:${this.#options.port}` }),
        ...target.headers,
      },
    };
  }

  #target(what: { readonly method: string; readonly path: string }) {
    const { port, basic } = this.#options;
    const credentials = basic && Buffer.from(`${basic.user}:${basic.password}`).toString('base64');
    return {
      ...what,
      host: '127.0.0.1',
      port,
      agent: this.#agent,
      // The way there is ssh's, which has checked already whose workspace it is.
      rejectUnauthorized: false,
      headers: { ...(credentials !== undefined && { authorization: `Basic ${credentials}` }) },
    };
  }
}

function refuse(to: ServerResponse, status: number, words: string): void {
  if (to.headersSent) to.destroy();
  else
    to.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(
      words,
    );
}

/**
 * Browsers send the cookie with what any other port of this machine asks for, too: the page of another workspace perhaps. What
 * changes something, and a WebSocket, says where it comes from. An editor in a browser asks by the name that it is reached at.
 */
function isOfThisPage({ origin, host, 'x-forwarded-host': outside }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  const from = URL.parse(origin)?.host;
  return from !== undefined && [host, outside].includes(from);
}

/** Headers for this one connection stay with it (RFC 9110, 7.6.1); addresses of the page itself become relative. */
function withoutHops(headers: IncomingHttpHeaders, port: number): OutgoingHttpHeaders {
  const { connection: _, 'keep-alive': __, 'strict-transport-security': ___, location, ...kept } = headers;
  const own = `https://127.0.0.1:${port}`;
  return {
    ...kept,
    ...(location !== undefined && {
      location: location.startsWith(`${own}/`) ? location.slice(own.length) : location,
    }),
  };
}

/** 192 random bits in base64url. */
function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
