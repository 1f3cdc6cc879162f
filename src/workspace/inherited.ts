/**
 * `berth.defaults`: what new workspaces of a target begin with, and the environment and labels that all of them inherit; the
 * workspace's own win.
 */
import * as z from 'zod';
import { fieldMeta } from './field.ts';
import { EnvVariable, Label, WorkspaceSettings } from './settings.ts';

const Entries = z.looseObject({
  env: z.record(EnvVariable.shape.name, z.string().max(131072)).default({}),
  labels: z.record(z.string(), z.string().max(4096)).default({}),
});

/**
 * The setting `berth.defaults`: `{"*": {"env": {"TZ": "UTC"}, "cpus": 4}, "<target id>": {…}}`. `*` counts for all
 * targets; a target's own entry wins over it. Beside env and labels any setting of the form may stand there.
 */
export const Defaults = z.record(z.string(), Entries);
export type Defaults = z.infer<typeof Defaults>;

/** One inherited value and which key of the setting it came from: `*` or the target's id. */
export interface Inherited {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}

export interface InheritedValues {
  readonly env: readonly Inherited[];
  readonly labels: readonly Inherited[];
}

/** What a workspace on that target inherits. Labels that no workspace may have are left out. */
export function inheritedFor(defaults: Defaults, target: string): InheritedValues {
  const merged = (part: 'env' | 'labels') => {
    const values = new Map<string, Inherited>();
    for (const origin of ['*', target]) {
      for (const [name, value] of Object.entries(defaults[origin]?.[part] ?? {}))
        values.set(name, { name, value, origin });
    }
    return [...values.values()];
  };
  return {
    env: merged('env'),
    labels: merged('labels').filter(label => Label.safeParse(label).success),
  };
}

/** Settings that may have a default of the person's: no secret, and nothing that only comes with a catalogue's entry. */
export const configurable: ReadonlyMap<string, z.ZodType> = new Map(
  Object.entries(WorkspaceSettings.shape).filter(([key, schema]) => {
    const meta = fieldMeta.get(schema);
    return key !== 'env' && key !== 'labels' && !meta?.secret && meta?.control !== 'hidden';
  }),
);

/** The person's defaults for the form on that target, by key. A value that the setting cannot have is left out. */
export function defaultsFor(defaults: Defaults, target: string): Readonly<Record<string, unknown>> {
  const given = { ...defaults['*'], ...defaults[target] };
  return Object.fromEntries(
    [...configurable].flatMap(([key, schema]) => {
      const parsed = Object.hasOwn(given, key) ? schema.safeParse(given[key]) : undefined;
      return parsed?.success && parsed.data !== undefined ? [[key, parsed.data]] : [];
    }),
  );
}

/** The workspace's own entries and, before them, what it inherits and neither sets nor leaves out. */
export function withInherited<T extends { readonly name: string }>(
  own: readonly T[],
  inherited: readonly Inherited[],
  leftOut: ReadonlySet<string> = new Set(),
): (T | { name: string; value: string })[] {
  const names = new Set(own.map(({ name }) => name));
  return [
    ...inherited
      .filter(({ name }) => !names.has(name) && !leftOut.has(name))
      .map(({ name, value }) => ({ name, value })),
    ...own,
  ];
}
