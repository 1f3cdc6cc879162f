/** A server on loopback that answers as a test wants it to, and remembers what it was asked. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Scene } from '../../targets/support/folder.ts';

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
export type Answer = (status: number, body?: string | Buffer, headers?: Record<string, string>) => void;
/** `raw`: for answers that HTTP does not foresee. */
export type Behaviour = (asked: Asked, answer: Answer, raw: ServerResponse) => void;

export interface Fake {
  /** Such as '127.0.0.1:34567'. */
  readonly host: string;
  readonly origin: string;
  readonly asked: Asked[];
}

export async function startFake(scene: Scene, behave: Behaviour, address = '127.0.0.1'): Promise<Fake> {
  const asked: Asked[] = [];
  const server = createServer(async (incoming, outgoing) => {
    outgoing.on('error', () => {});
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const url = new URL(incoming.url ?? '/', fake.origin);
    const request = { method: incoming.method ?? '', url, headers: incoming.headers, body };
    asked.push(request);
    behave(
      request,
      (status, content = '', headers = {}) => {
        outgoing.writeHead(status, headers);
        outgoing.end(incoming.method === 'HEAD' ? undefined : content);
      },
      outgoing,
    );
  });
  await new Promise<void>(resolve => server.listen(0, address, resolve));
  scene.later(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `${address}:${(server.address() as AddressInfo).port}`;
  const fake = { host, origin: `http://${host}`, asked };
  return fake;
}

export const basic = ({ username, password }: { username: string; password: string }) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
