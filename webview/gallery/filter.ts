/** Which entries are shown: what was typed, and what was chosen. Pure. */
import * as z from 'zod';
import type { CatalogueInfo, EntryInfo, TargetFit } from '../../src/panels/galleryMessages.ts';

export const Filter = z.object({
  query: z.string(),
  /** '' in each: all of them. */
  catalogue: z.string(),
  architecture: z.string(),
  category: z.string(),
  /** Only what runs on the target that is chosen. */
  fits: z.boolean(),
});
export type Filter = z.infer<typeof Filter>;

export const noFilter: Filter = { query: '', catalogue: '', architecture: '', category: '', fits: false };

/** Every word stands in its name, description or categories, and every choice fits. */
export function isShown(
  entry: EntryInfo,
  catalogue: Pick<CatalogueInfo, 'address'>,
  filter: Filter,
  target: TargetFit | undefined,
): boolean {
  if (filter.catalogue !== '' && filter.catalogue !== catalogue.address) return false;
  if (filter.architecture !== '' && !entry.architectures.includes(filter.architecture)) return false;
  if (filter.category !== '' && !entry.categories.includes(filter.category)) return false;
  if (filter.fits && target && !fitsTarget(entry, target)) return false;
  const all = [entry.name, entry.description, ...entry.categories].join('\n').toLowerCase();
  return filter.query
    .toLowerCase()
    .split(/\s+/)
    .every(word => all.includes(word));
}

/** Whether it can run there; what is not known of the target is not held against the entry. */
export function fitsTarget(
  { architectures, requiresGpu, cpus = 0, memoryMiB = 0 }: EntryInfo,
  target: TargetFit,
): boolean {
  const runs =
    architectures.length === 0 ||
    target.architectures.length === 0 ||
    architectures.some(name => target.architectures.includes(name));
  return (
    runs &&
    !(requiresGpu && target.gpus === false) &&
    cpus <= (target.cpus ?? Number.POSITIVE_INFINITY) &&
    memoryMiB <= (target.memoryMiB ?? Number.POSITIVE_INFINITY)
  );
}

/** All values that there are to choose from, in alphabetical order. */
export function valuesOf(
  catalogues: readonly CatalogueInfo[],
  key: 'categories' | 'architectures',
): readonly string[] {
  const all = new Set(catalogues.flatMap(({ entries }) => entries.flatMap(entry => entry[key])));
  return [...all].sort((a, b) => a.localeCompare(b));
}
