/** What a policy may say of a setting, by the kind of value that the setting has: read off the settings' own schema. */
import * as z from 'zod';
import { fieldMeta, fieldsOf } from '../field.ts';
import { WorkspaceSettings } from '../settings.ts';

export type SettingKey = keyof WorkspaceSettings;

/** By setting, as they are held against rules. */
export type Values = Readonly<Partial<Record<SettingKey, unknown>>>;

export const settingFields = fieldsOf(WorkspaceSettings);

/** What one policy says of one setting; which of these it may say, depends on the kind of the setting. */
export interface Rule {
  /** The only value there may be. */
  readonly fixed?: unknown;
  /** What stands there until somebody chooses another. */
  readonly default?: unknown;
  /** Of a number; `max` of a list is of its entries. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Values of a choice; patterns for a text, or for each entry of a list. Nothing at all is always allowed. */
  readonly allowed?: readonly string[] | undefined;
  /** It stays as it is when nobody sets it. */
  readonly forbidden?: true | undefined;
  /** The form does not show it. */
  readonly hidden?: true | undefined;
}

/** `*` stands for anything but a slash, `**` for anything, `?` for one character. */
export const Pattern = z.string().min(1).max(512);
const patterns = z.array(Pattern).max(500);
const only = z.literal(true).optional();

/** A rule for each setting that a policy can have a say in, all optional. */
export const Rules = z.strictObject(
  Object.fromEntries(
    Object.entries(WorkspaceSettings.shape).flatMap(([key, schema]) => {
      const rule = ruleFor(schema);
      return rule ? [[key, rule.optional()] as const] : [];
    }),
  ),
);

/** Undefined where other parts of a policy have the say: what catalogues' entries want, and secrets. */
function ruleFor(schema: z.ZodType): z.ZodType<Rule> | undefined {
  const meta = fieldMeta.get(schema);
  if (meta?.control === 'hidden') return undefined;
  const value = bare(schema);
  const described = (rule: z.ZodType<Rule>) => rule.describe(meta ? `${meta.title}. ${meta.help}` : '');
  if (meta?.secret) return described(z.strictObject({ forbidden: only, hidden: only }));
  const said = { fixed: value.optional(), default: value.optional(), hidden: only };
  if (value instanceof z.ZodNumber) {
    const bounds = { min: z.number().optional(), max: z.number().optional() };
    return described(
      z
        .strictObject({ ...said, ...bounds })
        .refine(({ min, max }) => min === undefined || max === undefined || max === 0 || min <= max, {
          error: 'min is more than max',
        }),
    );
  }
  if (value instanceof z.ZodBoolean) return described(z.strictObject(said));
  if (value instanceof z.ZodEnum) {
    return described(
      z.strictObject({ ...said, allowed: z.array(z.enum(value.options.map(String))).optional() }),
    );
  }
  const closed = { ...said, allowed: patterns.optional(), forbidden: only };
  if (value instanceof z.ZodArray) {
    return described(z.strictObject({ ...closed, max: z.int().min(0).optional() }));
  }
  return described(z.strictObject(closed));
}

/** Without what a schema says of the absence of a value. */
function bare(schema: z.ZodType): z.ZodType {
  let inner: unknown = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.unwrap();
  return inner instanceof z.ZodType ? inner : schema;
}
