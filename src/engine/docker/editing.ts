/** Saves changed settings into the record, and applies at once what can be changed while it runs. */
import * as l10n from '@vscode/l10n';
import { editPlan } from '../../workspace/editCost.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { editedRecord } from '../editedRecord.ts';
import type { EditRequest, Report } from '../engine.ts';
import { liveUpdate } from './containerOptions.ts';
import { leaveCopy } from './labelCopy.ts';
import { setLimits } from './liveLimits.ts';
import { whileWriting } from './marks.ts';
import { factsOf } from './parts.ts';
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
  let changed: readonly string[] = [];
  await whileWriting(bench, name, selfMaker(), signal, async () => {
    // Read again: whoever wrote last may have made a new container.
    const parts = await existing(bench, name, signal);
    const before = await bench.records.read(parts, signal, report);
    const after = editedRecord(before, request, 'docker');
    signal.throwIfAborted();
    await bench.records.writeChanges(parts, before, after);
    await leaveCopy(bench.docker, parts.edits, after);
    changed = editPlan(before.settings, after.settings, 'docker').changed.map(({ key }) => key);
  });
  if (changed.some(key => key === 'cpus' || key === 'memoryMiB' || key === 'cpuAllocation')) {
    await applyLimits(bench, name, report, signal);
  }
}

/** Those that hold now, which may be of a later edit: the last one to come here leaves what was saved last. */
async function applyLimits(
  bench: Workbench,
  name: WorkspaceName,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const parts = await existing(bench, name, signal);
  const { settings } = factsOf(parts);
  if (!parts.container || !settings) return;
  const { NCPU: cpus } = await bench.docker.info();
  const problem = await setLimits(bench.docker, parts.container.id, liveUpdate(settings, cpus));
  if (problem === undefined) return;
  const text = l10n.t('The new CPU and memory limits are saved, but: {0}', problem);
  report({ kind: 'output', text: `${text}\n` });
}
