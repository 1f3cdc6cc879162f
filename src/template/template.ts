/** A template: settings of a workspace without its name and without secrets. The one schema of its file, wherever it is kept. Pure. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { BerthError } from '../workspace/error.ts';
import { fieldMeta } from '../workspace/field.ts';
import { issuesOf } from '../workspace/issueWords.ts';
import { withoutSecretParts } from '../workspace/secretParts.ts';
import { WorkspaceSettings } from '../workspace/settings.ts';
import { parseCommentedJson } from './commentedJson.ts';

/** Settings as far as they are given; what is not is as the form begins without a template. */
export type TemplateSettings = Partial<WorkspaceSettings>;

export const TemplateName = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^\P{Cc}*$/u);
const Description = z.string().max(500).default('');

export interface Template {
  readonly name: string;
  /** '' for none. */
  readonly description: string;
  readonly settings: TemplateSettings;
}

const settingSchemas = new Map<string, z.ZodType>(
  Object.entries(WorkspaceSettings.shape).filter(([, schema]) => !fieldMeta.get(schema)?.secret),
);

/** The file as it should be written: completion and validation derive from it. What is read is read by `readTemplate`. */
export const TemplateFile = z.strictObject({
  $schema: z.string().max(2_000).optional(),
  name: TemplateName.describe('The name that people see.'),
  description: Description.describe('What it is for, at most 500 characters.'),
  settings: z
    .strictObject(
      Object.fromEntries([...settingSchemas].map(([key, schema]) => [key, schema.optional()] as const)),
    )
    .describe('The settings of the form; what is left out is as usual. Secrets have no place here.'),
});

export interface ReadTemplate {
  readonly template: Template;
  /** What stands in it and is not known or not taken, as paths with a reason. */
  readonly notUsed: readonly string[];
}

/** Enough to put a file right by; a hostile one has no end of them. */
const mostProblems = 8;
const mostNotUsed = 100;

/** `what`: the file as the person knows it. Throws 'invalid', naming each value that cannot be. */
export function parseTemplate(text: string, what: string): ReadTemplate {
  return readTemplate(parseCommentedJson(text, what), what);
}

/** The same of what was parsed already. */
export function readTemplate(value: unknown, what: string): ReadTemplate {
  if (!isObject(value)) throw invalid(what, [l10n.t('it is not an object')]);
  // Spread, so that what a `__proto__` in it says is not taken for its own.
  const { $schema: _, name, description, settings, ...others } = { ...value };
  const problems: string[] = [];
  const notUsed = Object.keys(others).map(unknownWords);
  const take = <T>(key: string, schema: z.ZodType<T>, part: unknown): T | undefined => {
    const parsed = schema.safeParse(part);
    if (parsed.success) return parsed.data;
    const why = part === undefined ? l10n.t('it is missing') : '';
    for (const { path, message } of issuesOf(key, part, parsed.error))
      problems.push(`${path}: ${why || message}`);
    return undefined;
  };
  const known: Record<string, unknown> = {};
  if (!isObject(settings)) problems.push(`settings: ${l10n.t('it must be an object')}`);
  for (const [key, part] of Object.entries(isObject(settings) ? settings : {})) {
    const schema = settingSchemas.get(key);
    if (!schema) {
      notUsed.push(key in WorkspaceSettings.shape ? secretWords(key) : unknownWords(`settings.${key}`));
      continue;
    }
    const taken = take(key, schema, part);
    if (taken === undefined) continue;
    known[key] = taken;
    notUsed.push(...lostPaths(part, taken, `settings.${key}`).map(unknownWords));
  }
  const head = {
    name: take('name', TemplateName, name),
    description: take('description', Description, description),
  };
  if (problems.length > 0 || head.name === undefined) throw invalid(what, problems);
  const { value: plain, taken } = withoutSecretParts(WorkspaceSettings, known);
  if (!isSettings(plain)) throw invalid(what, []);
  return {
    template: { name: head.name, description: head.description ?? '', settings: plain },
    notUsed: [...notUsed, ...taken.map(secretWords)].slice(0, mostNotUsed),
  };
}

/** As it is written into a file: complete, in the schema's order. */
export function templateText({ name, description, settings }: Template): string {
  const given = new Map<string, unknown>(Object.entries(settings));
  const ordered = Object.fromEntries(
    [...settingSchemas.keys()].filter(key => given.has(key)).map(key => [key, given.get(key)]),
  );
  return `${JSON.stringify({ name, ...(description && { description }), settings: ordered }, null, 2)}\n`;
}

/** A name for its file, made of what every system takes. */
export function templateFileName({ name }: Pick<Template, 'name'>): string {
  const word = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  // Windows has devices of these names.
  const isDevice = /^(?:con|prn|aux|nul|(?:com|lpt)\d)$/.test(word);
  return `${word === '' || isDevice ? ['template', word].filter(Boolean).join('-') : word}.json`;
}

/** Each of its own: the whole schema would fill in defaults for what is not given. */
function isSettings(value: unknown): value is TemplateSettings {
  return (
    isObject(value) &&
    Object.entries(value).every(([key, part]) => settingSchemas.get(key)?.safeParse(part).success)
  );
}

/** What the schema did not take over: properties of `given` that are not in `taken`. */
function lostPaths(given: unknown, taken: unknown, path: string): string[] {
  if (Array.isArray(given) && Array.isArray(taken))
    return given.flatMap((item: unknown, index) => lostPaths(item, taken[index], `${path}.${index}`));
  if (!isObject(given) || !isObject(taken)) return [];
  return Object.entries(given).flatMap(([key, part]) =>
    Object.hasOwn(taken, key) || part === undefined
      ? lostPaths(part, taken[key], `${path}.${key}`)
      : [`${path}.${key}`],
  );
}

function unknownWords(path: string): string {
  return l10n.t('{0} is not known', path.slice(0, 200));
}

function secretWords(path: string): string {
  return l10n.t('{0} is a secret, and no template holds one', path.slice(0, 200));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(what: string, problems: readonly string[]): BerthError {
  const shown = problems.slice(0, mostProblems).map(problem => problem.slice(0, 300));
  const more = problems.length - shown.length;
  return new BerthError(
    l10n.t(
      '{0} is no template: {1}',
      what,
      [...shown, ...(more > 0 ? [l10n.t('and {0} more', more)] : [])].join('; '),
    ),
    { code: 'invalid' },
  );
}
