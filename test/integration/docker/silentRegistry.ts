/** A registry that takes connections and never answers: a pull from it lasts until somebody ends it. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';

export async function silentRegistry(): Promise<AsyncDisposable & { image: string; repository: string }> {
  const server = createServer(socket => void socket.on('error', () => {}));
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', socket => sockets.add(socket));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  const repository = `127.0.0.1:${address.port}/never`;
  return {
    image: `${repository}:1`,
    repository,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
