/** Where images to choose from come from, each place searched beside the others, whatever it is and however slow. */
import type { ImageKind } from '../workspace/settings.ts';
import { kindOf } from './kind.ts';
import { parseReference } from './reference.ts';

export const imageSourceIds = ['recent', 'recommended', 'local', 'registries', 'catalogues'] as const;
export type ImageSourceId = (typeof imageSourceIds)[number];

/** An image that may be chosen. */
export interface FoundImage {
  /** As it becomes the image of a workspace. */
  readonly reference: string;
  /** What is to be known of it, such as its size or where it is from. */
  readonly detail?: string;
}

export interface ImageSource {
  readonly id: ImageSourceId;
  /** For people: what its images have in common. */
  readonly title: string;
  /**
   * What fits the text, as it is found; everything that is worth a look where the text is empty. Ends early once the signal
   * aborts; may throw.
   */
  search(text: string, signal: AbortSignal): AsyncIterable<readonly FoundImage[]>;
}

/** What one source found. */
export interface Finding {
  readonly source: ImageSource;
  /** More of them may come from the same source. */
  readonly images: readonly (FoundImage & { readonly kind: ImageKind })[];
}

/** Nobody looks through more. */
const mostOfSource = 200;
const longestDetail = 200;

/**
 * Tells what each source finds as it comes, and returns when all are done or the signal aborts. One that fails is told to
 * `onProblem` and hides none of the others. What is no image reference is left out: sources repeat what servers say.
 */
export async function searchImages(
  sources: readonly ImageSource[],
  text: string,
  tell: (finding: Finding) => void,
  signal: AbortSignal,
  onProblem: (source: ImageSource, error: unknown) => void,
): Promise<void> {
  const ask = async (source: ImageSource) => {
    let room = mostOfSource;
    try {
      for await (const found of source.search(text, signal)) {
        if (signal.aborted || room <= 0) return;
        const images = found.flatMap(cleaned).slice(0, room);
        room -= images.length;
        if (images.length > 0) tell({ source, images });
      }
    } catch (error) {
      if (!signal.aborted) onProblem(source, error);
    }
  };
  const ended = new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // One that does not heed the signal keeps nobody waiting.
  await Promise.race([ended, Promise.all(sources.map(ask))]);
}

function cleaned({ reference, detail = '' }: FoundImage): Finding['images'] {
  try {
    parseReference(reference);
  } catch {
    return [];
  }
  const words = detail.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, longestDetail);
  return [{ reference, kind: kindOf({ reference }), ...(words.trim() && { detail: words }) }];
}

/** Whether every word of the text stands in one of these. */
export function fits(text: string, ...places: readonly string[]): boolean {
  const all = places.join('\n').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every(word => all.includes(word));
}
