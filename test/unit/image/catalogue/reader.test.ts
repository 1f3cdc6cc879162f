import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempDisposable } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CatalogueReader } from '../../../../src/image/catalogue/reader.ts';

/** A proxy that answers itself, with a catalogue of that name. */
async function proxyNamed(name: string) {
  const server = createServer((_request, response) => {
    response.end(JSON.stringify({ name, workspaces: [] }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe('the reader of catalogues', () => {
  it('goes by the proxy that is set, and by another one once it is told that the settings have changed', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'berth-'));
    using first = await proxyNamed('first');
    using second = await proxyNamed('second');
    let proxy = first.address;
    using reader = new CatalogueReader({
      folder: folder.path,
      get network() {
        return { proxy, env: {} };
      },
    });
    const nameRead = async () =>
      (await reader.read('http://catalogue.invalid/', {}, AbortSignal.timeout(5_000))).catalogue.name;
    assert.equal(await nameRead(), 'first');
    proxy = second.address;
    reader.reconnect();
    assert.equal(await nameRead(), 'second');
  });
});
