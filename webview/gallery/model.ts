/** What the gallery shows and what the person chose in it; kept over hiding and reload. */
import * as z from 'zod';
import {
  type CatalogueInfo,
  type EntryInfo,
  EntryRef,
  type TargetFit,
} from '../../src/panels/galleryMessages.ts';
import { Filter, noFilter } from './filter.ts';

export const PageState = z.object({
  filter: Filter,
  target: z.string(),
  open: EntryRef.optional(),
  scroll: z.number(),
});
export type PageState = z.infer<typeof PageState>;

export interface Model {
  catalogues: readonly CatalogueInfo[];
  targets: readonly TargetFit[];
  filter: Filter;
  /** Id of the target that entries are to run on; '' where there is none. */
  target: string;
  open: EntryRef | undefined;
}

export function modelOf(
  catalogues: readonly CatalogueInfo[],
  targets: readonly TargetFit[],
  kept: PageState | undefined,
): Model {
  return {
    catalogues,
    targets,
    filter: kept?.filter ?? noFilter,
    target: targetOf(targets, kept?.target),
    open: kept?.open,
  };
}

/** What the host says of catalogues: their order, and those that are not what they were. */
export interface CatalogueNews {
  readonly order: readonly string[];
  readonly changed: readonly CatalogueInfo[];
}

/** Those that did not change stay the objects that they were. */
export function cataloguesAfter(
  before: readonly CatalogueInfo[],
  { order, changed }: CatalogueNews,
): readonly CatalogueInfo[] {
  const known = new Map([...before, ...changed].map(info => [info.address, info]));
  return order.flatMap(address => known.get(address) ?? []);
}

/** The one that was chosen as long as it is there, else one that answers. */
export function targetOf(targets: readonly TargetFit[], chosen: string | undefined): string {
  const found = targets.find(({ id }) => id === chosen) ?? targets.find(({ isUp }) => isUp) ?? targets[0];
  return found?.id ?? '';
}

export function entryOf(
  { catalogues }: Pick<Model, 'catalogues'>,
  ref: EntryRef | undefined,
): { readonly catalogue: CatalogueInfo; readonly entry: EntryInfo } | undefined {
  const catalogue = catalogues.find(({ address }) => address === ref?.catalogue);
  const entry = catalogue?.entries.find(({ id, name }) => id === ref?.entry || name === ref?.entry);
  return catalogue && entry && { catalogue, entry };
}
