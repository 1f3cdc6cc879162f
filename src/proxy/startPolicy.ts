/**
 * Policies in front of a start by ssh: those that hold for everybody on this machine and in the namespace. What an editor's
 * settings name counts in that editor. A bundle of its own, since whoever joins what runs has no need of it.
 */
import type { Engine } from '../engine/engine.ts';
import { guarded } from '../policy/guarded.ts';
import { filePlace } from '../policy/places.ts';
import { Policies } from '../policy/policies.ts';
import { PolicyStore } from '../policy/policyStore.ts';
import type { BerthFolder } from '../ssh/folder.ts';

/** The same engine. `file`: the machine's policy. */
export function underPolicies(engine: Engine, folder: Pick<BerthFolder, 'policies'>, file: string): Engine {
  const machine = filePlace(file, { isOptional: true });
  const store = new PolicyStore(folder.policies);
  return guarded(engine, new Policies({ places: () => [machine], own: () => [], store }));
}
