/** The sources of images that need no registry: what was used, what is recommended, what a target has. */
import * as l10n from '@vscode/l10n';
import type { ImageKind } from '../workspace/settings.ts';
import { binarySize } from '../workspace/words.ts';
import { gathered } from './gathered.ts';
import { type FoundImage, fits, type ImageSource, type ImageSourceId } from './imageSource.ts';
import { kindOf } from './kind.ts';

/** As an engine's image store has it (engine.ts). */
export interface ListedImage {
  readonly reference: string;
  readonly id: string;
  readonly bytes: number;
}

/** Images of the last creations, newest first. */
export function recentImages(references: readonly string[]): ImageSource {
  const images = references.map(reference => ({ reference }));
  return listSource('recent', l10n.t('Recent'), async () => images);
}

/** Images that many people use, for when a kind is chosen or a part of their name is typed. */
const wellKnown = [
  'quay.io/jupyter/minimal-notebook:latest',
  'quay.io/jupyter/scipy-notebook:latest',
  'quay.io/jupyter/datascience-notebook:latest',
  'rocker/rstudio:latest',
  'rocker/tidyverse:latest',
];

/** The default image, and those of the chosen kind. */
export function recommendedImages(defaultImage: string, kind: ImageKind | undefined): ImageSource {
  return {
    id: 'recommended',
    title: l10n.t('Recommended'),
    async *search(text) {
      const others = wellKnown.filter(reference =>
        text.trim() === '' ? kindOf({ reference }) === kind : fits(text, reference),
      );
      const isOf = kind === undefined || kindOf({ reference: defaultImage }) === kind;
      const first = isOf && fits(text, defaultImage) ? [defaultImage] : [];
      yield [...first, ...others.filter(reference => reference !== defaultImage)].map(reference => ({
        reference,
        ...(reference === defaultImage && { detail: l10n.t('the default') }),
      }));
    },
  };
}

/** What a target keeps itself: images by their names, not those without one. */
export function localImages(list: (signal: AbortSignal) => Promise<readonly ListedImage[]>): ImageSource {
  return listSource('local', l10n.t('On the target'), async signal =>
    (await list(signal))
      .filter(({ reference, id }) => reference !== id)
      .map(({ reference, bytes }) => ({ reference, detail: binarySize(bytes) })),
  );
}

/** As src/image/suggestions.ts finds them, one after the other. */
interface Suggested {
  readonly reference: string;
  readonly registry: string;
  readonly description: string;
  readonly facts?: { readonly bytes?: number | undefined } | undefined;
}

/** What registries have under that name, or find for it. */
export function registryImages(
  search: (text: string, signal: AbortSignal) => AsyncIterable<Suggested>,
): ImageSource {
  return {
    id: 'registries',
    title: l10n.t('Registries'),
    async *search(text, signal) {
      for await (const batch of gathered(search(text, signal))) yield batch.map(suggested);
    },
  };
}

function suggested({ reference, registry, description, facts }: Suggested): FoundImage {
  const size = facts?.bytes === undefined ? '' : binarySize(facts.bytes);
  return { reference, detail: size || description || registry };
}

function listSource(
  id: ImageSourceId,
  title: string,
  list: (signal: AbortSignal) => Promise<readonly FoundImage[]>,
): ImageSource {
  return {
    id,
    title,
    async *search(text, signal) {
      yield (await list(signal)).filter(({ reference }) => fits(text, reference));
    },
  };
}
