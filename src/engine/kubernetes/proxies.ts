/** Connections through the proxies that kubectl knows: HTTP's CONNECT, and SOCKS5, which resolves the server's name itself. */
import { ClientRequest } from 'node:http';
import { isIP, type Socket } from 'node:net';

/** The server behind the proxy. */
export interface Far {
  readonly host: string;
  readonly port: number;
}

/** RFC 9110, 9.3.6: CONNECT. */
export function throughHttp(
  socket: Socket,
  proxy: URL,
  { host, port }: Far,
  signal: AbortSignal,
): Promise<Socket> {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return new Promise((resolve, reject) => {
    const request = new ClientRequest({
      method: 'CONNECT',
      path: authority,
      headers: {
        host: authority,
        ...(proxy.username !== '' && {
          'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}`,
        }),
      },
      createConnection: () => socket,
      signal,
    });
    request.once('connect', (answer, connected: Socket) => {
      if (answer.statusCode === 200) resolve(connected);
      else {
        connected.destroy();
        reject(proxyRefusal(`${answer.statusCode} ${answer.statusMessage}`));
      }
    });
    request.once('response', answer => {
      socket.destroy();
      reject(proxyRefusal(`${answer.statusCode} ${answer.statusMessage}`));
    });
    request.once('error', error => {
      socket.destroy();
      reject(signal.aborted ? signal.reason : error);
    });
    request.end();
  });
}

/** RFC 1928; logins as RFC 1929. */
export async function throughSocks(
  socket: Socket,
  proxy: URL,
  far: Far,
  signal: AbortSignal,
): Promise<Socket> {
  const read = reader(socket, signal);
  try {
    const hasLogin = proxy.username !== '';
    socket.write(Buffer.from(hasLogin ? [5, 2, 0, 2] : [5, 1, 0]));
    const [version, method] = await read(2);
    if (version !== 5) throw proxyRefusal('it does not speak SOCKS5');
    if (method === 2 && hasLogin) {
      socket.write(Buffer.concat([Buffer.from([1]), counted(proxy.username), counted(proxy.password)]));
      const [, status] = await read(2);
      if (status !== 0) throw proxyRefusal('the login');
    } else if (method !== 0) throw proxyRefusal('it wants a login');
    const port = Buffer.alloc(2);
    port.writeUInt16BE(far.port);
    socket.write(Buffer.concat([Buffer.from([5, 1, 0, 3]), counted(far.host), port]));
    const [, reply, , kind] = await read(4);
    if (reply !== 0) throw proxyRefusal(`SOCKS reply ${reply}`);
    const addressBytes = kind === 1 ? 4 : kind === 4 ? 16 : ((await read(1))[0] ?? 0);
    await read(addressBytes + 2);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(decodeURIComponent(text)).subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** Exactly so many bytes; what is left stays in the socket for whoever comes after. */
function reader(socket: Socket, signal: AbortSignal): (bytes: number) => Promise<Buffer> {
  return bytes =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        socket.off('readable', look).off('end', ended).off('error', fail);
        signal.removeEventListener('abort', abort);
        act();
      };
      const look = () => {
        const data: unknown = socket.read(bytes);
        if (data instanceof Buffer && data.length === bytes) settle(() => resolve(data));
      };
      const ended = () => settle(() => reject(proxyRefusal('it hung up')));
      const fail = (error: Error) => settle(() => reject(error));
      const abort = () => settle(() => reject(signal.reason));
      socket.on('readable', look).on('end', ended).on('error', fail);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
      look();
    });
}

function proxyRefusal(words: string): Error {
  return Object.assign(new Error(`the proxy refused: ${words}`), { code: 'EPROXY' });
}
