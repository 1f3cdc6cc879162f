/** Where images come from, for the form and for Quick Create, and what their registries say of them. */
import { CommandLogins } from '../image/commandLogins.ts';
import type { ImageSource } from '../image/imageSource.ts';
import { localImages, recentImages, recommendedImages } from '../image/imageSources.ts';
import { formatPlatform } from '../image/platform.ts';
import { type ImageReference, parseReference } from '../image/reference.ts';
import { RegistryClient } from '../image/registryClient.ts';
import { type ResolvedImage, resolveImage } from '../image/resolveImage.ts';
import type { DescribedImage } from '../panels/imageFacts.ts';
import type { ImagesView } from '../panels/services.ts';
import { configuration } from '../vscode/configuration.ts';
import { isBerthError } from '../workspace/error.ts';
import type { TargetId } from '../workspace/name.ts';
import type { ImageKind } from '../workspace/settings.ts';
import type { Parts } from './parts.ts';

/** What a target of unknown platform most likely runs. */
const usualPlatform = 'linux/amd64';
/** A cluster may have nodes of several. */
const mostPlatforms = 4;

export function imagesView(parts: Pick<Parts, 'fleet' | 'personal'>): ImagesView {
  return {
    sources: (target, kind) => imageSources(parts, target, kind),
    describe: describeImage,
  };
}

export function imageSources(
  { fleet, personal }: Pick<Parts, 'fleet' | 'personal'>,
  target: TargetId | undefined,
  kind: ImageKind | undefined,
): readonly ImageSource[] {
  return [
    recentImages(personal.recentImages()),
    recommendedImages(configuration.defaultImage(), kind),
    ...(target === undefined
      ? []
      : [localImages(async signal => (await (await fleet.engine(target)).images?.list(signal)) ?? [])]),
  ];
}

/** For the first of the platforms that the image is there for. */
export async function describeImage(
  text: string,
  platforms: readonly string[],
  signal: AbortSignal,
): Promise<DescribedImage> {
  const reference = parseReference(text);
  const [first = usualPlatform, ...others] = platforms.slice(0, mostPlatforms);
  const { config, bytes } = await others.reduce<Promise<ResolvedImage>>(
    (found, platform) =>
      found.catch((error: unknown) => {
        if (!isBerthError(error, 'unsupported')) throw error;
        return resolve(reference, platform, signal).catch(() => {
          // The first platform's words are the ones to show.
          throw error;
        });
      }),
    resolve(reference, first, signal),
  );
  return { ...config, platform: formatPlatform(config.platform), bytes };
}

async function resolve(
  reference: ImageReference,
  platform: string,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  using client = new RegistryClient(reference.registry, { credentials: new CommandLogins() });
  return await resolveImage(client, reference, platform, signal);
}
