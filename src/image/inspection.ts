/** An image in a registry, written down for a person to read. Pure. */
import { formatPlatform } from './platform.ts';
import { familiarReference, type ImageReference, withDefaultTag } from './reference.ts';
import type { ResolvedImage } from './resolveImage.ts';

/** In the order in which it is to be read; sizes are in bytes, as they are pulled. */
export function inspection(reference: ImageReference, image: ResolvedImage): object {
  const { digest, manifestDigest, configDigest, config, platforms, bytes, layers } = image;
  const { platform, createdAt, user, entrypoint, command, env, exposedPorts, labels } = config;
  return {
    reference: familiarReference(withDefaultTag(reference)),
    digest,
    platforms,
    platform: formatPlatform(platform),
    manifest: manifestDigest,
    created: createdAt > 0 ? new Date(createdAt).toISOString() : null,
    size: bytes,
    config: { digest: configDigest, user, entrypoint, command, env, ports: exposedPorts, labels },
    layers: layers.map(({ digest: layer, size, mediaType }) => ({ digest: layer, size, mediaType })),
  };
}
