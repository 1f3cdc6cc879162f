/** Connections to the address of a pod or its Service, where this machine has a way there. Loads nothing: the proxy uses it too. */
import { connect, type Socket } from 'node:net';

const sshPort = 22;

/** undefined where nobody answers before the signal aborts. */
export function dialDirect(
  address: string,
  signal: AbortSignal,
  port: number = sshPort,
): Promise<Socket | undefined> {
  return new Promise(resolve => {
    const socket = connect({ host: address, port });
    const give = (value: Socket | undefined) => {
      socket.off('error', fail);
      signal.removeEventListener('abort', fail);
      if (value === undefined) socket.on('error', () => {}).destroy();
      resolve(value);
    };
    const fail = () => give(undefined);
    socket.once('error', fail);
    socket.once('connect', () => give(socket));
    signal.addEventListener('abort', fail, { once: true });
    if (signal.aborted) fail();
  });
}
