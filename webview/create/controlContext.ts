/** What every control of the form is made from. */
import type { FormKey } from '../../src/workspace/draft.ts';
import { costOf, type FieldMeta } from '../../src/workspace/field.ts';
import { lockedBy } from '../../src/workspace/policy/apply.ts';
import type { Asker } from './asker.ts';
import type { FormModel } from './model.ts';

export interface ControlContext {
  readonly model: FormModel;
  readonly asker: Asker;
  readonly key: FormKey;
  readonly meta: FieldMeta;
}

/** Nobody may change the field: because it is an edit, or because an organisation has fixed it. */
export function isLocked({ model, key, meta }: Pick<ControlContext, 'model' | 'key' | 'meta'>): boolean {
  const isKept = model.setup.mode === 'edit' && costOf(meta, model.engine) === 'never';
  return isKept || lockedBy(model.limits(key)) !== undefined;
}
