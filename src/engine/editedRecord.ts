/** What an edit makes of a record. */
import * as l10n from '@vscode/l10n';
import { asksAnew } from '../workspace/asksAnew.ts';
import { editPlan } from '../workspace/editCost.ts';
import { BerthError } from '../workspace/error.ts';
import type { EngineKind } from '../workspace/field.ts';
import type { Record as WorkspaceRecord } from '../workspace/record.ts';
import { withSecretsOf } from '../workspace/secrets.ts';
import { refuseUnreviewed } from './creating.ts';
import type { EditRequest } from './engine.ts';

/** Pure. Secrets that were left out are kept; a request made on an older record, or that changes what never changes, is refused. */
export function editedRecord(
  before: WorkspaceRecord,
  request: EditRequest,
  engine: EngineKind,
): WorkspaceRecord {
  if (request.revision !== before.revision) {
    throw new BerthError(
      l10n.t(
        '“{0}” was changed by somebody else meanwhile. Look at the new settings and try again.',
        before.name,
      ),
      { code: 'stale' },
    );
  }
  const settings = withSecretsOf(before.settings, request.settings);
  if (asksAnew(before.settings, settings)) refuseUnreviewed(request);
  const fixed = editPlan(before.settings, settings, engine).changed.filter(({ cost }) => cost === 'never');
  if (fixed.length > 0) {
    throw new BerthError(
      l10n.t(
        'Of “{0}” this cannot be changed: {1}. Duplicate it with the new settings instead.',
        before.name,
        fixed.map(({ title }) => title).join(', '),
      ),
      { code: 'invalid' },
    );
  }
  const { capHours = before.capHours } = request;
  return {
    ...before,
    revision: before.revision + 1,
    settings,
    ...(capHours !== undefined && { capHours }),
    authorizedKeys: [...(request.authorizedKeys ?? before.authorizedKeys)],
  };
}
