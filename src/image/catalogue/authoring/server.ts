/** Shows what was built to this machine alone, for a try before it is published. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { BuiltFiles } from './build.ts';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
};

export class CatalogueServer implements Disposable {
  readonly #server: Server;
  readonly #build: () => Promise<BuiltFiles>;
  readonly #onFailure: (error: unknown) => void;
  #built: BuiltFiles | undefined;

  private constructor(build: () => Promise<BuiltFiles>, onFailure: (error: unknown) => void) {
    this.#build = build;
    this.#onFailure = onFailure;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.requestTimeout = 10_000;
  }

  /** `build` is asked for every list and page anew, so that what is saved is what is seen. */
  static async start(
    build: () => Promise<BuiltFiles>,
    onFailure: (error: unknown) => void,
  ): Promise<CatalogueServer> {
    const server = new CatalogueServer(build, onFailure);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  /** Ends in a slash. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get #port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async #answer({ method, url = '/', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host = '' } = headers;
    // A page from elsewhere may make its own name stand for this address.
    if (host !== `127.0.0.1:${this.#port}` && host !== `localhost:${this.#port}`) {
      return void response.writeHead(403).end();
    }
    if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405).end();
    try {
      const path = decodeURIComponent(url.replace(/[?#].*$/, '').slice(1)) || 'index.html';
      // Icons come in dozens after a list or a page.
      if (!this.#built || /\.(?:json|html)$/.test(path)) this.#built = await this.#build();
      const content = this.#built.get(path);
      if (content === undefined) return void response.writeHead(404).end();
      response.writeHead(200, {
        'content-type': types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      response.end(method === 'HEAD' ? undefined : content);
    } catch (error) {
      this.#onFailure(error);
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(error instanceof Error ? error.message : '');
    }
  }
}
