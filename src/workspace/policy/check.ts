/** Whether settings are within what policies leave, and in words where not. Pure: the form and the gate ask the same. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { appliesTo, type EngineKind, type FieldMeta } from '../field.ts';
import { WorkspaceSettings } from '../settings.ts';
import { type Bounds, isEndless, type Limits, magnitude, textOf } from './bounds.ts';
import { fitsPattern } from './pattern.ts';
import { type SettingKey, settingFields, type Values } from './rules.ts';

/** What no policy lets through; the message names who says so. */
export interface Violation {
  /** A setting, or 'image', where the whole of it is meant. */
  readonly key: SettingKey;
  readonly title: string;
  readonly message: string;
}

/** What is absent counts as not set. What that kind of engine does not use is not looked at. */
export function violationsOf(
  values: Values,
  bounds: Pick<Bounds, 'settings'>,
  engine: EngineKind,
): readonly Violation[] {
  return [...settingFields].flatMap(([key, meta]) => {
    const limits = bounds.settings[key];
    if (!limits || !appliesTo(meta, engine)) return [];
    const message = problemOf(key, values[key], limits, meta);
    return message === undefined ? [] : [{ key, title: l10n.t(meta.title), message }];
  });
}

function problemOf(key: SettingKey, value: unknown, limits: Limits, meta: FieldMeta): string | undefined {
  const { fixed, min, max, forbidden } = limits;
  const other = fixed.find(one => textOf(one.value) !== textOf(value));
  if (other) return l10n.t('It has to be {0}: set by {1}.', shown(other.value, meta), other.by);
  if (forbidden && !isUnset(key, value)) return l10n.t('It may not be set: {0} forbids it.', forbidden.by);
  const size = Array.isArray(value) ? value.length : magnitude(key, value);
  if (max && size > magnitude(key, max.value)) return overWords(key, max.value, max.by, meta);
  if (min && size < magnitude(key, min.value)) {
    return l10n.t('At least {0}: set by {1}.', shown(min.value, meta), min.by);
  }
  return refusedBy(value, limits, meta);
}

function overWords(key: SettingKey, max: number, by: string, meta: FieldMeta): string {
  const most = shown(max, meta);
  return isEndless(key)
    ? l10n.t('At most {0}, and not without an end: set by {1}.', most, by)
    : l10n.t('At most {0}: set by {1}.', most, by);
}

function refusedBy(value: unknown, { allowed }: Limits, meta: FieldMeta): string | undefined {
  const entries = Array.isArray(value) ? value.map(entryText) : [textOrNothing(value)];
  for (const { value: patterns, by } of allowed) {
    const refused = entries.find(
      entry => entry !== '' && (climbs(entry) || !patterns.some(one => fitsPattern(one, entry))),
    );
    if (refused === undefined) continue;
    return l10n.t(
      '{0} allows only {1}, not {2}.',
      by,
      patterns.map(pattern => choiceWords(pattern, meta)).join(', '),
      choiceWords(refused, meta),
    );
  }
  return undefined;
}

/** What it is in the end no pattern can tell: `/srv/data/../..` begins like `/srv/data/**`. */
function climbs(entry: string): boolean {
  return /(?:^|[/:])\.\.(?:\/|$)/.test(entry);
}

/** Neither chosen nor anything but what stands there by itself. */
function isUnset(key: SettingKey, value: unknown): boolean {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return true;
  return textOf(WorkspaceSettings.shape[key].safeParse(undefined).data) === textOf(value);
}

const Entry = z.looseObject({
  type: z.string().optional(),
  source: z.string().optional(),
  server: z.string().optional(),
  driver: z.string().optional(),
  name: z.string().optional(),
  id: z.string().optional(),
  port: z.number().optional(),
  key: z.string().optional(),
});

/** What patterns are held against: `bind:/srv/data`, `nfs:files.example:/export`, a variable's name, an app's id, a port. */
function entryText(entry: unknown): string {
  const parsed = Entry.safeParse(entry);
  if (!parsed.success) return textOrNothing(entry);
  const { type, source, server, driver, name, id, port, key } = parsed.data;
  if (type !== undefined) return [type, server, driver, source].filter(part => part !== undefined).join(':');
  return id ?? name ?? key ?? (port === undefined ? '' : String(port));
}

function textOrNothing(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

/** A value as people read it. */
export function shown(value: unknown, meta: FieldMeta): string {
  if (value === '') return l10n.t('empty');
  if (typeof value === 'boolean') return value ? l10n.t('on') : l10n.t('off');
  if (Array.isArray(value)) return value.map(entryText).join(', ') || l10n.t('empty');
  const words = choiceWords(String(value), meta);
  return meta.unit && typeof value === 'number' ? `${words} ${meta.unit}` : words;
}

function choiceWords(value: string, { choices = {} }: FieldMeta): string {
  const choice = choices[value];
  return choice === undefined ? value : l10n.t(choice);
}
