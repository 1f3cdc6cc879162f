/** Where images come from, for the form and for Quick Create, and what their registries say of them. */

import { findImages } from '../image/catalogue/find.ts';
import type { ImageSource } from '../image/imageSource.ts';
import {
  catalogueImages,
  localImages,
  recentImages,
  recommendedImages,
  registryImages,
} from '../image/imageSources.ts';
import { formatPlatform } from '../image/platform.ts';
import { parseReference } from '../image/reference.ts';
import type { ResolvedImage } from '../image/resolveImage.ts';
import { strangeRegistry } from '../image/strangeRegistry.ts';
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

type Places = Pick<Parts, 'fleet' | 'personal' | 'desk' | 'shelf' | 'log'>;

export function imagesView(places: Places): ImagesView {
  return {
    sources: (target, kind) => imageSources(places, target, kind),
    strangeRegistry: reference =>
      strangeRegistry(reference, {
        registries: places.desk.settings.list().entries.map(({ host }) => host),
        images: [configuration.defaultImage(), ...places.personal.recentImages()],
      }),
    describe: (reference, platforms, signal) => describeImage(places, reference, platforms, signal),
  };
}

export function imageSources(
  { fleet, personal, desk, shelf, log }: Places,
  target: TargetId | undefined,
  kind: ImageKind | undefined,
): readonly ImageSource[] {
  return [
    recentImages(personal.recentImages()),
    recommendedImages(configuration.defaultImage(), kind),
    ...(target === undefined
      ? []
      : [localImages(async signal => (await (await fleet.engine(target)).images?.list(signal)) ?? [])]),
    registryImages((text, signal) =>
      desk.registries.search(text, signal, (registry, error) =>
        log.write('debug', `${registry} cannot be searched for images`, error),
      ),
    ),
    catalogueImages(async text => {
      await shelf.load();
      return findImages(shelf.list(), text);
    }),
  ];
}

/** For the first of the platforms that the image is there for. */
export async function describeImage(
  { desk }: Pick<Parts, 'desk'>,
  text: string,
  platforms: readonly string[],
  signal: AbortSignal,
): Promise<DescribedImage> {
  const reference = parseReference(text);
  const resolve = (platform: string) => desk.registries.resolve(reference, platform, signal);
  const [first = usualPlatform, ...others] = platforms.slice(0, mostPlatforms);
  const { config, bytes } = await others.reduce<Promise<ResolvedImage>>(
    (found, platform) =>
      found.catch((error: unknown) => {
        if (!isBerthError(error, 'unsupported')) throw error;
        return resolve(platform).catch(() => {
          // The first platform's words are the ones to show.
          throw error;
        });
      }),
    resolve(first),
  );
  return { ...config, platform: formatPlatform(config.platform), bytes };
}
