/**
 * The trust review: what an entry would be allowed, in words, before it is used for the first time and whenever it has
 * changed. Everything that reaches an engine goes through `reviewed`. Pure.
 */
import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import { type Grant, grantsOf, overridesOf } from '../../workspace/grants.ts';
import type { CatalogueOrigin, Overrides } from '../../workspace/overrides.ts';
import type { WorkspaceSettings } from '../../workspace/settings.ts';
import { parseReference } from '../reference.ts';
import { type Approval, allowedTo, allowedToAll, shownOf } from './approvals.ts';
import { canonicalJson } from './canonicalJson.ts';
import type { Entry } from './entry.ts';
import type { Scope } from './scope.ts';
import { translate } from './translate.ts';
import type { LeftOut, Translation } from './translation.ts';
import { forbidderOf, type TrustPolicy } from './trustPolicy.ts';

/** How a grant stands before the person has said anything in this review. */
export type Verdict =
  /** Safe, or shown where the person sees it: nothing to ask. */
  | 'free'
  /** Allowed before, for this entry as it is or for all of its catalogue. */
  | 'allowed'
  /** To be accepted (warned) or allowed (blocked). */
  | 'asks'
  /** The organisation's policy forbids it. */
  | 'forbidden';

export interface ReviewedGrant extends Grant {
  readonly verdict: Verdict;
  /** Who forbids it, where it is forbidden. */
  readonly forbiddenBy?: string | undefined;
  /** Not in what was allowed before, though the entry was. */
  readonly isNew: boolean;
}

export interface EntryReview {
  readonly origin: CatalogueOrigin;
  /** Repositories of its images: what is allowed is allowed for them alone. */
  readonly images: readonly string[];
  readonly translation: Translation;
  /** The most dangerous first. */
  readonly grants: readonly ReviewedGrant[];
  readonly leftOut: readonly LeftOut[];
  /** What the entry wanted when it was allowed last and does not want now. */
  readonly gone: readonly Grant[];
  /** It was allowed once, and has changed since. */
  readonly hasChanged: boolean;
  /** Nothing is left to ask. */
  readonly isSettled: boolean;
}

/** `catalogue`: its address. */
export function reviewEntry(
  catalogue: string,
  entry: Entry,
  approvals: readonly Approval[],
  policy: TrustPolicy = {},
): EntryReview {
  const translation = translate(entry);
  const origin: CatalogueOrigin = {
    catalogue,
    entry: entry.id,
    digest: entryDigest(entry),
    ...(entry.sha && { sha: entry.sha }),
  };
  const images = [...new Set(entry.releases.map(({ image }) => repositoryOf(image)))];
  const before = approvals.find(past => past.catalogue === catalogue && past.entry === entry.id);
  const hasChanged = before !== undefined && before.digest !== origin.digest;
  const allowed = new Set([
    ...images.flatMap(image => [...allowedTo(approvals, origin, image)]),
    ...allowedToAll(approvals, catalogue, hasChanged),
  ]);
  const grants = grantsOf(translation.overrides);
  const known = new Set(before ? grantsOf(before.overrides).map(({ id }) => id) : []);
  const all = new Set(grants.map(({ id }) => id));
  const judged = grants.map(grant => ({
    ...grant,
    ...judgedBy(grant, { allowed, shown: all }, policy),
    isNew: before !== undefined && !known.has(grant.id),
  }));
  return {
    origin,
    images,
    translation,
    grants: judged.toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level)),
    leftOut: translation.leftOut,
    gone: before ? grantsOf(before.overrides).filter(({ id }) => !all.has(id)) : [],
    hasChanged,
    isSettled: judged.every(({ verdict }) => verdict === 'free' || verdict === 'allowed'),
  };
}

const levels = ['blocked', 'warned', 'shown', 'safe'];

/** What the person said in the review: the overrides that come of it, and what is to be remembered of it. */
export function decide(
  review: EntryReview,
  /** Ids of grants that the person accepts; what was allowed before is allowed. */
  accepted: ReadonlySet<string>,
  scope: Scope,
  /** Unix time in ms. */
  now: number,
): { readonly overrides: Overrides; readonly approval: Approval } {
  const granted = review.grants.filter(
    ({ id, verdict }) =>
      verdict === 'free' || verdict === 'allowed' || (verdict === 'asks' && accepted.has(id)),
  );
  const order = grantsOf(review.translation.overrides).map(({ id }) => id);
  const overrides = overridesOf(granted.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id)));
  const { catalogue, entry, digest } = review.origin;
  return {
    overrides,
    approval: {
      catalogue,
      entry,
      digest,
      images: [...review.images],
      scope,
      allowed: granted.filter(({ verdict }) => verdict !== 'free').map(({ id }) => id),
      overrides: review.translation.overrides,
      at: now,
    },
  };
}

