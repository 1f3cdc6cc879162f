/** From what a record says of its image to an image that the engine has: found there, else pulled. */
import * as l10n from '@vscode/l10n';
import {
  familiarReference,
  formatReference,
  isImageId,
  isSameReference,
  parseReference,
} from '../../image/reference.ts';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { ImageDetails, ImageStore, Report } from '../engine.ts';

export type RecordedImage = WorkspaceRecord['image'];

/** What the record keeps of an image: the registry's digest where it came from one, else the engine's id. */
export function recordedImage(image: ImageDetails): RecordedImage {
  const own = image.digests.find(digest => isOfSameRepository(digest, image.reference)) ?? image.digests[0];
  const [, digest] = own?.split('@') ?? [];
  return { reference: image.reference, digest: digest ?? image.id };
}

/** One image may have been pulled from several places, each with a digest of its own for it. */
function isOfSameRepository(digest: string, reference: string): boolean {
  if (isImageId(reference)) return false;
  const { registry, repository } = parseReference(reference);
  return isSameReference(digest.split('@')[0] ?? '', formatReference({ registry, repository }));
}

/** The very image that was recorded; pulled by its digest where the engine has lost it, else by its reference. */
export async function recordedOrPulled(
  images: ImageStore,
  recorded: RecordedImage,
  report: Report,
  signal: AbortSignal,
): Promise<ImageDetails> {
  const pinned = pinnedReference(recorded);
  for (const name of [pinned, recorded.digest]) {
    const found = name === '' ? undefined : await images.details(name, signal).catch(unlessInvalid);
    if (found) return { ...found, reference: recorded.reference };
  }
  try {
    await images.pull(pinned, report, signal);
  } catch (error) {
    if (pinned === recorded.reference || !isBerthError(error, 'not-found')) throw error;
    return await foundOrPulled(images, recorded.reference, report, signal);
  }
  const pulled = await images.details(pinned, signal);
  return { ...(pulled ?? missing(recorded.reference)), reference: recorded.reference };
}

export async function foundOrPulled(
  images: ImageStore,
  reference: string,
  report: Report,
  signal: AbortSignal,
): Promise<ImageDetails> {
  return (await images.details(reference, signal)) ?? (await pulled(images, reference, report, signal));
}

/** The newest that the registry has under the reference. */
export async function pulled(
  images: ImageStore,
  reference: string,
  report: Report,
  signal: AbortSignal,
): Promise<ImageDetails> {
  report({ kind: 'step', step: 'pull', message: l10n.t('Pulling {0}', reference) });
  await images.pull(reference, report, signal);
  return (await images.details(reference, signal)) ?? missing(reference);
}

/** Pure: `name@digest`, or the reference where the digest is only the engine's own id of the image. */
export function pinnedReference({ reference, digest }: RecordedImage): string {
  if (digest === '' || isImageId(reference)) return reference;
  const { tag: _, ...name } = parseReference(reference);
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? familiarReference({ ...name, digest }) : reference;
}

function unlessInvalid(error: unknown): undefined {
  if (!isBerthError(error, 'invalid')) throw error;
}

function missing(reference: string): never {
  throw new BerthError(l10n.t('The engine does not have the image {0}', reference), { code: 'not-found' });
}
