/** What an edit costs, worked out from the fields that differ. */
import { appliesTo, costOf, type EditCost, type EngineKind, editCosts, fieldsOf } from './field.ts';
import { WorkspaceSettings } from './settings.ts';
import { withToolPort } from './studio.ts';

export interface EditPlan {
  /** The dearest cost among the changed fields; undefined where nothing changed. */
  readonly cost: EditCost | undefined;
  readonly changed: readonly {
    readonly key: keyof WorkspaceSettings;
    readonly title: string;
    readonly cost: EditCost;
  }[];
}

/** Compares two settings field by field, as far as that kind of engine uses them. Secrets that were left out count as unchanged. */
export function editPlan(old: WorkspaceSettings, edited: WorkspaceSettings, engine: EngineKind): EditPlan {
  const [before, after] = [withToolPort(old), withToolPort(edited)];
  const changed = [...fieldsOf(WorkspaceSettings)]
    .filter(([key, meta]) => appliesTo(meta, engine) && !sameValue(before[key], after[key]))
    .map(([key, meta]) => ({ key, title: meta.title, cost: costOf(meta, engine) }));
  const cost = changed.reduce<EditCost | undefined>(
    (dearest, { cost }) =>
      dearest && editCosts.indexOf(dearest) >= editCosts.indexOf(cost) ? dearest : cost,
    undefined,
  );
  return { cost, changed };
}

/** A disk that grows is the engine's to say yes or no to; one that shrinks is refused everywhere. */
export function shrinksDisk(
  before: Pick<WorkspaceSettings, 'diskGiB'>,
  after: Pick<Partial<WorkspaceSettings>, 'diskGiB'>,
): boolean {
  return after.diskGiB !== undefined && after.diskGiB < before.diskGiB;
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every(key =>
    sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
