/** What an edit costs, worked out from the fields that differ. */
import { type EditCost, editCosts, fieldsOf } from './field.ts';
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

/** Compares two settings field by field. Secrets that were left out count as unchanged. */
export function editPlan(old: WorkspaceSettings, edited: WorkspaceSettings): EditPlan {
  const [before, after] = [withToolPort(old), withToolPort(edited)];
  const changed = [...fieldsOf(WorkspaceSettings)]
    .filter(([key]) => !sameValue(before[key], after[key]))
    .map(([key, meta]) => ({ key, title: meta.title, cost: meta.cost }));
  const cost = changed.reduce<EditCost | undefined>(
    (dearest, { cost }) =>
      dearest && editCosts.indexOf(dearest) >= editCosts.indexOf(cost) ? dearest : cost,
    undefined,
  );
  return { cost, changed };
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every(key =>
    sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
