/**
 * What stands in the form while a person types: any JSON, valid or not, and where each value came from. A draft never
 * holds a secret's value once `withoutTypedSecrets` has been over it; that one is kept by the editor over a reload.
 */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { appliesTo, type EngineKind, fieldsOf } from './field.ts';
import { type InheritedValues, withInherited } from './inherited.ts';
import { type Issue, issuesOf } from './issueWords.ts';
import { withoutValues } from './secrets.ts';
import { WorkspaceForm, type WorkspaceSettings } from './settings.ts';

/** Where a value came from: shown in the review. */
export const origins = [
  'default', // the schema's
  'configuration', // berth.defaultImage and the like
  'preset',
  'target', // found for the target, or its default
  'image', // told by the image
  'machine', // this machine's, such as the git identity
  'workspace', // the workspace that is edited or duplicated
  'generated',
  'link', // a link that opened the form
  'template',
  'catalogue',
  'backup', // a backup that is restored
  'policy', // an organisation's
  'typed',
] as const;
export const Origin = z.enum(origins);
export type Origin = z.infer<typeof Origin>;

/** Whether somebody chose the value, so that no image's advice takes its place. */
export function isChosen(origin: Origin): boolean {
  return (
    origin === 'typed' ||
    origin === 'workspace' ||
    origin === 'template' ||
    origin === 'link' ||
    origin === 'backup'
  );
}

/** Whether something outside may be asked about a value because it stands there: a link may have put it there unseen. */
export function isOwnDoing(origin: Origin, isTouched: boolean): boolean {
  return origin !== 'link' || isTouched;
}

export type FormKey = keyof WorkspaceForm;

export const Draft = z.object({
  /** By key of the form; numbers may be the text that was typed, lists may hold unfinished rows. */
  values: z.record(z.string(), z.unknown()),
  origins: z.record(z.string(), Origin),
  /** Names of inherited entries that this workspace does without. */
  leftOut: z.object({ env: z.array(z.string()), labels: z.array(z.string()) }),
  favourite: z.boolean(),
});
export type Draft = z.infer<typeof Draft>;

const DriverOptions = z.record(z.string(), z.string());

/** The fields in the schema's order, with what they mean. */
export const formFields = fieldsOf(WorkspaceForm);

/** An empty form: the defaults of that kind of engine, and the given values on top, each with its origin. */
export function startDraft(
  given: Partial<Record<FormKey, readonly [unknown, Origin]>>,
  engine: EngineKind,
): Draft {
  const draft: Draft = { values: {}, origins: {}, leftOut: { env: [], labels: [] }, favourite: false };
  for (const key of formFields.keys()) {
    const [value, origin] = given[key] ?? [defaultOf(key, engine), 'default'];
    draft.values[key] = value;
    draft.origins[key] = origin;
  }
  return draft;
}

/**
 * The draft for another target: what nobody chose follows it. `configured`: the person's defaults there. The same draft where
 * nothing differs.
 */
export function withDefaultsOf(
  draft: Draft,
  engine: EngineKind,
  configured: Readonly<Record<string, unknown>> = {},
  isTouched: (key: FormKey) => boolean = () => false,
): Draft {
  const changed = [...formFields.keys()].flatMap((key): (readonly [FormKey, unknown, Origin])[] => {
    const origin = draft.origins[key] ?? 'default';
    const follows =
      origin === 'default' || origin === 'configuration' || (origin === 'preset' && !isTouched(key));
    if (!follows) return [];
    if (Object.hasOwn(configured, key)) return [[key, draftValue(key, configured[key]), 'configuration']];
    if (origin === 'configuration') return [[key, defaultOf(key, engine), 'default']];
    return formFields.get(key)?.defaultOn && origin === 'default'
      ? [[key, defaultOf(key, engine), 'default']]
      : [];
  });
  const differing = changed.filter(
    ([key, value, origin]) =>
      origin !== draft.origins[key] || JSON.stringify(value) !== JSON.stringify(draft.values[key]),
  );
  if (differing.length === 0) return draft;
  return {
    ...draft,
    values: { ...draft.values, ...Object.fromEntries(differing.map(([key, value]) => [key, value])) },
    origins: { ...draft.origins, ...Object.fromEntries(differing.map(([key, , origin]) => [key, origin])) },
  };
}

/** What differs from the schema's defaults on that kind of engine. */
export function defaultsOn(engine: EngineKind): Partial<Record<FormKey, unknown>> {
  return Object.fromEntries(
    [...formFields].flatMap(([key, { defaultOn }]) =>
      defaultOn && engine in defaultOn ? [[key, defaultOn[engine]]] : [],
    ),
  );
}

/** The given settings as a draft, for edit and duplicate. */
export function draftOf(
  settings: WorkspaceSettings,
  given: Partial<Record<FormKey, readonly [unknown, Origin]>>,
  engine: EngineKind,
): Draft {
  const known = Object.fromEntries(
    Object.entries({ ...settings, mounts: draftValue('mounts', settings.mounts) }).map(([key, value]) => [
      key,
      [value, 'workspace'] as const,
    ]),
  );
  return startDraft({ ...known, ...given }, engine);
}

/** A value of the settings as the form holds it. */
export function draftValue(key: FormKey, value: unknown): unknown {
  if (key !== 'mounts') return value;
  const mounts = WorkspaceForm.shape.mounts.safeParse(value);
  return mounts.success ? mounts.data.map(asTyped) : value;
}

/** A mount as its row shows it: the options of a driver one a line. */
function asTyped(mount: WorkspaceSettings['mounts'][number]): unknown {
  return mount.type === 'driver' ? { ...mount, options: optionLines(mount.options) } : mount;
}

