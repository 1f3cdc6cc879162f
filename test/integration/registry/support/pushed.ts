/** Images put into a registry by its own API, without an engine. */
import { createHash } from 'node:crypto';
import type { Registry } from '../../targets/support/registry.ts';

export const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  image: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  dockerImage: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
};

export const sha256 = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** Answers its descriptor. */
async function pushBlob({ host }: Registry, repository: string, content: string, mediaType: string) {
  const digest = sha256(content);
  const begun = await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(begun.headers.get('location') ?? '', begun.url);
  place.searchParams.set('digest', digest);
  const put = await fetch(place, { method: 'PUT', body: content });
  if (put.status !== 201) throw new Error(`${put.status} ${await put.text()}`);
  return { mediaType, digest, size: content.length };
}

/** Answers its descriptor. */
export async function pushManifest(
  { host }: Registry,
  repository: string,
  tag: string,
  manifest: { mediaType: string },
) {
  const body = JSON.stringify(manifest);
  const url = `http://${host}/v2/${repository}/manifests/${tag}`;
  const put = await fetch(url, { method: 'PUT', body, headers: { 'content-type': manifest.mediaType } });
  if (put.status !== 201) throw new Error(`${put.status} ${await put.text()}`);
  return { mediaType: manifest.mediaType, digest: sha256(body), size: body.length };
}

export interface ImageToPush {
  readonly architecture: string;
  readonly variant?: string;
  readonly isDockers?: boolean;
  readonly config?: object;
}

/** Answers the descriptor of its manifest, and its config's digest. */
export async function pushImage(registry: Registry, repository: string, tag: string, image: ImageToPush) {
  const { architecture, variant, config = {}, isDockers = false } = image;
  const content = JSON.stringify({
    os: 'linux',
    architecture,
    variant,
    config,
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const blob = await pushBlob(registry, repository, content, isDockers ? types.dockerConfig : types.config);
  const manifest = {
    schemaVersion: 2,
    mediaType: isDockers ? types.dockerImage : types.image,
    config: blob,
    layers: [],
  };
  return { ...(await pushManifest(registry, repository, tag, manifest)), config: blob.digest };
}
