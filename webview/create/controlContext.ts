/** What every control of the form is made from. */
import type { FormKey } from '../../src/workspace/draft.ts';
import { costOf, type FieldMeta } from '../../src/workspace/field.ts';
import type { Asker } from './asker.ts';
import type { FormModel } from './model.ts';

export interface ControlContext {
  readonly model: FormModel;
  readonly asker: Asker;
  readonly key: FormKey;
  readonly meta: FieldMeta;
}

/** An edit may not change the field. */
export function isLocked({ model, meta }: Pick<ControlContext, 'model' | 'meta'>): boolean {
  return model.setup.mode === 'edit' && costOf(meta, model.engine) === 'never';
}
