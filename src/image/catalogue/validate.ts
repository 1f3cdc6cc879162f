/** Everything that is wrong with a list.json or a workspace.json, with the place in its JSON: for authors, and for CI. Pure. */
import * as l10n from '@vscode/l10n';
import type * as z from 'zod';
import { isBerthError } from '../../workspace/error.ts';
import { parseCatalogue } from './catalogue.ts';
import { type ReadEntry, readEntry } from './entry.ts';
import { isObject } from './jsonObject.ts';
import { parseLenientJson } from './lenientJson.ts';
import { type JsonPath, type Problem, pathText, wordsOf } from './problem.ts';
import { Entry10, Entry11, List10, List11 } from './schema.ts';
import { translate } from './translate.ts';

/** Of a list of either schema. Nothing is wrong where it is empty: then every reader takes all of it. */
export function validateCatalogue(text: string): readonly Problem[] {
  try {
    const { problems, entries } = parseCatalogue(text);
    const { value } = parseLenientJson(text);
    const strict = schemaProblems(isNewer(value) ? List11 : List10, value);
    const untranslated = entries.flatMap(entry => configProblems(entry, pathOf(value, entry.name)));
    return distinct([...problems, ...strict, ...untranslated, ...countProblems(value)]);
  } catch (error) {
    return [{ severity: 'error', path: [], message: messageOf(error) }];
  }
}

/** Of an author's workspace.json. */
export function validateEntry(text: string): readonly Problem[] {
  try {
    const { value, hadTrailingCommas } = parseLenientJson(text);
    const commas: Problem[] = hadTrailingCommas
      ? [{ severity: 'warning', path: [], message: l10n.t('it has commas before closing brackets') }]
      : [];
    return [...commas, ...readStrictly(value).problems];
  } catch (error) {
    return [{ severity: 'error', path: [], message: messageOf(error) }];
  }
}

/** An entry as it stands in its file, whatever schema it is of, with all that is wrong with it. */
export function readStrictly(value: unknown): ReadEntry {
  const { entry, problems } = readEntry(value, []);
  const strict = schemaProblems(isOfSchema10(value) ? Entry10 : Entry11, value);
  const all = distinct([...problems, ...strict, ...(entry ? configProblems(entry, []) : [])]);
  return { ...(entry && { entry }), problems: all };
}

/** Of schema 1.0 an entry has one image for all releases. */
export function isOfSchema10(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { compatibility, name } = value;
  const items = Array.isArray(compatibility) ? compatibility : [];
  return typeof name === 'string' && !items.some(isObject);
}

/** Schema 1.1 has channels, or images in the compatibility of an entry. */
function isNewer(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (Object.hasOwn(value, 'channels')) return true;
  const { workspaces } = value;
  const [first] = Array.isArray(workspaces) ? workspaces.filter(isObject) : [];
  const compatibility = first?.compatibility;
  return Array.isArray(compatibility) && compatibility.some(isObject);
}

function schemaProblems(schema: z.ZodType, value: unknown): Problem[] {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return [];
  return parsed.error.issues.slice(0, 1_000).map(issue => ({
    severity: 'warning',
    path: issue.path.filter(step => typeof step !== 'symbol'),
    message: wordsOf(issue),
  }));
}

/** What would not reach an engine, so that an author does not count on it. */
function configProblems(entry: Parameters<typeof translate>[0], path: JsonPath): Problem[] {
  return translate(entry).leftOut.map(({ key, words }) => ({
    severity: 'warning',
    path: [...path, ...key.split('.')],
    message: words,
  }));
}

/** Entries keep their order, but unusable ones are not among them. */
function pathOf(value: unknown, name: string): JsonPath {
  const list = isObject(value) && Array.isArray(value.workspaces) ? value.workspaces : [];
  const index = list.findIndex(item => isObject(item) && item.friendly_name === name);
  return ['workspaces', index];
}

function countProblems(value: unknown): Problem[] {
  if (!isObject(value) || !Array.isArray(value.workspaces)) return [];
  const { workspacecount: count, workspaces } = value;
  if (typeof count !== 'number' || count === workspaces.length) return [];
  const message = l10n.t('there are {0} entries', workspaces.length);
  return [{ severity: 'warning', path: ['workspacecount'], message }];
}

/** One word for each place: what a rule said of it comes first. */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ path, message }) => {
    const key = pathText(path) || message;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function messageOf(error: unknown): string {
  if (isBerthError(error)) return error.message;
  return error instanceof SyntaxError ? error.message : String(error);
}
