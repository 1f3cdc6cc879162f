/** The host keys that an ssh server inside a container shows, asked by OpenSSH's own ssh-keyscan through the engine. */
import { execFile } from 'node:child_process';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Adoptable, Place } from '../engine/adoptable.ts';
import { PublicKey } from '../workspace/settings.ts';

const scanSeconds = 20;
/** The best first. */
const types = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'];

/** The best of its keys, as one public line; undefined where nothing there speaks ssh. */
export async function serverKeyOf(
  adoptable: Adoptable,
  place: Place,
  port: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const relay = createServer(socket => {
    socket.on('error', () => {});
    adoptable.dial(place, port, signal).then(
      async stream => {
        await Promise.allSettled([pipeline(socket, stream), pipeline(stream, socket)]);
      },
      () => socket.destroy(),
    );
  });
  try {
    return bestKey(await scan(await listening(relay), signal));
  } finally {
    relay.close();
  }
}

function listening(relay: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    relay.once('error', reject);
    relay.listen(0, '127.0.0.1', () => resolve((relay.address() as AddressInfo).port));
  });
}

function scan(port: number, signal: AbortSignal | undefined): Promise<string> {
  const argv = ['-T', String(scanSeconds), '-p', String(port), '-t', 'ed25519,ecdsa,rsa', '127.0.0.1'];
  return new Promise((resolve, reject) => {
    execFile(
      'ssh-keyscan',
      argv,
      { timeout: scanSeconds * 2000, ...(signal && { signal }) },
      (error, stdout) => {
        // It fails where nothing answers; that it is not there at all is another matter.
        if (error && ('syscall' in error || signal?.aborted)) reject(error);
        else resolve(stdout);
      },
    );
  });
}

/** Pure: of what ssh-keyscan prints, `host type key`. */
export function bestKey(printed: string): string | undefined {
  const keys = printed
    .split('\n')
    .filter(line => !line.startsWith('#'))
    .flatMap(line => PublicKey.safeParse(line.trim().split(/\s+/).slice(1, 3).join(' ')).data ?? []);
  return types.flatMap(type => keys.filter(key => key.startsWith(`${type} `)))[0];
}