function optionLines(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

/** What stands in a field that nobody has touched; '' for nothing. */
export function defaultOf(key: FormKey, engine: EngineKind): unknown {
  const { defaultOn } = formFields.get(key) ?? {};
  if (defaultOn && engine in defaultOn) return defaultOn[engine];
  const parsed = WorkspaceForm.shape[key].safeParse(undefined);
  return parsed.success ? (parsed.data ?? '') : '';
}

/** Which secret values the record (or the host, for this page) has, so that they may be left out. */
export interface KeptSecrets {
  /** Names of variables. */
  readonly env: readonly string[];
  /** `source` and user name of CIFS mounts, joined by a newline. */
  readonly cifs: readonly string[];
  readonly gitToken: boolean;
}

export interface CheckedForm {
  /** What is valid, by key. */
  readonly values: Partial<WorkspaceForm>;
  /** Everything, inherited entries put in; only where nothing is wrong. */
  readonly form: WorkspaceForm | undefined;
  readonly issues: readonly Issue[];
}

/**
 * Validates a draft field by field. Rows of lists keep their numbers in the issues' paths. What that kind of engine does
 * not use is not looked at, and the form has the schema's default of it.
 */
export function checkDraft(
  draft: Draft,
  inherited: InheritedValues,
  kept: KeptSecrets,
  engine: EngineKind,
): CheckedForm {
  const values: Record<string, unknown> = {};
  const issues: Issue[] = [];
  for (const [key, meta] of formFields) {
    if (!appliesTo(meta, engine)) continue;
    const cleaned = cleanValue(key, draft.values[key]);
    const parsed = WorkspaceForm.shape[key].safeParse(cleaned);
    if (!parsed.success) issues.push(...issuesOf(key, cleaned, parsed.error));
    else if (parsed.data !== undefined) values[key] = parsed.data;
  }
  const partial = values as Partial<WorkspaceForm>;
  issues.push(...missingSecrets(partial, kept));
  if (issues.length > 0) return { values: partial, form: undefined, issues };
  const whole = values as WorkspaceForm;
  return {
    values: partial,
    issues,
    form: WorkspaceForm.parse({
      ...whole,
      env: withInherited(whole.env, inherited.env, new Set(draft.leftOut.env)),
      labels: withInherited(whole.labels, inherited.labels, new Set(draft.leftOut.labels)),
    }),
  };
}

function missingSecrets(values: Partial<WorkspaceForm>, kept: KeptSecrets): Issue[] {
  const message = l10n.t('Type the secret value: it is not kept when the page is loaded again.');
  const issues: Issue[] = [];
  for (const [index, { name, value, secret }] of (values.env ?? []).entries()) {
    if (value !== undefined) continue;
    if (!secret || !kept.env.includes(name)) issues.push({ path: `env.${index}.value`, message });
  }
  if (values.gitAccess === 'token' && !values.gitToken && !kept.gitToken)
    issues.push({ path: 'gitToken', message });
  return issues;
}

/** What was typed as the schema wants it: numbers as numbers, nothing typed as nothing, lines as a list. */
function cleanValue(key: FormKey, value: unknown): unknown {
  const control = formFields.get(key)?.control;
  switch (control) {
    case 'number':
      return numberOf(value);
    case 'lines':
      return linesOf(value);
    case 'offeredLines':
      return Array.isArray(value)
        ? value.map(name => (typeof name === 'string' ? name.trim() : name))
        : value;
    case 'tolerations':
      return rowsOf(value).map(row => (row.operator === 'Equal' ? row : { ...row, value: '' }));
    case 'mounts':
      return rowsOf(value).map(({ options, ...row }) => {
        const cleaned = withoutEmpty(row);
        if (row.type === 'driver') return { ...cleaned, options: driverOptionsOf(options) };
        return typeof options === 'string' ? { ...cleaned, options } : cleaned;
      });
    case 'ports':
      return rowsOf(value).map(row => ({ ...row, port: numberOf(row.port) }));
    case 'apps':
      return rowsOf(value).map(({ port, ...row }) =>
        withoutEmpty({ ...row, port: port === undefined || port === '' ? undefined : numberOf(port) }),
      );
    default:
      return value === '' && WorkspaceForm.shape[key].safeParse(undefined).success ? undefined : value;
  }
}

function rowsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(row => typeof row === 'object' && row !== null) : [];
}

function withoutEmpty(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '' && value !== undefined));
}

/** `1.5` and `1,5`; anything else stays the text it is, for the schema to refuse. */
function numberOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim().replace(/^(\d+),(\d+)$/, '$1.$2');
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

function linesOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value
    .split('\n')
    .map(text => text.trim())
    .filter(text => text !== '');
}

/** Options of a volume driver as typed: `name=value`, one a line. */
function driverOptionsOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return Object.fromEntries(
    value
      .split('\n')
      .map(text => text.trim())
      .filter(text => text !== '')
      .map(text => {
        const [name = '', ...rest] = text.split('=');
        return [name.trim(), rest.join('=').trim()];
      }),
  );
}

/** What stands there with its names only; a line without a name is nobody's. */
function withoutOptionValues(typed: unknown): string {
  const options = DriverOptions.safeParse(driverOptionsOf(typed));
  return options.success ? optionLines(withoutValues(options.data)) : '';
}

/** The draft as the editor may keep it over a reload: no secret value in it. */
export function withoutTypedSecrets(draft: Draft): Draft {
  return {
    ...draft,
    values: {
      ...draft.values,
      gitToken: '',
      env: rowsOf(draft.values.env).map(({ value, ...row }) => (row.secret ? row : { ...row, value })),
      mounts: rowsOf(draft.values.mounts).map(({ password: _, ...row }) =>
        row.type === 'driver' ? { ...row, options: withoutOptionValues(row.options) } : row,
      ),
    },
  };
}
