/** Environment and labels that every workspace of a target inherits, from `berth.defaults`; the workspace's own win. */
import * as z from 'zod';
import { EnvVariable, Label } from './settings.ts';

const Entries = z.object({
  env: z.record(EnvVariable.shape.name, z.string().max(131072)).default({}),
  labels: z.record(z.string(), z.string().max(4096)).default({}),
});

/**
 * The setting `berth.defaults`: `{"*": {"env": {"TZ": "UTC"}, "labels": {}}, "<target id>": {…}}`. `*` counts for all
 * targets; a target's own entry wins over it.
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
