/** Saves changed settings into the record, and applies at once what can be changed while it runs. */
import * as l10n from '@vscode/l10n';
import { editPlan } from '../../workspace/editCost.ts';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import { withSecretsOf } from '../../workspace/secrets.ts';
import type { EditRequest, Report } from '../engine.ts';
import { liveUpdate } from './containerOptions.ts';
import { leaveCopy } from './labelCopy.ts';
import { setLimits } from './liveLimits.ts';
import { whileWriting } from './marks.ts';
import type { Parts } from './parts.ts';
import { existing, refuseIfTaken, selfMaker, type Workbench } from './workbench.ts';

export async function editWorkspace(
  bench: Workbench,
  name: WorkspaceName,
  request: EditRequest,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const found = await existing(bench, name, signal);
  refuseIfTaken(bench, found);
  report({ kind: 'step', step: 'save', message: l10n.t('Saving {0}', name) });
  await whileWriting(bench.docker, name, selfMaker(), signal, async () => {
    // Read again: whoever wrote last may have made a new container.
    const parts = await existing(bench, name, signal);
    const before = await bench.records.read(parts, signal, report);
    const after = editedRecord(before, request);
    signal.throwIfAborted();
    await bench.records.writeChanges(parts, before, after);
    await leaveCopy(bench.docker, parts.edits, after);
    await applyLive(bench, parts, before, after, report);
  });
}

/** Pure. Secrets that were left out are kept; a request made on an older record is refused. */
export function editedRecord(before: WorkspaceRecord, request: EditRequest): WorkspaceRecord {
  if (request.revision !== before.revision) {
    throw new BerthError(
      l10n.t(
        '“{0}” was changed by somebody else meanwhile. Look at the new settings and try again.',
        before.name,
      ),
      { code: 'stale' },
    );
  }
  return {
    ...before,
    revision: before.revision + 1,
    settings: withSecretsOf(before.settings, request.settings),
    authorizedKeys: [...(request.authorizedKeys ?? before.authorizedKeys)],
  };
}

async function applyLive(
  { docker }: Workbench,
  { container }: Parts,
  before: WorkspaceRecord,
  after: WorkspaceRecord,
  report: Report,
): Promise<void> {
  const changed = editPlan(before.settings, after.settings).changed.map(({ key }) => key);
  if (!container || !changed.some(key => key === 'cpus' || key === 'memoryMiB' || key === 'cpuAllocation'))
    return;
  const { NCPU: cpus } = await docker.info();
  const problem = await setLimits(docker, container.id, liveUpdate(after.settings, cpus));
  if (problem === undefined) return;
  const text = l10n.t('The new CPU and memory limits are saved, but: {0}', problem);
  report({ kind: 'output', text: `${text}\n` });
}
