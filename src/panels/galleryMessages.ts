/** What the gallery and its host say to each other: the table of its messages (see messages.ts). */
import * as z from 'zod';
import { catalogueLimits } from '../image/catalogue/schema.ts';
import { Scope } from '../image/catalogue/scope.ts';
import { TargetId } from '../workspace/name.ts';
import { type Protocol, Translations } from './messages.ts';

const nothing = z.object({});
const done = z.object({});
const problem = z.object({ message: z.string(), action: z.string().optional() });

/** An entry as its card shows it. */
const EntryInfo = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  categories: z.array(z.string()),
  architectures: z.array(z.string()),
  channels: z.array(z.string()),
  hasIcon: z.boolean(),
  isEnabled: z.boolean(),
  requiresGpu: z.boolean(),
  gpuCount: z.number().optional(),
  cpus: z.number().optional(),
  memoryMiB: z.number().optional(),
  /** Whether something of it is allowed, as it is now or as it was. */
  isAllowed: z.boolean(),
  /** It was used before, and is not what it was then. */
  hasChanged: z.boolean(),
});
export type EntryInfo = z.infer<typeof EntryInfo>;

const CatalogueInfo = z.object({
  address: z.string(),
  title: z.string(),
  description: z.string(),
  contactUrl: z.string().optional(),
  isBuiltIn: z.boolean(),
  isReading: z.boolean(),
  problem: problem.optional(),
  /** Unix time in ms: when it was known to be the newest. */
  checkedAt: z.number().optional(),
  /** In the order in which they are worth choosing; `note` may be ''. */
  channels: z.array(z.object({ name: z.string(), note: z.string() })),
  /** The one that all its entries begin with, where they have it. */
  channel: z.string().optional(),
  hasIcon: z.boolean(),
  entries: z.array(EntryInfo),
  unusable: z.array(z.object({ name: z.string(), reasons: z.array(z.string()) })),
  /** What was got over, as its author should know it. */
  oddities: z.array(z.string()),
});
export type CatalogueInfo = z.infer<typeof CatalogueInfo>;

/** A target, as far as an entry may fit it. */
const TargetFit = z.object({
  id: TargetId,
  title: z.string(),
  kind: z.enum(['docker', 'kubernetes']),
  isUp: z.boolean(),
  /** Such as 'amd64'; empty where it is not known. */
  architectures: z.array(z.string()),
  gpus: z.boolean().optional(),
  cpus: z.number().optional(),
  memoryMiB: z.number().optional(),
});
export type TargetFit = z.infer<typeof TargetFit>;

export const EntryRef = z.object({ catalogue: z.string().max(2_000), entry: z.string().max(300) });
export type EntryRef = z.infer<typeof EntryRef>;

const GrantInfo = z.object({
  id: z.string(),
  level: z.enum(['blocked', 'warned', 'shown', 'safe']),
  verdict: z.enum(['free', 'allowed', 'asks', 'forbidden']),
  forbiddenBy: z.string().optional(),
  words: z.string(),
  value: z.string(),
  isNew: z.boolean(),
});
export type GrantInfo = z.infer<typeof GrantInfo>;

const LeftOutInfo = z.object({
  key: z.string(),
  level: z.enum(['refused', 'conflict', 'unknown', 'target']),
  words: z.string(),
  value: z.string(),
});
export type LeftOutInfo = z.infer<typeof LeftOutInfo>;

const Details = z.object({
  /** Markdown of unknown origin. */
  notes: z.string(),
  image: z.string(),
  /** On disk, in MB. */
  sizeMB: z.number().optional(),
  /** Of the entry as it was read: what is installed has to be what was reviewed. */
  digest: z.string(),
  grants: z.array(GrantInfo),
  leftOut: z.array(LeftOutInfo),
  /** What it wanted when it was allowed last, and does not want now. */
  gone: z.array(z.object({ words: z.string(), value: z.string() })),
  /** Its variables, verbatim. */
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  ports: z.array(z.object({ port: z.number(), protocol: z.string() })),
  /** It was allowed once, and has changed since. */
  hasChanged: z.boolean(),
  isSettled: z.boolean(),
  /** What was said last time. */
  scope: Scope,
  /** Why it does not fit the target. */
  misfits: z.array(z.string()),
});
export type Details = z.infer<typeof Details>;

const choice = { ...EntryRef.shape, channel: z.string().max(128).optional(), target: TargetId.optional() };

export const galleryProtocol = {
  requests: {
    open: {
      params: nothing,
      result: z.object({
        translations: Translations.optional(),
        catalogues: z.array(CatalogueInfo),
        targets: z.array(TargetFit),
        /** What is to be shown at first. */
        show: EntryRef.partial({ entry: true }).optional(),
      }),
    },
    /** What `show` asked for is shown. A page that is hidden hears no event, and asks when it is drawn again. */
    shown: { params: nothing, result: done },
    /** Of an entry, or of the catalogue itself; for the `src` of an <img> and nothing else. */
    icon: {
      params: EntryRef.partial({ entry: true }),
      result: z.object({ source: z.string().startsWith('data:image/').optional() }),
    },
    details: { params: z.object(choice), result: Details },
    /** Opens the form with the entry in it. `accepted` are the ids of grants that the person allowed just now. */
    use: {
      params: z.object({
        ...choice,
        digest: z.string(),
        accepted: z.array(z.string().max(catalogueLimits.grantChars)).max(1_000),
        scope: Scope,
      }),
      result: done,
    },
    /** Takes back what was allowed to the entry, or to all of the catalogue. */
    revoke: { params: EntryRef.partial({ entry: true }), result: done },
    setChannel: {
      params: z.object({ catalogue: z.string().max(2_000), channel: z.string().max(128).optional() }),
      result: done,
    },
    refresh: { params: z.object({ catalogue: z.string().max(2_000).optional() }), result: done },
    add: { params: nothing, result: done },
    remove: { params: z.object({ catalogue: z.string().max(2_000) }), result: done },
    /** Runs the fix that the catalogue's problem offers. */
    fix: { params: z.object({ catalogue: z.string().max(2_000) }), result: done },
    /** In the browser; http and https alone. */
    openLink: { params: z.object({ url: z.string().max(4_000) }), result: done },
  },
  events: {
    /** All there are, in their order, and those of them that are not what they were. */
    catalogues: z.object({ order: z.array(z.string()), changed: z.array(CatalogueInfo) }),
    targets: z.array(TargetFit),
    show: EntryRef.partial({ entry: true }),
  },
} as const satisfies Protocol;
