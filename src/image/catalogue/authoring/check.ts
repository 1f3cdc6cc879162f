/** What an author should know of a catalogue before publishing it. Pure. */
import * as l10n from '@vscode/l10n';
import type { Entry } from '../entry.ts';
import { channelsOf } from '../images.ts';
import { isObject } from '../jsonObject.ts';
import type { JsonPath, Problem } from '../problem.ts';
import { readStrictly } from '../validate.ts';
import { iconSize } from './icon.ts';
import { type CatalogueSource, infoFile, type SourceEntry } from './source.ts';

/** In pixels. */
const leastIconSide = 50;
const mostCategories = 3;
/** A plain file name: it becomes part of an address. */
const plainName = /^[\w][\w .()+-]{0,199}$/;

/** An author's entry as it was read, beside what it was read from. */
export interface CheckedEntry {
  readonly source: SourceEntry;
  readonly json: Readonly<Record<string, unknown>>;
  readonly entry: Omit<Entry, 'id'>;
}

export interface CheckedSource {
  /** By file, from the root; files without a problem are not in it. An error keeps the catalogue from being built. */
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
  /** Those that can be used, in the order of their folders. */
  readonly entries: readonly CheckedEntry[];
}

export function checkSource(source: CatalogueSource): CheckedSource {
  const problems = new Map<string, Problem[]>();
  const add = (file: string, more: readonly Problem[]) => {
    if (more.length > 0) problems.set(file, [...(problems.get(file) ?? []), ...more]);
  };
  for (const [file, known] of source.problems) add(file, known);
  const names = new Map<string, string>();
  const icons = new Map<string, SourceEntry>();
  const channels = new Set<string>();
  const entries: CheckedEntry[] = [];
  for (const entry of source.entries) {
    if (entry.json === undefined) continue;
    const { problems: found, entry: read } = readAndCheck(entry);
    if (read && isObject(entry.json)) {
      entries.push({ source: entry, json: entry.json, entry: read });
      for (const channel of channelsOf(read)) channels.add(channel);
      const other = names.get(read.name);
      if (other !== undefined) found.push(error(['friendly_name'], l10n.t('{0} has the same name', other)));
      names.set(read.name, entry.file);
      const sharer = read.icon === undefined ? undefined : icons.get(read.icon);
      if (read.icon !== undefined && sharer && !sameIcon(sharer, entry, read.icon)) {
        found.push(error(['image_src'], l10n.t('{0} has another icon of the same name', sharer.file)));
      }
      if (read.icon !== undefined) icons.set(read.icon, entry);
    }
    add(entry.file, found);
  }
  if (!source.info && !problems.has(infoFile)) {
    add(infoFile, [error([], l10n.t('it is missing: it says what the catalogue is called'))]);
  }
  const wanted = source.info?.default_channel;
  if (wanted && !channels.has(wanted)) {
    add(infoFile, [error(['default_channel'], l10n.t('no entry has this channel'))]);
  }
  return { problems, entries };
}

type OneEntry = Pick<SourceEntry, 'json' | 'icons'>;

/** Of one entry alone. */
export function checkEntry(one: OneEntry): readonly Problem[] {
  return readAndCheck(one).problems;
}

function readAndCheck({ json, icons }: OneEntry) {
  const { entry, problems: known } = readStrictly(json);
  const problems = [...known];
  const { image_src: icon, categories } = isObject(json) ? json : {};
  if (Array.isArray(categories) && categories.length > mostCategories) {
    problems.push(warning(['categories'], l10n.t('more than {0} are too many to be of use', mostCategories)));
  }
  if (typeof icon === 'string' && icon !== '') problems.push(...checkIcon(icon, icons));
  return { entry, problems };
}

function checkIcon(name: string, icons: SourceEntry['icons']): Problem[] {
  const path = ['image_src'];
  if (!plainName.test(name)) return [error(path, l10n.t('it must be the name of a file beside it'))];
  const bytes = icons.get(name);
  if (!bytes) return [error(path, l10n.t('there is no PNG or SVG of this name beside it'))];
  const size = iconSize(bytes);
  if (!size) return [error(path, l10n.t('the file is neither a PNG nor an SVG with a size'))];
  const { width, height, type } = size;
  return [
    ...(width === height ? [] : [warning(path, l10n.t('it is not square, but {0} × {1}', width, height))]),
    ...(type === 'svg' || Math.min(width, height) >= leastIconSide
      ? []
      : [warning(path, l10n.t('it is smaller than {0} × {0}', leastIconSide))]),
  ];
}

function sameIcon(one: SourceEntry, other: SourceEntry, name: string): boolean {
  const [a, b] = [one.icons.get(name), other.icons.get(name)];
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}

function error(path: JsonPath, message: string): Problem {
  return { severity: 'error', path, message };
}

function warning(path: JsonPath, message: string): Problem {
  return { severity: 'warning', path, message };
}
