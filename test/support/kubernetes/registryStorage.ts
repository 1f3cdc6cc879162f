/**
 * A registry that begins with an image in it: the files that docker-registry would have written at a push, laid down
 * as its storage ('distribution' 2.x, filesystem driver). The layer is the base image's tar itself, linked, not copied.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Puts an image of one layer, which is an uncompressed tar, under `repository:tag`. */
export async function layDownImage(
  folder: string,
  {
    repository,
    tag,
    layerTar,
    config: ofImage = { Cmd: ['/bin/bash'] },
  }: { repository: string; tag: string; layerTar: string; config?: object },
): Promise<void> {
  const root = join(folder, 'docker', 'registry', 'v2');
  const layer = await digestOfFile(layerTar);
  const config = JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ...ofImage,
    },
    rootfs: { type: 'layers', diff_ids: [layer] },
    history: [{ created_by: 'debootstrap' }],
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(config),
      size: Buffer.byteLength(config),
    },
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest: layer,
        size: (await stat(layerTar)).size,
      },
    ],
  });
  const blob = (digest: string) =>
    join(root, 'blobs', 'sha256', hex(digest).slice(0, 2), hex(digest), 'data');
  await put(blob(digestOf(config)), config);
  await put(blob(digestOf(manifest)), manifest);
  await mkdir(dirname(blob(layer)), { recursive: true });
  await link(layerTar, blob(layer)).catch(() => copyFile(layerTar, blob(layer)));

  const home = join(root, 'repositories', repository);
  for (const digest of [layer, digestOf(config)])
    await put(join(home, '_layers', 'sha256', hex(digest), 'link'), digest);
  const revision = digestOf(manifest);
  await put(join(home, '_manifests', 'revisions', 'sha256', hex(revision), 'link'), revision);
  await put(join(home, '_manifests', 'tags', tag, 'current', 'link'), revision);
  await put(join(home, '_manifests', 'tags', tag, 'index', 'sha256', hex(revision), 'link'), revision);
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return `sha256:${hash.digest('hex')}`;
}

function hex(digest: string): string {
  return digest.slice('sha256:'.length);
}
