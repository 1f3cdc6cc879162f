/** Opens connections to an API server: TCP, through a proxy where one leads there, and TLS. Loads no library. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, getCACertificates, rootCertificates } from 'node:tls';
import type { Access, Tls } from './access.ts';
import { type Far, throughHttp, throughSocks } from './proxies.ts';

/** For all of it together. */
const connectTimeoutMs = 10_000;
/** After this long without a word the far side is asked whether it is still there, and given up 10 s later. */
const keepAliveMs = 15_000;

/** Rejects with the network's or TLS's own error, or the signal's reason. */
export async function connect({ server, proxy, tls }: Access, signal?: AbortSignal): Promise<Socket> {
  const url = new URL(server);
  const far = { host: bare(url.hostname), port: portOf(url) };
  const bound = new AbortController();
  const timer = setTimeout(() => bound.abort(noAnswer()), connectTimeoutMs);
  const until = signal ? AbortSignal.any([signal, bound.signal]) : bound.signal;
  try {
    const socket =
      proxy === undefined
        ? await opened(connectTcp(far), until)
        : await throughProxy(new URL(proxy), far, until);
    socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
    return url.protocol === 'http:' ? socket : await secured(socket, far.host, tls, until);
  } finally {
    clearTimeout(timer);
  }
}

async function throughProxy(proxy: URL, far: Far, signal: AbortSignal): Promise<Socket> {
  const near = { host: bare(proxy.hostname), port: portOf(proxy) };
  const plain = await opened(connectTcp(near), signal);
  if (/^socks/.test(proxy.protocol)) return await throughSocks(plain, proxy, far, signal);
  const socket =
    proxy.protocol === 'https:' ? await secured(plain, near.host, { verify: true }, signal) : plain;
  return await throughHttp(socket, proxy, far, signal);
}

function secured(socket: Socket, host: string, tls: Tls, signal: AbortSignal): Promise<Socket> {
  const name = tls.serverName ?? host;
  const secure = connectTls({
    socket,
    host: name,
    ...(isIP(name) === 0 && { servername: name }),
    ca: tls.ca ?? trusted(),
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
    rejectUnauthorized: tls.verify,
    ALPNProtocols: ['http/1.1'],
  });
  socket.once('error', error => secure.destroy(error));
  return opened(secure, signal, 'secureConnect');
}

function opened<T extends Socket>(socket: T, signal: AbortSignal, event = 'connect'): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', abort);
      socket.off('error', fail);
      act();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const abort = () =>
      settle(() => {
        socket.on('error', () => {});
        socket.destroy();
        reject(signal.reason);
      });
    socket.once('error', fail);
    socket.once(event, () => settle(() => resolve(socket)));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

let trustedHere: string[] | undefined;

/** Node's own and the machine's, where Node can tell them; kubectl knows the machine's only. */
function trusted(): string[] {
  trustedHere ??= [
    ...rootCertificates,
    ...(typeof getCACertificates === 'function' ? getCACertificates('system') : []),
  ];
  return trustedHere;
}

export function noAnswer(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return /^socks/.test(protocol) ? 1080 : protocol === 'http:' ? 80 : 443;
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
