/** The meaning that each field of a schema carries, from which form, docs, policy and edit costs are derived. */
import * as z from 'zod';

export type EngineKind = 'docker' | 'kubernetes';

/** Kinds of named things of a target that settings refer to. */
export const offerKinds = [
  'storageClass',
  'priorityClass',
  'runtimeClass',
  'serviceAccount',
  'pullSecret',
  'gpuResource',
  'nodeLabel',
  'configMap',
  'secret',
  /** Chosen with the target, not in the form. */
  'namespace',
] as const;
export type OfferKind = (typeof offerKinds)[number];

/** What changing the field of an existing workspace takes, cheapest first. A rebuild keeps the home. */
export const editCosts = ['live', 'restart', 'rebuild', 'never'] as const;
export type EditCost = (typeof editCosts)[number];

export const groups = [
  'basics',
  'resources',
  'storage',
  'apps',
  'environment',
  'startup',
  'time',
  'git',
  'access',
  'placement',
  'advanced',
] as const;
export type Group = (typeof groups)[number];

/** How the form shows the field where its schema alone does not say. */
export type Control =
  | 'target'
  | 'name'
  | 'image'
  | 'text'
  | 'multiline'
  | 'choice'
  | 'number'
  | 'checkbox'
  | 'mounts'
  | 'ports'
  | 'apps'
  | 'env'
  | 'labels'
  | 'lines'
  | 'runtime'
  | 'offered'
  | 'offeredLines'
  | 'tolerations'
  | 'secret'
  /** Has no control of its own: it comes and goes with what else was chosen. */
  | 'hidden';

export interface FieldMeta {
  /** English; shown through l10n. */
  readonly title: string;
  readonly help: string;
  /** Where a kind of engine needs other words. */
  readonly helpOn?: Readonly<Partial<Record<EngineKind, string>>>;
  readonly group: Group;
  readonly control: Control;
  readonly cost: EditCost;
  /** Where a kind of engine needs less, or more, for it. */
  readonly costOn?: Readonly<Partial<Record<EngineKind, EditCost>>>;
  /** One of the few fields that stand open in the form; the rest are folded by group. */
  readonly common?: true;
  /** Absent: every engine. */
  readonly engines?: readonly EngineKind[];
  /** What an engine may have to choose from (offers of engine.ts); anything else can be typed. */
  readonly offers?: OfferKind;
  /** Where a kind of engine has another default than the schema's. */
  readonly defaultOn?: Readonly<Partial<Record<EngineKind, unknown>>>;
  readonly unit?: string;
  /** A number whose 0 stands for no end at all: more than any other. */
  readonly endless?: true;
  readonly placeholder?: string;
  /** The labels of an enum's values, in English. */
  readonly choices?: Readonly<Record<string, string>>;
  /** The whole value is secret: kept in the record only, never sent back to a page. */
  readonly secret?: true;
  /**
   * It runs something, opens or mounts something, or lets somebody in: where a template of somebody else sets it, that is
   * said before the template is used.
   */
  readonly reaches?: true;
  /** What was typed before is offered again. */
  readonly recent?: true;
}

export const fieldMeta = z.registry<FieldMeta>();

/** Parts of values that are secret: always, or where the property of that name beside them is true. */
export const secretMeta = z.registry<{ readonly where?: string }>();

/** Marks a part of a value as secret; the schema itself is returned. */
export function secret<T extends z.ZodType>(schema: T, meta: { readonly where?: string } = {}): T {
  secretMeta.add(schema, meta);
  return schema;
}

/** What changing the field takes on that kind of engine. */
export function costOf(meta: FieldMeta, engine: EngineKind): EditCost {
  return meta.costOn?.[engine] ?? meta.cost;
}

/** What the field is for on that kind of engine, in English. */
export function helpOf(meta: FieldMeta, engine: EngineKind): string {
  return meta.helpOn?.[engine] ?? meta.help;
}

/** Whether that kind of engine does anything with the field. */
export function appliesTo(meta: FieldMeta, engine: EngineKind): boolean {
  return meta.engines?.includes(engine) ?? true;
}

/** Gives a schema its meaning; the schema itself is returned. */
export function field<T extends z.ZodType>(schema: T, meta: FieldMeta): T {
  fieldMeta.add(schema, meta);
  return schema;
}

/** The meaning of every field of an object schema, in the schema's order. */
export function fieldsOf<S extends z.ZodRawShape>(schema: z.ZodObject<S>): Map<keyof S & string, FieldMeta> {
  const fields = new Map<keyof S & string, FieldMeta>();
  for (const [key, value] of Object.entries(schema.shape)) {
    const meta = fieldMeta.get(value as unknown as z.ZodType);
    if (!meta) throw new Error(`the field '${key}' has no meaning: give it one with field()`);
    fields.set(key, meta);
  }
  return fields;
}
