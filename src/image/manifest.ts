/** Manifests as registries keep them (OCI image 1.1, Docker schema 2): an index of images, or one image. Pure. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import type { Platform } from './platform.ts';
import { isDigest } from './reference.ts';
import { RegistryProblem } from './registryProblem.ts';

const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const imageTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const configTypes = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];

/** What to ask for; without it a registry may answer in the format of 2014. */
export const manifestAccept = [...indexTypes, ...imageTypes].join(', ');

const Descriptor = z.object({
  mediaType: z.string().default(''),
  digest: z.string().refine(isDigest),
  /** In bytes. */
  size: z.int().nonnegative(),
});
export type Descriptor = z.infer<typeof Descriptor>;

const Entry = Descriptor.extend({
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().nullish() }).nullish(),
});
const Index = z.object({ manifests: z.array(Entry).max(10_000) });
const Image = z.object({ config: Descriptor, layers: z.array(Descriptor).max(10_000) });

export interface IndexEntry extends Descriptor, Platform {}
export type Manifest =
  /** What has no platform, or an unknown one (signatures, attestations), is no image and left out. */
  | { readonly kind: 'index'; readonly entries: readonly IndexEntry[] }
  | {
      readonly kind: 'image';
      readonly config: Descriptor;
      /** The lowest first. */
      readonly layers: readonly Descriptor[];
      /** Of all layers as they are pulled, in bytes. */
      readonly bytes: number;
    };

/** Throws RegistryProblem for what is no image that an engine of today can run. */
export function parseManifest(content: string, contentType: string): Manifest {
  const refuse = (why: string): never => {
    throw new RegistryProblem(why, 'unsupported');
  };
  const unreadable = () => refuse(l10n.t('its manifest cannot be read.'));
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return unreadable();
  }
  const head = z.object({ schemaVersion: z.number(), mediaType: z.string().nullish() }).safeParse(value).data;
  if (!head) return unreadable();
  if (head.schemaVersion === 1) {
    return refuse(
      l10n.t('it is in the format of 2014 (schema 1), which engines no longer take. It must be pushed anew.'),
    );
  }
  const type = head.mediaType ?? contentType.split(';')[0]?.trim() ?? '';
  if (indexTypes.includes(type)) {
    const index = Index.safeParse(value).data;
    return index ? { kind: 'index', entries: entriesOf(index) } : unreadable();
  }
  if (!imageTypes.includes(type)) {
    return refuse(l10n.t('it is not an image, but {0}.', type.slice(0, 100) || l10n.t('of no known type')));
  }
  const image = Image.safeParse(value).data;
  if (!image) return unreadable();
  const { config, layers } = image;
  if (!configTypes.includes(config.mediaType)) {
    return refuse(l10n.t('it is not an image of a container, but {0}.', config.mediaType.slice(0, 100)));
  }
  return { kind: 'image', config, layers, bytes: layers.reduce((sum, { size }) => sum + size, 0) };
}

function entriesOf({ manifests }: z.infer<typeof Index>): IndexEntry[] {
  return manifests.flatMap(({ platform, ...descriptor }) => {
    if (!platform || platform.os === 'unknown' || platform.architecture === 'unknown') return [];
    const { os, architecture, variant } = platform;
    return [{ ...descriptor, os, architecture, ...(variant && { variant }) }];
  });
}
