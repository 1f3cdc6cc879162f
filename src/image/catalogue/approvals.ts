/** What a person saw of which entry of which catalogue, and allowed it. Pure. */
import * as z from 'zod';
import { grantsOf } from '../../workspace/grants.ts';
import { type CatalogueOrigin, Overrides } from '../../workspace/overrides.ts';
import { catalogueLimits } from './schema.ts';
import { Scope } from './scope.ts';

export const Approval = z.object({
  /** The catalogue's address; '' for overrides that came from none. */
  catalogue: z.string(),
  entry: z.string(),
  /** Of the entry as it was reviewed. */
  digest: z.string(),
  /** Repositories that its image comes from: for another image nothing is allowed. */
  images: z.array(z.string().max(512)).min(1).max(100),
  scope: Scope,
  /** Ids of grants. */
  allowed: z.array(z.string().max(catalogueLimits.grantChars)).max(1_000),
  /** All that the entry wanted then, to tell a difference by. */
  overrides: Overrides,
  /** Unix time in ms. */
  at: z.number(),
});
export type Approval = z.infer<typeof Approval>;

/** Enough for years; the oldest goes first. */
const most = 500;

/** With one more: the newest first, one for each entry (or, where there is none, for each image). */
export function withApproval(approvals: readonly Approval[], approval: Approval): readonly Approval[] {
  const others = approvals.filter(
    ({ catalogue, entry, images }) =>
      catalogue !== approval.catalogue ||
      entry !== approval.entry ||
      (catalogue === '' && images.join() !== approval.images.join()),
  );
  return [approval, ...others].slice(0, most);
}

/**
 * Without those of a catalogue, or of one entry of it. What was allowed to all of the catalogue is allowed to that entry no
 * more, and what was allowed to all by that entry's review to none. Workspaces that were made stay as they are.
 */
export function withoutApprovals(
  approvals: readonly Approval[],
  of: { readonly catalogue: string; readonly entry?: string },
): readonly Approval[] {
  const { catalogue, entry } = of;
  if (entry === undefined) return approvals.filter(other => other.catalogue !== catalogue);
  const toAll = new Set(
    approvals
      .filter(other => other.catalogue === catalogue && other.entry === entry && other.scope !== 'entry')
      .flatMap(({ allowed }) => allowed),
  );
  return approvals.flatMap((other): Approval[] => {
    if (other.catalogue !== catalogue) return [other];
    if (other.entry === entry) return [];
    return [{ ...other, scope: 'entry', allowed: other.allowed.filter(id => !toAll.has(id)) }];
  });
}

type Origin = Pick<CatalogueOrigin, 'catalogue' | 'entry' | 'digest'> | undefined;

/** What was allowed to just this: the entry as it is, with an image that it had. */
export function allowedTo(
  approvals: readonly Approval[],
  origin: Origin,
  image: string,
): ReadonlySet<string> {
  return new Set(reviewsOf(approvals, origin, image).flatMap(({ allowed }) => allowed));
}

/** All that the person was shown of just this, allowed or not. */
export function shownOf(approvals: readonly Approval[], origin: Origin, image: string): ReadonlySet<string> {
  const reviews = reviewsOf(approvals, origin, image);
  return new Set(reviews.flatMap(({ overrides }) => grantsOf(overrides).map(({ id }) => id)));
}

function reviewsOf(approvals: readonly Approval[], origin: Origin, image: string): readonly Approval[] {
  const { catalogue = '', entry = '', digest = '' } = origin ?? {};
  return approvals.filter(
    approval =>
      approval.catalogue === catalogue &&
      approval.entry === entry &&
      approval.digest === digest &&
      approval.images.includes(image),
  );
}

/** What was allowed to every entry of a catalogue; `hasChanged`: to those, too, that were others when they were allowed. */
export function allowedToAll(
  approvals: readonly Approval[],
  catalogue: string,
  hasChanged: boolean,
): ReadonlySet<string> {
  return new Set(
    approvals
      .filter(
        ({ catalogue: of, scope }) =>
          of === catalogue && (scope === 'changes' || (scope === 'catalogue' && !hasChanged)),
      )
      .flatMap(({ allowed }) => allowed),
  );
}
