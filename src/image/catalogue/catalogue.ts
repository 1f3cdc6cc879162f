/** A catalogue as it is read: a list of schema 1.0 or 1.1, in which no bad entry hides the others. Pure. */
import * as l10n from '@vscode/l10n';
import type * as z from 'zod';
import { readTemplate, type Template } from '../../template/template.ts';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import { type Entry, readEntry, type UnusableEntry } from './entry.ts';
import { channelsOf } from './images.ts';
import { isObject } from './jsonObject.ts';
import { parseLenientJson } from './lenientJson.ts';
import { type Problem, pathText } from './problem.ts';
import { readEach } from './readEach.ts';
import { catalogueLimits, ListFields, Versions } from './schema.ts';

export interface Catalogue {
  readonly name: string;
  readonly description: string;
  /** As it stands there: an address, or relative to the list. */
  readonly icon?: string;
  readonly listUrl?: string;
  readonly contactUrl?: string;
  /** Unix time in ms. */
  readonly modifiedAt?: number;
  /** All that its entries have, in the catalogue's order. */
  readonly channels: readonly string[];
  /** One that is among the channels. */
  readonly defaultChannel?: string;
  readonly entries: readonly Entry[];
  readonly unusable: readonly UnusableEntry[];
  /** Berth's own addition: `berth.templates` of its list, which others take no notice of. */
  readonly templates: readonly Template[];
  /** Everything that is not as it should be, also where a rule got over it. */
  readonly problems: readonly Problem[];
}

/** Throws 'invalid' for a text that is no catalogue at all. */
export function parseCatalogue(text: string): Catalogue {
  const { value, hadTrailingCommas } = parsed(text);
  if (typeof value !== 'object' || value === null || !('workspaces' in value)) {
    throw noCatalogue(l10n.t('it has no list of workspaces'));
  }
  const list: Readonly<Record<string, unknown>> = { ...value };
  if (!Array.isArray(list.workspaces)) throw noCatalogue(l10n.t('it has no list of workspaces'));
  const problems: Problem[] = [];
  if (hadTrailingCommas) {
    problems.push({
      severity: 'warning',
      path: [],
      message: l10n.t('it has commas before closing brackets'),
    });
  }
  const fields = readList(list, problems);
  const { entries, unusable } = readEntries(list.workspaces, problems);
  const templates = readTemplates(list.berth, problems);
  const ofEntries = new Set(entries.flatMap(channelsOf));
  const ordered = (fields.channels ?? []).filter(channel => ofEntries.has(channel));
  const channels = [...new Set([...ordered, ...ofEntries])].slice(0, catalogueLimits.channels);
  const { default_channel: wanted, icon, list_url: listUrl, contact_url: contactUrl, modified } = fields;
  if (wanted && !channels.includes(wanted)) {
    problems.push({
      severity: 'warning',
      path: ['default_channel'],
      message: l10n.t('no entry has this channel'),
    });
  }
  return {
    name: fields.name ?? '',
    description: fields.description ?? '',
    ...(icon && { icon }),
    ...(listUrl && { listUrl }),
    ...(contactUrl && { contactUrl }),
    ...(modified && { modifiedAt: modified }),
    channels,
    ...(wanted && channels.includes(wanted) && { defaultChannel: wanted }),
    entries,
    unusable,
    templates,
    problems,
  };
}

/** The releases of Kasm that a catalogue has lists for, out of its versions.json. Throws 'invalid'. */
export function parseVersions(text: string): readonly string[] {
  const found = Versions.safeParse(parsed(text).value);
  if (!found.success) throw noCatalogue(l10n.t('its versions.json is not of the form that it must have'));
  return found.data.versions;
}

function parsed(text: string) {
  if (text.length > catalogueLimits.bytes) {
    throw noCatalogue(
      l10n.t('it is larger than {0} MiB, the most it may be', catalogueLimits.bytes / 1024 / 1024),
    );
  }
  try {
    return parseLenientJson(text);
  } catch (cause) {
    throw noCatalogue(l10n.t('it is not JSON'), cause);
  }
}

function readList(list: Readonly<Record<string, unknown>>, problems: Problem[]): z.infer<typeof ListFields> {
  return readEach(ListFields, list, (_, path, message) =>
    problems.push({ severity: 'warning', path, message }),
  );
}

function readEntries(list: readonly unknown[], problems: Problem[]) {
  const entries: Entry[] = [];
  const unusable: UnusableEntry[] = [];
  const ids = new Set<string>();
  for (const [index, raw] of list.slice(0, catalogueLimits.entries).entries()) {
    const path = ['workspaces', index];
    const read = readEntry(raw, path);
    problems.push(...read.problems);
    if (!read.entry) {
      const reasons = read.problems
        .filter(({ severity }) => severity === 'error')
        .map(({ path: at, message }) =>
          [pathText(at.slice(path.length)), message].filter(Boolean).join(': '),
        );
      unusable.push({ index, name: nameOf(raw, index), reasons });
      continue;
    }
    const { name } = read.entry;
    let id = name;
    for (let same = 2; ids.has(id); same++) id = `${name} (${same})`;
    ids.add(id);
    entries.push({ ...read.entry, id });
  }
  if (list.length > catalogueLimits.entries) {
    const message = l10n.t('only the first {0} entries are read', catalogueLimits.entries);
    problems.push({ severity: 'warning', path: ['workspaces'], message });
  }
  return { entries, unusable };
}

/** Each for itself, as entries are. */
function readTemplates(berth: unknown, problems: Problem[]): Template[] {
  if (!isObject(berth) || berth.templates === undefined) return [];
  const at = ['berth', 'templates'];
  if (!Array.isArray(berth.templates)) {
    problems.push({ severity: 'warning', path: at, message: l10n.t('it must be a list') });
    return [];
  }
  return berth.templates.slice(0, catalogueLimits.templates).flatMap((raw: unknown, index): Template[] => {
    try {
      const { template, notUsed } = readTemplate(raw, l10n.t('Template {0}', index + 1));
      for (const message of notUsed) problems.push({ severity: 'warning', path: [...at, index], message });
      return [template];
    } catch (error) {
      if (!isBerthError(error)) throw error;
      problems.push({ severity: 'error', path: [...at, index], message: error.message });
      return [];
    }
  });
}

function nameOf(raw: unknown, index: number): string {
  if (typeof raw === 'object' && raw !== null && 'friendly_name' in raw) {
    const { friendly_name: name } = raw;
    if (typeof name === 'string' && name.trim() !== '') return name.slice(0, 200);
  }
  return l10n.t('Entry {0}', index + 1);
}

function noCatalogue(why: string, cause?: unknown): BerthError {
  return new BerthError(l10n.t('This is not a catalogue: {0}.', why), { code: 'invalid', cause });
}
