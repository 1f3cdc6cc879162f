/** What fields an entry has, read from its JSON Schema: a key that the schema gains is a field of the form by itself. Pure. */

export type Spec =
  | { readonly kind: 'text'; readonly isLong: boolean }
  | { readonly kind: 'number' }
  | { readonly kind: 'yesNo' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'choices'; readonly options: readonly string[] }
  | { readonly kind: 'lines' }
  | { readonly kind: 'rows'; readonly fields: readonly Field[] }
  | { readonly kind: 'json' };

export interface Field {
  readonly key: string;
  readonly help: string;
  readonly isRequired: boolean;
  readonly spec: Spec;
}

type Schema = Readonly<Record<string, unknown>>;

/** Longer texts get more than one line. */
const longText = 1000;

/** What is required first, each part in the schema's order; what nothing is known of is edited as JSON. */
export function fieldsOf(schema: unknown): readonly Field[] {
  const { properties, required } = isSchema(schema) ? schema : {};
  const needed = new Set(Array.isArray(required) ? required : []);
  const fields = Object.entries(isSchema(properties) ? properties : {}).map(([key, property]): Field => {
    const own = isSchema(property) ? property : {};
    const help = typeof own.description === 'string' ? own.description : '';
    return { key, help, isRequired: needed.has(key), spec: specOf(withoutNull(own)) };
  });
  return fields.toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
}

function specOf(schema: Schema): Spec {
  const options = namesIn(schema.enum);
  switch (schema.type) {
    case 'string':
      if (options.length > 0) return { kind: 'choice', options };
      return { kind: 'text', isLong: Number(schema.maxLength) > longText };
    case 'number':
    case 'integer':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'yesNo' };
    case 'array':
      return listOf(isSchema(schema.items) ? withoutNull(schema.items) : {});
    default:
      return { kind: 'json' };
  }
}

function listOf(items: Schema): Spec {
  const options = namesIn(items.enum);
  if (options.length > 0) return { kind: 'choices', options };
  if (items.type === 'string') return { kind: 'lines' };
  return items.type === 'object' ? { kind: 'rows', fields: fieldsOf(items) } : { kind: 'json' };
}

function withoutNull(schema: Schema): Schema {
  const { anyOf, type, ...rest } = schema;
  if (Array.isArray(type)) return { ...rest, type: type.find(name => name !== 'null') };
  if (!Array.isArray(anyOf)) return schema;
  const other = anyOf.filter(isSchema).find(({ type }) => type !== 'null');
  return { ...rest, ...other };
}

function namesIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
