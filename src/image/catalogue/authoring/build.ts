/** From an author's files to what is published: both lists, their icons and a front page. Pure, and the same every time. */
import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { templateText } from '../../../template/template.ts';
import { BerthError } from '../../../workspace/error.ts';
import { canonicalJson } from '../canonicalJson.ts';
import type { Entry } from '../entry.ts';
import { channelsOf } from '../images.ts';
import { isObject } from '../jsonObject.ts';
import { isOfSchema10 } from '../validate.ts';
import { type CheckedEntry, checkSource } from './check.ts';
import { frontPage } from './frontPage.ts';
import type { CatalogueInfo, CatalogueSource, SourceEntry } from './source.ts';

/** By path from the root of what is published. */
export type BuiltFiles = ReadonlyMap<string, string | Uint8Array>;

/** Throws 'invalid' where something has an error: nothing half is published. */
export function buildCatalogue(source: CatalogueSource, checked = checkSource(source)): BuiltFiles {
  const errors = [...checked.problems].filter(([, problems]) =>
    problems.some(({ severity }) => severity === 'error'),
  );
  const { info } = source;
  if (errors.length > 0 || !info) {
    throw new BerthError(
      l10n.t(
        'The catalogue cannot be built: {0}. Validate it to see what is wrong where.',
        errors
          .map(([file]) => file)
          .slice(0, 5)
          .join(', '),
      ),
      { code: 'invalid' },
    );
  }
  const entries = checked.entries.toSorted((a, b) =>
    compare(a.entry.name.toLowerCase(), b.entry.name.toLowerCase()),
  );
  const files = new Map<string, string | Uint8Array>();
  const lists = { '1.0': list10(info, entries), '1.1': list11(info, entries) };
  const templates = source.templates.map(template => JSON.parse(templateText(template)) as unknown);
  const berth = templates.length > 0 && { berth: { templates } };
  for (const [schema, list] of Object.entries(lists)) {
    files.set(`${schema}/list.json`, text({ ...list, ...berth, modified: source.modifiedAt }));
    for (const { source: one, entry } of entries) {
      const icon = entry.icon === undefined ? undefined : one.icons.get(entry.icon);
      if (entry.icon !== undefined && icon) files.set(`${schema}/icons/${entry.icon}`, icon);
    }
  }
  files.set('1.1/versions.json', text({ versions: versionsOf(entries) }));
  files.set(
    'index.html',
    frontPage(
      info,
      entries.map(({ entry }) => entry),
    ),
  );
  // Pages of GitHub leave out what begins with an underscore unless told.
  files.set('.nojekyll', '');
  return files;
}

function list11(info: CatalogueInfo, entries: readonly CheckedEntry[]) {
  const channels = [...new Set(entries.flatMap(({ entry }) => channelsOf(entry)))];
  return {
    ...head(info, entries),
    channels,
    default_channel: info.default_channel ?? channels[0] ?? null,
    workspaces: entries.map(({ json, source }) => ({ ...entry11(json), sha: shaOf(source) })),
  };
}

function list10(info: CatalogueInfo, entries: readonly CheckedEntry[]) {
  return {
    ...head(info, entries),
    workspaces: entries.map(({ json, entry, source }) => ({ ...entry10(json, entry), sha: shaOf(source) })),
  };
}

function head({ default_channel: _, ...info }: CatalogueInfo, entries: readonly CheckedEntry[]) {
  return { ...info, workspacecount: entries.length };
}

/** The one image of schema 1.0, for each release that it is for. */
function entry11(json: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!isOfSchema10(json)) return json;
  const { name, uncompressed_size_mb, compatibility, ...rest } = json;
  const versions = Array.isArray(compatibility) ? compatibility : [];
  return {
    ...rest,
    compatibility: versions.map((version: unknown) => ({
      version,
      image: name,
      uncompressed_size_mb,
      available_tags: [],
    })),
  };
}

/** The newest release's image; the releases with other images are known in schema 1.1 only. */
function entry10(
  json: Readonly<Record<string, unknown>>,
  { releases }: Pick<Entry, 'releases'>,
): Readonly<Record<string, unknown>> {
  if (isOfSchema10(json)) return json;
  const items: readonly unknown[] = Array.isArray(json.compatibility) ? json.compatibility : [];
  const [newest] = releases;
  const first = items.filter(isObject).find(({ version }) => version === newest.version);
  const image = first?.image;
  const same = items.filter(isObject).filter(item => item.image === image);
  return {
    ...json,
    name: image,
    uncompressed_size_mb: newest.sizeMB ?? 0,
    compatibility: same.map(({ version }) => version),
  };
}

function versionsOf(entries: readonly CheckedEntry[]): readonly string[] {
  const all = new Set(entries.flatMap(({ entry }) => entry.releases.map(({ version }) => version)));
  return [...all].filter(Boolean).toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

/** Changes when the entry or its icon does, and at no other time. */
function shaOf({ json, icons }: SourceEntry): string {
  const hash = createHash('sha256').update(canonicalJson(json));
  for (const name of [...icons.keys()].toSorted(compare)) {
    hash.update(`\n${name}\n`).update(icons.get(name) ?? '');
  }
  return hash.digest('hex').slice(0, 40);
}

function text(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
