/**
 * A catalogue as its author keeps it: `workspaces/<Friendly Name>/workspace.json` with the icon beside it, and one file
 * that says what the whole is called. Read from a folder that may be anybody's: nothing outside it is touched.
 */
import { constants, type Dirent } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { parseTemplate, type Template } from '../../../template/template.ts';
import { BerthError, isBerthError } from '../../../workspace/error.ts';
import { mostIconBytes } from '../icon.ts';
import { parseLenientJson } from '../lenientJson.ts';
import { type Problem, wordsOf } from '../problem.ts';
import { catalogueLimits, ListFields } from '../schema.ts';

/** What the list says of itself, as `catalogue.json` at the root of the repository. */
export const CatalogueInfo = z.looseObject({
  name: z.string().min(1).max(200).describe('The name of the catalogue.'),
  description: z.string().max(5_000).default('').describe('What is in it, in a sentence or two.'),
  icon: ListFields.shape.icon.describe('The address of its icon; may be relative.'),
  list_url: ListFields.shape.list_url.describe('Where it is published: people add this address.'),
  contact_url: ListFields.shape.contact_url.describe('Where its authors are reached.'),
  default_channel: ListFields.shape.default_channel.describe('The channel that is chosen at first.'),
});
export type CatalogueInfo = z.infer<typeof CatalogueInfo>;

export const infoFile = 'catalogue.json';
export const entriesFolder = 'workspaces';
const templatesFolder = 'templates';
export const entryFile = 'workspace.json';

export interface SourceEntry {
  /** Of its folder. */
  readonly name: string;
  /** From the root, with slashes. */
  readonly file: string;
  /** undefined where it is no JSON. */
  readonly json: unknown;
  /** What lies beside it, by name. */
  readonly icons: ReadonlyMap<string, Uint8Array>;
}

export interface CatalogueSource {
  readonly info: CatalogueInfo | undefined;
  /** Of `templates/*.json`, in the order of their names; those without an error. */
  readonly templates: readonly Template[];
  /** In the order of their names. */
  readonly entries: readonly SourceEntry[];
  /** By file, from the root: what cannot be read at all. */
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
  /** Of the newest file; Unix time in ms. */
  readonly modifiedAt: number;
}

const mostJsonBytes = 1024 * 1024;
const iconName = /\.(?:png|svg)$/i;

/** Throws 'not-found' where the folder has no entries at all. */
export async function readSource(root: string): Promise<CatalogueSource> {
  const reader = new FolderReader(await realpath(root));
  const folders = (await reader.list(entriesFolder)).filter(item => item.isDirectory());
  if (folders.length === 0) {
    throw new BerthError(
      l10n.t('There is no catalogue in {0}: it has no folder “workspaces” with entries.', root),
      { code: 'not-found' },
    );
  }
  const problems = new Map<string, Problem[]>();
  const say = (file: string, message: string) =>
    problems.set(file, [...(problems.get(file) ?? []), { severity: 'error', path: [], message }]);
  const entries: SourceEntry[] = [];
  for (const { name } of folders.slice(0, catalogueLimits.entries)) {
    const folder = `${entriesFolder}/${name}`;
    const file = `${folder}/${entryFile}`;
    const text = await reader.read(file, mostJsonBytes, say);
    if (text === undefined) continue;
    const icons = new Map<string, Uint8Array>();
    for (const item of await reader.list(folder)) {
      if (!item.isFile() || !iconName.test(item.name) || icons.size >= 8) continue;
      const icon = await reader.read(`${folder}/${item.name}`, mostIconBytes, say);
      if (icon) icons.set(item.name, icon);
    }
    entries.push({ name, file, json: jsonOf(text, file, say), icons });
  }
  const templates = await readTemplates(reader, say);
  const info = await readInfo(reader, problems, say);
  return { info, templates, entries, problems, modifiedAt: reader.newestAt };
}

async function readTemplates(
  reader: FolderReader,
  say: (file: string, message: string) => void,
): Promise<Template[]> {
  const templates: Template[] = [];
  for (const item of (await reader.list(templatesFolder)).slice(0, catalogueLimits.templates)) {
    if (!item.isFile() || !item.name.endsWith('.json')) continue;
    const file = `${templatesFolder}/${item.name}`;
    const bytes = await reader.read(file, mostJsonBytes, say);
    if (bytes === undefined) continue;
    try {
      const { template, notUsed } = parseTemplate(Buffer.from(bytes).toString('utf8'), file);
      templates.push(template);
      for (const message of notUsed) say(file, message);
    } catch (error) {
      if (!isBerthError(error)) throw error;
      say(file, error.message);
    }
  }
  return templates;
}

async function readInfo(
  reader: FolderReader,
  problems: Map<string, Problem[]>,
  say: (file: string, message: string) => void,
): Promise<CatalogueInfo | undefined> {
  const text = await reader.read(infoFile, mostJsonBytes, say);
  const json = text && jsonOf(text, infoFile, say);
  if (json === undefined) return undefined;
  const read = CatalogueInfo.safeParse(json, { reportInput: true });
  if (read.success) return read.data;
  problems.set(
    infoFile,
    read.error.issues.map(issue => ({
      severity: 'error',
      path: issue.path.filter(step => typeof step !== 'symbol'),
      message: wordsOf(issue),
    })),
  );
  return undefined;
}

function jsonOf(bytes: Uint8Array, file: string, say: (file: string, message: string) => void): unknown {
  try {
    const { value } = parseLenientJson(Buffer.from(bytes).toString('utf8'));
    return value;
  } catch {
    say(file, l10n.t('it is not JSON'));
    return undefined;
  }
}

/** Files of one folder, by their path from its root. Links are not followed, whatever they point to. */
class FolderReader {
  readonly #root: string;
  #newestAt = 0;

  constructor(root: string) {
    this.#root = root;
  }

  get newestAt(): number {
    return this.#newestAt;
  }

  /** In the order of their names; empty where there is no such folder. */
  async list(path: string): Promise<Dirent[]> {
    const folder = join(this.#root, path);
    const real = await realpath(folder).catch(() => undefined);
    if (real === undefined || !`${real}${sep}`.startsWith(`${this.#root}${sep}`)) return [];
    const items = await readdir(folder, { withFileTypes: true });
    return items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** undefined where there is none, or where it is said why it cannot be read. */
  async read(
    path: string,
    mostBytes: number,
    say: (file: string, message: string) => void,
  ): Promise<Uint8Array | undefined> {
    let file: Awaited<ReturnType<typeof open>>;
    try {
      file = await open(
        join(this.#root, path),
        constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      );
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === 'ENOENT') return undefined;
      say(
        path,
        code === 'ELOOP'
          ? l10n.t('it is a link, which is not followed')
          : l10n.t('it cannot be read ({0})', code),
      );
      return undefined;
    }
    try {
      const { size, mtimeMs } = await file.stat();
      if (size > mostBytes) {
        say(path, l10n.t('it is larger than {0}, the most it may be', `${mostBytes / 1024} KiB`));
        return undefined;
      }
      this.#newestAt = Math.max(this.#newestAt, Math.floor(mtimeMs));
      return await file.readFile();
    } finally {
      await file.close();
    }
  }
}
