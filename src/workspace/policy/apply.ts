/** What policies make of a form that is filled in: fixed values and defaults in their places, sizes within their bounds, nothing that is forbidden. Pure. */
import * as l10n from '@vscode/l10n';
import { type Draft, defaultOf, draftValue, type Origin } from '../draft.ts';
import { appliesTo, costOf, type EngineKind } from '../field.ts';
import type { InheritedValues } from '../inherited.ts';
import type { Preset } from '../presets.ts';
import { type Bounds, type Limits, magnitude, textOf } from './bounds.ts';
import { shown, violationsOf } from './check.ts';
import { type SettingKey, settingFields } from './rules.ts';

/** What nobody chose by hand, and what a policy's default therefore takes the place of. */
const idle: ReadonlySet<Origin> = new Set(['default', 'configuration', 'preset', 'machine', 'policy']);
/** What nobody chose, but what something better than a default said: it only is kept within bounds. */
const advised: ReadonlySet<Origin> = new Set([...idle, 'image', 'target', 'generated']);

export interface Filling {
  readonly engine: EngineKind;
  /** Settings that the person has touched are theirs, wherever their value came from. */
  readonly isTouched: (key: SettingKey) => boolean;
  /** Of an edit, what never changes stays as it is. */
  readonly isEdit: boolean;
}

/** The same draft where nothing is to be changed. */
export function withBounds(draft: Draft, bounds: Bounds, filling: Filling): Draft {
  const changes = [...settingFields].flatMap(([key, meta]) => {
    if (!appliesTo(meta, filling.engine)) return [];
    if (filling.isEdit && costOf(meta, filling.engine) === 'never') return [];
    const change = changeOf(key, draft, bounds.settings[key], filling);
    const isNews =
      change && (textOf(change.value) !== textOf(draft.values[key]) || change.origin !== draft.origins[key]);
    return isNews ? [[key, change] as const] : [];
  });
  if (changes.length === 0) return draft;
  const part = <T>(read: (change: Change) => T) =>
    Object.fromEntries(changes.map(([key, change]) => [key, read(change)]));
  return {
    ...draft,
    values: { ...draft.values, ...part(({ value }) => value) },
    origins: { ...draft.origins, ...part(({ origin }) => origin) },
  };
}

interface Change {
  readonly value: unknown;
  readonly origin: Origin;
}

function changeOf(
  key: SettingKey,
  draft: Draft,
  limits: Limits | undefined,
  { engine, isTouched }: Filling,
): Change | undefined {
  const origin = draft.origins[key] ?? 'default';
  const [fixed] = limits?.fixed ?? [];
  if (fixed) return { value: draftValue(key, fixed.value), origin: 'policy' };
  if (limits?.forbidden) {
    // The form locks it: whatever a template, a default or the workspace has there, nobody could take it out.
    const none = defaultOf(key, engine);
    return textOf(draft.values[key]) === textOf(none) ? undefined : { value: none, origin: 'policy' };
  }
  if (isTouched(key) && origin !== 'policy') return undefined;
  if (limits?.default && idle.has(origin)) {
    return { value: draftValue(key, clamped(key, limits.default.value, limits)), origin: 'policy' };
  }
  // A policy that no longer says anything of it, as of another target.
  const before =
    origin === 'policy' ? { value: defaultOf(key, engine), origin: 'default' as const } : undefined;
  const { value } = before ?? { value: draft.values[key] };
  const within = limits && advised.has(origin) ? clamped(key, value, limits) : value;
  return within === value ? before : { value: within, origin: 'policy' };
}

/** The nearest value within the bounds; what is no number stays as it is. */
function clamped(key: SettingKey, value: unknown, { min, max }: Pick<Limits, 'min' | 'max'>): unknown {
  if (typeof value !== 'number') return value;
  if (max && magnitude(key, value) > magnitude(key, max.value)) return max.value;
  if (min && magnitude(key, value) < magnitude(key, min.value)) return min.value;
  return value;
}

/** Values of a workspace that no form shows before it is made: `chosen` are the person's own. */
export function filledIn(
  values: Readonly<Record<string, unknown>>,
  bounds: Bounds,
  engine: EngineKind,
  chosen: ReadonlySet<string>,
): Record<string, unknown> {
  const filled = { ...values };
  for (const [key, meta] of settingFields) {
    const limits = bounds.settings[key];
    if (!limits || !appliesTo(meta, engine)) continue;
    const [fixed] = limits.fixed;
    if (fixed) filled[key] = fixed.value;
    else if (chosen.has(key)) continue;
    else if (limits.forbidden) delete filled[key];
    else if (limits.default) filled[key] = clamped(key, limits.default.value, limits);
    else filled[key] = clamped(key, filled[key] ?? defaultOf(key, engine), limits);
    if (filled[key] === '') delete filled[key];
  }
  return filled;
}

/** Of the person's environment and labels for all workspaces nothing, where policies say what there is. */
export function inheritable(inherited: InheritedValues, bounds: Bounds): InheritedValues {
  const unlessLocked = (part: 'env' | 'labels') =>
    lockedBy(bounds.settings[part]) === undefined ? inherited[part] : [];
  return { env: unlessLocked('env'), labels: unlessLocked('labels') };
}

/** Those that no policy speaks against. */
export function allowedPresets(presets: readonly Preset[], bounds: Bounds, engine: EngineKind): Preset[] {
  return presets.filter(preset => presetProblem(preset, bounds, engine) === undefined);
}

/** Why a preset cannot be taken. */
export function presetProblem(
  { cpus, memoryGiB }: Preset,
  bounds: Bounds,
  engine: EngineKind,
): string | undefined {
  const size = { cpus, memoryMiB: Math.round(memoryGiB * 1024) };
  return violationsOf(size, bounds, engine).find(({ key }) => key === 'cpus' || key === 'memoryMiB')?.message;
}

/** Who has fixed the setting, or forbids it; undefined where a person may choose. */
export function lockedBy(limits: Limits | undefined): string | undefined {
  return limits?.fixed[0]?.by ?? limits?.forbidden?.by;
}

/** What may be chosen, in a line beside the field's help; '' where anything may, or nothing. */
export function boundWords(key: SettingKey, limits: Limits | undefined): string {
  const meta = settingFields.get(key);
  if (!limits || !meta) return '';
  if (lockedBy(limits) !== undefined) return '';
  const { min, max, allowed } = limits;
  return [
    ...(max ? [l10n.t('At most {0}, says {1}.', shown(max.value, meta), max.by)] : []),
    ...(min ? [l10n.t('At least {0}, says {1}.', shown(min.value, meta), min.by)] : []),
    ...allowed.map(({ value, by }) =>
      l10n.t('{0} allows: {1}.', by, value.map(one => shown(one, meta)).join(', ')),
    ),
  ].join(' ');
}