/** The settings without these pieces of their overrides. */
export function withoutGrants<Settings extends Asking>(
  settings: Settings,
  grants: readonly Pick<Grant, 'id'>[],
): Settings {
  const ids = new Set(grants.map(({ id }) => id));
  const left = grantsOf(settings.overrides ?? {}).filter(({ id }) => !ids.has(id));
  return { ...settings, overrides: left.length === 0 ? undefined : overridesOf(left) };
}

/** What a person allows to settings that came from no review of an entry, such as those of another's workspace. */
export function approve(settings: Asking, accepted: ReadonlySet<string>, now: number): Approval {
  const { catalogue = '', entry = '', digest = '' } = settings.fromCatalogue ?? {};
  return {
    catalogue,
    entry,
    digest,
    images: [repositoryOf(settings.image)],
    scope: 'entry',
    allowed: [...accepted],
    overrides: settings.overrides ?? {},
    at: now,
  };
}

declare const mark: unique symbol;
/** Overrides that were held against what the person allowed. Made here and nowhere else. */
export interface Reviewed {
  readonly overrides: Overrides | undefined;
  readonly fromCatalogue: CatalogueOrigin | undefined;
  readonly [mark]: true;
}

type Asking = Pick<WorkspaceSettings, 'image' | 'overrides' | 'fromCatalogue'>;

/**
 * What of the settings nobody has allowed yet, wherever they came from: a page, a template, a link, another workspace. What
 * they run counts as allowed once a review has shown it, or the person has said yes to it.
 */
export function notAllowed(
  { image, overrides, fromCatalogue }: Asking,
  approvals: readonly Approval[],
  policy: TrustPolicy = {},
): readonly ReviewedGrant[] {
  const repository = repositoryOf(image);
  const known = {
    allowed: allowedTo(approvals, fromCatalogue, repository),
    shown: shownOf(approvals, fromCatalogue, repository),
  };
  return grantsOf(overrides ?? {})
    .map(grant => ({ ...grant, ...judgedBy(grant, known, policy), isNew: false }))
    .filter(({ verdict }) => verdict === 'asks' || verdict === 'forbidden');
}

/** The only way to the engine. Throws 'invalid', naming what is not allowed. */
export function reviewed(
  settings: Asking,
  approvals: readonly Approval[],
  policy: TrustPolicy = {},
): Reviewed {
  const missing = notAllowed(settings, approvals, policy);
  if (missing.length > 0) {
    throw new BerthError(
      l10n.t(
        'These settings want more than you have allowed: {0}. Review the entry in its catalogue, or create without it.',
        missing.map(({ words, value }) => (value === '' ? words : `${words} (${value})`)).join('; '),
      ),
      { code: 'invalid' },
    );
  }
  const { overrides, fromCatalogue } = settings;
  return { overrides, fromCatalogue } as Reviewed;
}

/** Of its images and both configs: what an approval is for. */
export function entryDigest({ releases, runConfig, execConfig }: Entry): string {
  const images = releases.map(({ version, image }) => [version, image]);
  return `sha256:${createHash('sha256')
    .update(canonicalJson([images, runConfig, execConfig]))
    .digest('hex')}`;
}

/** Ids of what was allowed, and of what the person saw or sees. */
interface Known {
  readonly allowed: ReadonlySet<string>;
  readonly shown: ReadonlySet<string>;
}

function judgedBy(
  grant: Grant,
  { allowed, shown }: Known,
  policy: TrustPolicy,
): Pick<ReviewedGrant, 'verdict' | 'forbiddenBy'> {
  const forbiddenBy = forbidderOf(grant, policy);
  if (forbiddenBy !== undefined) return { verdict: 'forbidden', forbiddenBy };
  if (grant.level === 'safe' || (grant.level === 'shown' && shown.has(grant.id))) return { verdict: 'free' };
  return { verdict: allowed.has(grant.id) ? 'allowed' : 'asks' };
}

/** Without tag and digest, which change with every update. An image id stands for itself. */
function repositoryOf(image: string): string {
  try {
    const { registry, repository } = parseReference(image);
    return `${registry}/${repository}`;
  } catch {
    return image;
  }
}
