/** What a person allowed which entry of which catalogue, and what an organisation forbids everybody. Pure. */
import * as z from 'zod';
import { type CatalogueOrigin, Overrides } from '../../workspace/overrides.ts';
import { catalogueLimits } from './schema.ts';

export const Approval = z.object({
  /** The catalogue's address; '' for overrides that came from none. */
  catalogue: z.string(),
  entry: z.string(),
  /** Of the entry as it was reviewed. */
  digest: z.string(),
  /** Repositories that its image comes from: for another image nothing is allowed. */
  images: z.array(z.string().max(512)).min(1).max(100),
  /** 'catalogue': the same is allowed to its other entries, too, once they are reviewed. */
  scope: z.enum(['entry', 'catalogue']),
  /** Ids of grants. */
  allowed: z.array(z.string().max(catalogueLimits.grantChars)).max(1_000),
  /** All that the entry wanted then, to tell a difference by. */
  overrides: Overrides,
  /** Unix time in ms. */
  at: z.number(),
});
export type Approval = z.infer<typeof Approval>;

/** What an organisation forbids, whatever a person would allow. */
export interface TrustPolicy {
  /** Levels ('blocked'), keys of overrides ('privileged'), or ids of grants ('capAdd:SYS_ADMIN'). */
  readonly forbidden?: readonly { readonly value: string; readonly by: string }[];
}

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
      .filter(other => other.catalogue === catalogue && other.entry === entry && other.scope === 'catalogue')
      .flatMap(({ allowed }) => allowed),
  );
  return approvals.flatMap((other): Approval[] => {
    if (other.catalogue !== catalogue) return [other];
    if (other.entry === entry) return [];
    return [{ ...other, scope: 'entry', allowed: other.allowed.filter(id => !toAll.has(id)) }];
  });
}

/** What was allowed to just this: the entry as it is, with an image that it had. */
export function allowedTo(
  approvals: readonly Approval[],
  origin: Pick<CatalogueOrigin, 'catalogue' | 'entry' | 'digest'> | undefined,
  image: string,
): ReadonlySet<string> {
  const { catalogue = '', entry = '', digest = '' } = origin ?? {};
  const own = approvals.filter(
    approval =>
      approval.catalogue === catalogue &&
      approval.entry === entry &&
      approval.digest === digest &&
      approval.images.includes(image),
  );
  return new Set(own.flatMap(({ allowed }) => allowed));
}

/** What was allowed to every entry of a catalogue. */
export function allowedToAll(approvals: readonly Approval[], catalogue: string): ReadonlySet<string> {
  return new Set(
    approvals
      .filter(approval => approval.catalogue === catalogue && approval.scope === 'catalogue')
      .flatMap(({ allowed }) => allowed),
  );
}
