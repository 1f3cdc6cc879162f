/** From a reference to the very image it stands for now, and what that image says of itself. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import { type ImageConfig, parseImageConfig } from './imageConfig.ts';
import type { Descriptor, Manifest } from './manifest.ts';
import { bestFit, formatPlatform, hostPlatform, parsePlatform } from './platform.ts';
import { familiarReference, type ImageReference, withDefaultTag } from './reference.ts';
import type { RegistryClient } from './registryClient.ts';

export interface ResolvedImage {
  /** What the reference stands for: of the index where there is one. To be pinned: `name@digest` is all its platforms. */
  readonly digest: string;
  /** Of the image for the platform alone. */
  readonly manifestDigest: string;
  /** The engine's id of the image. */
  readonly configDigest: string;
  readonly config: ImageConfig;
  /** All that it is there for, such as 'linux/arm64/v8'. */
  readonly platforms: readonly string[];
  /** The lowest first. */
  readonly layers: readonly Descriptor[];
  /** To be pulled. */
  readonly bytes: number;
}

type Image = Extract<Manifest, { kind: 'image' }>;

/** An index in an index is allowed; more than that nobody makes. */
const mostNested = 3;

/**
 * `platform`: such as 'linux/amd64'; undefined: whichever there is, this machine's own before others. Throws 'unsupported'
 * naming the platforms that there are, and what the client throws.
 */
export async function resolveImage(
  client: RegistryClient,
  wanted: ImageReference,
  platform: string | undefined,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const target = platform === undefined ? hostPlatform() : parsePlatform(platform);
  const reference = withDefaultTag(wanted);
  const missing = (offered: readonly string[]) => {
    const there = offered.length > 0 ? offered.slice(0, 20).join(', ') : l10n.t('none');
    const message = l10n.t(
      'Cannot use {0}: there is no such image for {1}. There are: {2}.',
      familiarReference(reference),
      formatPlatform(target),
      there,
    );
    return new BerthError(message, { code: 'unsupported' });
  };

  const top = await client.manifest(reference, signal);
  let found: { readonly digest: string; readonly manifest: Manifest } = top;
  let platforms: string[] = [];
  for (let depth = 0; found.manifest.kind === 'index'; depth++) {
    const { entries } = found.manifest;
    if (depth === 0) platforms = [...new Set(entries.map(formatPlatform))];
    const entry = bestFit(target, entries) ?? (platform === undefined ? entries[0] : undefined);
    if (!entry || depth === mostNested) throw missing(platforms);
    found = await client.manifest({ ...reference, digest: entry.digest }, signal);
  }
  const image: Image = found.manifest;
  const config = parseImageConfig(await client.blob(reference.repository, image.config, signal));
  if (!config) {
    throw new BerthError(l10n.t('Cannot use {0}: its config cannot be read.', familiarReference(reference)), {
      code: 'unsupported',
    });
  }
  if (top.manifest.kind === 'image') {
    platforms = [formatPlatform(config.platform)];
    if (platform !== undefined && !bestFit(target, [config.platform])) throw missing(platforms);
  }
  return {
    digest: top.digest,
    manifestDigest: found.digest,
    configDigest: image.config.digest,
    config,
    platforms,
    layers: image.layers,
    bytes: image.bytes,
  };
}
