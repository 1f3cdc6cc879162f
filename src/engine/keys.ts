/** Changing who may enter a workspace, whether it runs or not: on the newest record, whoever else writes it. */

import { isBerthError } from '../workspace/error.ts';
import type { WorkspaceName } from '../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../workspace/record.ts';
import type { Engine, Report } from './engine.ts';

/** How often somebody else may be first. */
const attempts = 5;

/** What is to stand there in place of the record's own; undefined where nothing is to be done. */
export type KeyChange = (
  record: WorkspaceRecord,
) =>
  | Partial<Pick<WorkspaceRecord, 'authorizedKeys'> & Pick<WorkspaceRecord['settings'], 'publicKeys'>>
  | undefined;

/** Live: sshd reads the keys at every login. False where nothing was to be done. */
export async function changeKeys(
  engine: Engine,
  name: WorkspaceName,
  change: KeyChange,
  report: Report,
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const record = await engine.record(name, signal);
    const changed = change(record);
    if (!changed) return false;
    const { authorizedKeys = record.authorizedKeys, publicKeys = record.settings.publicKeys } = changed;
    const settings = { ...record.settings, publicKeys };
    try {
      await engine.edit(name, { settings, authorizedKeys, revision: record.revision }, report, signal);
      return true;
    } catch (error) {
      if (attempt === attempts || !isBerthError(error, 'stale')) throw error;
    }
  }
}
