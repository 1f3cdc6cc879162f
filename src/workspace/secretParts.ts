/** A value without what its schema marks as secret, at any depth: found by the marks alone, so that none is forgotten. Pure. */
import * as z from 'zod';
import { fieldMeta, secretMeta } from './field.ts';

export interface WithoutSecretParts {
  readonly value: unknown;
  /** Where one was, such as `env.0.value`. */
  readonly taken: readonly string[];
}

/** Secret properties are left out; of a secret record the names stay, with '' as values. */
export function withoutSecretParts(schema: z.ZodType, value: unknown): WithoutSecretParts {
  const taken: string[] = [];
  return { value: strip(schema, value, '', taken), taken };
}

function strip(schema: z.ZodType, value: unknown, path: string, taken: string[]): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodUnion) {
    const option = inner.options.find(each => each instanceof z.ZodType && each.safeParse(value).success);
    return option instanceof z.ZodType ? strip(option, value, path, taken) : value;
  }
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    const { element } = inner;
    return element instanceof z.ZodType
      ? value.map((item: unknown, index) => strip(element, item, below(path, String(index)), taken))
      : value;
  }
  if (!(inner instanceof z.ZodObject) || !isObject(value)) return value;
  const shape: Readonly<Record<string, unknown>> = inner.shape;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]): [string, unknown][] => {
      const partSchema = Object.hasOwn(shape, key) ? shape[key] : undefined;
      if (!(partSchema instanceof z.ZodType)) return [[key, part]];
      const at = below(path, key);
      if (!isSecret(partSchema, value)) return [[key, strip(partSchema, part, at, taken)]];
      if (unwrapped(partSchema) instanceof z.ZodRecord && isObject(part)) {
        if (Object.values(part).some(text => text !== '')) taken.push(at);
        return [[key, Object.fromEntries(Object.keys(part).map(name => [name, '']))]];
      }
      if (part !== undefined && part !== '') taken.push(at);
      return [];
    }),
  );
}

function isSecret(schema: z.ZodType, beside: Readonly<Record<string, unknown>>): boolean {
  const mark = secretMeta.get(schema);
  if (mark) return mark.where === undefined || beside[mark.where] === true;
  return fieldMeta.get(schema)?.secret === true;
}

/** What is inside of optional and default ones. */
function unwrapped(schema: z.ZodType): z.ZodType {
  let inner: unknown = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap();
  return inner instanceof z.ZodType ? inner : schema;
}

function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
