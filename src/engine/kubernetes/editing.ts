/** Saves changed settings into the record, and applies at once what can be changed while it runs. */
import * as l10n from '@vscode/l10n';
import { editPlan } from '../../workspace/editCost.ts';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { editedRecord } from '../editedRecord.ts';
import type { EditRequest, Report } from '../engine.ts';
import { refuseUnsupported } from './creation.ts';
import { applyDeadline } from './deadline.ts';
import { homeClaim } from './names.ts';
import { noteKeys } from './notes.ts';
import type { Parts } from './parts.ts';
import { podUser, small } from './podPlan.ts';
import { onNewest, readRecord, takenOver, writeRecord } from './recordStore.ts';
import { applyService } from './run.ts';
import { existing, refuseIfTaken, type Workbench } from './workbench.ts';

export async function editWorkspace(
  bench: Workbench,
  name: WorkspaceName,
  request: EditRequest,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  report({ kind: 'step', step: 'save', message: l10n.t('Saving {0}', name) });
  const { parts, stored, changed, isCapChanged } = await onNewest(
    () => save(bench, name, request, signal),
    signal,
  );
  if (changed.includes('diskGiB')) await growHome(bench, parts, stored.record.settings.diskGiB);
  await nudge(bench, parts);
  if (changed.includes('service')) await applyService(bench, stored);
  if (changed.includes('lifespanHours') || isCapChanged) {
    await applyDeadline(bench, name, stored.record, signal).catch(error => {
      if (signal.aborted) throw error;
      const text = l10n.t(
        'The new lifespan is saved, but the cluster’s own deadline of this session stays: {0}',
        error instanceof Error ? error.message : String(error),
      );
      report({ kind: 'output', text: `${text}\n` });
    });
  }
}

/** Into the record, once what is refused for other reasons has been tried. */
async function save(bench: Workbench, name: WorkspaceName, request: EditRequest, signal: AbortSignal) {
  const parts = await existing(bench, name, signal);
  refuseIfTaken(bench, parts);
  const before = await readRecord(bench, name, signal);
  const after = editedRecord(before.record, request, 'kubernetes');
  refuseUnsupported(after);
  if (after.settings.podPatch !== before.record.settings.podPatch) {
    const plan = { record: small(after), image: before.image, fillsHome: false };
    await podUser(bench, plan, signal);
  }
  const changed = editPlan(before.record.settings, after.settings, 'kubernetes').changed.map(
    ({ key }) => key,
  );
  signal.throwIfAborted();
  // Tried before the settings say so, because the storage class may not be able to; done once no other edit was first.
  if (changed.includes('diskGiB')) await growHome(bench, parts, after.settings.diskGiB, { dryRun: true });
  const stored = { ...before, record: after };
  await writeRecord(bench, before.secret, stored, { annotations: takenOver });
  const isCapChanged = after.capHours !== before.record.capHours;
  return { parts, stored, changed, isCapChanged };
}

async function growHome(
  { objects }: Workbench,
  { name, claim }: Parts,
  diskGiB: number,
  options: { readonly dryRun?: boolean } = {},
): Promise<void> {
  if (claim && claim.requestedBytes > diskGiB * 1024 ** 3) {
    throw new BerthError(
      l10n.t(
        'The disk of “{0}” cannot shrink: it has {1} GiB.',
        name,
        Math.round(claim.requestedBytes / 1024 ** 3),
      ),
      { code: 'invalid' },
    );
  }
  const spec = { resources: { requests: { storage: `${diskGiB}Gi` } } };
  await objects.patch('claim', homeClaim(name), { spec }, options);
}

/** The kubelet looks at what a pod mounts about once a minute, and at once when the pod itself changes. */
async function nudge({ objects, log }: Workbench, { name, pods }: Parts): Promise<void> {
  const annotations = { [noteKeys.nudge]: new Date().toISOString() };
  const running = pods.filter(({ isRunning, isDeleting }) => isRunning && !isDeleting);
  await Promise.all(
    running.map(pod =>
      objects
        .patch('pod', pod.name, { metadata: { annotations } })
        .catch(error => log('debug', `the pod of ${name} takes its changes a minute later: ${error}`)),
    ),
  );
}
