/** What all policies together leave: the strictest of each, with who said it. Pure. */
import * as z from 'zod';
import { type Lists, type Policy, whoSays } from './policy.ts';
import { type Rule, type SettingKey, settingFields } from './rules.ts';

const said = <T extends z.ZodType>(value: T) => z.object({ value, by: z.string() });
const texts = z.array(said(z.array(z.string())));
const SaidLists = z.object({ allow: texts, forbid: texts });

/** What holds for one setting. */
export const Limits = z.object({
  /** More than one where policies contradict each other: then no value will do. */
  fixed: z.array(said(z.unknown())),
  default: said(z.unknown()).optional(),
  min: said(z.number()).optional(),
  max: said(z.number()).optional(),
  /** A value has to fit each of them. */
  allowed: texts,
  forbidden: said(z.literal(true)).optional(),
  hidden: said(z.literal(true)).optional(),
});
export type Limits = z.infer<typeof Limits>;

/** What holds for a workspace; it goes to pages as it is. */
export const Bounds = z.object({
  settings: z.record(z.string(), Limits),
  images: SaidLists,
  registries: SaidLists,
  catalogues: SaidLists,
  trust: z.array(said(z.string())),
  workspacesPerPerson: said(z.number()).optional(),
  sessionHours: said(z.number()).optional(),
});
export type Bounds = z.infer<typeof Bounds>;

export interface Said<T> {
  readonly value: T;
  readonly by: string;
}

/** Of no policy at all. */
export const noBounds: Bounds = {
  settings: {},
  images: { allow: [], forbid: [] },
  registries: { allow: [], forbid: [] },
  catalogues: { allow: [], forbid: [] },
  trust: [],
};

/** Of one policy. */
export function boundsOf(policy: Policy): Bounds {
  const by = whoSays(policy);
  const say = <T>(value: T): Said<T> => ({ value, by });
  const lists = ({ allow, forbid }: Lists = {}) => ({
    allow: allow ? [say([...allow].sort())] : [],
    forbid: forbid ? [say([...forbid].sort())] : [],
  });
  const { fixed, max } = policy.settings.lifespanHours ?? {};
  // 0 is no end.
  const hours = policy.sessionHours ?? (Number(fixed ?? max) || undefined);
  return {
    settings: Object.fromEntries(
      Object.entries(policy.settings).flatMap(([key, rule]) => (rule ? [[key, limitsOf(rule, say)]] : [])),
    ),
    images: lists(policy.images),
    registries: lists(policy.registries),
    catalogues: lists(policy.catalogues),
    trust: sorted((policy.trust?.forbid ?? []).map(say)),
    ...(policy.workspacesPerPerson !== undefined && { workspacesPerPerson: say(policy.workspacesPerPerson) }),
    ...(hours !== undefined && { sessionHours: say(hours) }),
  };
}

function limitsOf(rule: Rule, say: <T>(value: T) => Said<T>): Limits {
  return {
    fixed: rule.fixed === undefined ? [] : [say(rule.fixed)],
    allowed: rule.allowed ? [say([...rule.allowed].sort())] : [],
    ...(rule.default !== undefined && { default: say(rule.default) }),
    ...(rule.min !== undefined && { min: say(rule.min) }),
    ...(rule.max !== undefined && { max: say(rule.max) }),
    ...(rule.forbidden && { forbidden: say(rule.forbidden) }),
    ...(rule.hidden && { hidden: say(rule.hidden) }),
  };
}

/** The strictest of all. In whatever order, and however often one of them stands there, it is the same. */
export function combined(all: readonly Bounds[]): Bounds {
  return all.reduce(both, noBounds);
}

function both(a: Bounds, b: Bounds): Bounds {
  const keys = [...new Set([...Object.keys(a.settings), ...Object.keys(b.settings)])].sort();
  const lists = (part: 'images' | 'registries' | 'catalogues') => ({
    allow: sorted([...a[part].allow, ...b[part].allow]),
    forbid: sorted([...a[part].forbid, ...b[part].forbid]),
  });
  return {
    settings: Object.fromEntries(keys.map(key => [key, bothLimits(key, a.settings[key], b.settings[key])])),
    images: lists('images'),
    registries: lists('registries'),
    catalogues: lists('catalogues'),
    trust: sorted([...a.trust, ...b.trust]),
    workspacesPerPerson: least(a.workspacesPerPerson, b.workspacesPerPerson, Number),
    sessionHours: least(a.sessionHours, b.sessionHours, Number),
  };
}

const nothing: Limits = { fixed: [], allowed: [] };

function bothLimits(key: string, a: Limits = nothing, b: Limits = nothing): Limits {
  const size = (value: unknown) => magnitude(key, value);
  return {
    fixed: sorted([...a.fixed, ...b.fixed]),
    allowed: sorted([...a.allowed, ...b.allowed]),
    default: least(a.default, b.default, size),
    min: least(a.min, b.min, value => -size(value)),
    max: least(a.max, b.max, size),
    forbidden: least(a.forbidden, b.forbidden, () => 0),
    hidden: least(a.hidden, b.hidden, () => 0),
  };
}

/** Where a number's 0 stands for no end, it is more than any other. */
export function magnitude(key: string, value: unknown): number {
  if (typeof value !== 'number') return 0;
  return isEndless(key) && value === 0 ? Infinity : value;
}

export function isEndless(key: string): boolean {
  return settingFields.get(key as SettingKey)?.endless === true;
}

/** The smaller of two that may be absent; of equal ones, the one whose text comes first, so that order does not matter. */
function least<T>(
  a: Said<T> | undefined,
  b: Said<T> | undefined,
  size: (value: T) => number,
): Said<T> | undefined {
  const [first] = [a, b]
    .filter(one => one !== undefined)
    .sort((one, other) => compare(size(one.value), size(other.value)) || compare(textOf(one), textOf(other)));
  return first;
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Each once, in an order of their own. */
function sorted<T>(all: readonly Said<T>[]): Said<T>[] {
  const byText = new Map(all.map(one => [textOf(one), one]));
  return [...byText].sort(([a], [b]) => compare(a, b)).map(([, one]) => one);
}

/** JSON whose keys are in order, so that the same value has the same text. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => compare(a, b)))
      : inner,
  );
}
