/** Connections to a workspace's published port on this machine. */
import { connect, type Socket } from 'node:net';

/**
 * Connects without reading a byte, so that whatever the server says first is left for who gets the socket. Rejects
 * where nobody listens.
 */
export function dialUnread(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.pause();
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}

/** Whether an ssh server greets there in time. An open port alone says nothing: the engine accepts for it. */
export function greets(port: number, timeoutMs: number): Promise<boolean> {
  return new Promise(resolve => {
    let greeting = '';
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(timeoutMs, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
    socket.on('data', (chunk: Buffer) => {
      greeting += chunk.toString('latin1');
      if (greeting.startsWith('SSH-')) answer(true);
      else if (greeting.length >= 4) answer(false);
    });
  });
}
