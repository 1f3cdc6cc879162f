/**
 * A registry on loopback with one image in it that unpacks to many times what it weighs: one file of zeros. Nothing of
 * that size is ever held: gzip files may follow each other (RFC 1952, 2.2), so the layer is one piece again and again.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';

const pieceBytes = 16 << 20;

export interface HugeRegistry extends AsyncDisposable {
  readonly host: string;
  readonly image: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
}

/** `bytes`: of the file, a multiple of 16 MiB. */
export async function hugeRegistry(bytes: number): Promise<HugeRegistry> {
  const zeros = Buffer.alloc(pieceBytes);
  const pieces = bytes / pieceBytes;
  const header = tarHeader('huge', bytes);
  const end = Buffer.alloc(1024);
  const content = createHash('sha256').update(header);
  for (let piece = 0; piece < pieces; piece++) content.update(zeros);
  const zipped = gzipSync(zeros, { level: 9 });
  const layer = Buffer.concat([gzipSync(header), ...Array<Buffer>(pieces).fill(zipped), gzipSync(end)]);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Cmd: ['/bin/sh'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${content.update(end).digest('hex')}`] },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: described('application/vnd.docker.container.image.v1+json', config),
      layers: [described('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)],
    }),
  );
  const byDigest = new Map([config, layer, manifest].map(blob => [digestOf(blob), blob]));
  const asked: string[] = [];
  const server = createServer(({ url = '', method }, answer) => {
    asked.push(url);
    const [, kind, name = ''] = /^\/v2\/huge\/(blobs|manifests)\/(.+)$/.exec(url) ?? [];
    const blob = kind === 'manifests' && name === '1' ? manifest : byDigest.get(name);
    if (url === '/v2/') return void answer.end('{}');
    if (!blob) return void answer.writeHead(404).end();
    answer.writeHead(200, {
      'content-type':
        kind === 'manifests'
          ? 'application/vnd.docker.distribution.manifest.v2+json'
          : 'application/octet-stream',
      'content-length': blob.length,
      'docker-content-digest': digestOf(blob),
    });
    answer.end(method === 'HEAD' ? undefined : blob);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    image: `${host}/huge:1`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function digestOf(blob: Buffer): string {
  return `sha256:${createHash('sha256').update(blob).digest('hex')}`;
}

function described(mediaType: string, blob: Buffer) {
  return { mediaType, size: blob.length, digest: digestOf(blob) };
}

/** The header block of a file, whose content follows. */
function tarHeader(name: string, size: number): Buffer {
  const pack = tar.pack();
  pack.entry({ name, size });
  const header: unknown = pack.read(512);
  pack.destroy();
  if (!Buffer.isBuffer(header)) throw new Error('tar-stream gave no header');
  return header;
}
