/** Starts a workspace from whatever state it is in, or says why that cannot be. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Report } from '../engine.ts';
import { finishCreation } from './creation.ts';
import { awaitReady } from './follow.ts';
import { jobManifest, type PodUser, serviceManifest } from './manifests.ts';
import { homeClaim, objectName } from './names.ts';
import { noteKeys } from './notes.ts';
import type { Parts } from './parts.ts';
import { podUser } from './podPlan.ts';
import { readRecord, refreshBoot, type StoredRecord } from './recordStore.ts';
import { isKubeStatus } from './status.ts';
import { endRun, forceOff, untilGone } from './stopping.ts';
import { existing, refuseIfTaken, type Workbench } from './workbench.ts';

/** What starting takes, from what there is. Pure. */
export function nextStep({
  record,
  claim,
  building,
  job,
  pods,
}: Parts): 'finish' | 'no-record' | 'no-home' | 'await' | 'again' | 'settle' | 'start' {
  if (building) return 'finish';
  if (!record) return 'no-record';
  if (!claim) return 'no-home';
  const [pod] = pods;
  if (job?.isDeleting) return 'settle';
  if (job) {
    // Whoever asks for it need not wait for the growing delay after which the controller makes another pod.
    const isComing = !job.end && pod && !pod.isDeleting && !pod.end && !pod.isLost && pod.phase !== 'Failed';
    const isNew = !job.end && pods.length === 0;
    return isComing || isNew ? 'await' : 'again';
  }
  return pods.length > 0 ? 'settle' : 'start';
}

/** Cancelled, it is off again. */
export async function startWorkspace(
  bench: Workbench,
  name: WorkspaceName,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const parts = await existing(bench, name, signal);
    refuseIfTaken(bench, parts);
    switch (nextStep(parts)) {
      case 'finish':
        await finishCreation(bench, name, signal);
        break;
      case 'no-record':
        throw lost(l10n.t('Cannot start “{0}”: its record is gone. Delete it and create it again.', name));
      case 'no-home':
        throw lost(l10n.t('Cannot start “{0}”: its home is gone. A rebuild makes an empty one.', name));
      case 'await':
        return await awaitReady(bench, name, report, signal);
      case 'again':
        await endRun(bench, name);
        break;
      case 'settle':
        await untilGone(bench, name, signal);
        break;
      case 'start': {
        const stored = await readRecord(bench, name, signal);
        if (await startOnce(bench, stored, parts, report, signal)) return;
        await sleep(50, undefined, { signal });
      }
    }
  }
}

/** False where somebody else was first. */
async function startOnce(
  bench: Workbench,
  stored: StoredRecord,
  { name, claim }: Parts,
  report: Report,
  signal: AbortSignal,
): Promise<boolean> {
  const plan = { ...stored, fillsHome: claim?.annotations[noteKeys.filled] === undefined };
  const as = await podUser(bench, plan, signal);
  try {
    await startFrom(bench, stored, { as, fillsHome: plan.fillsHome }, report, signal);
    return true;
  } catch (error) {
    if (isKubeStatus(error, 'AlreadyExists')) return false;
    if (signal.aborted) await forceOff(bench, name, l10n.t('its start was cancelled'));
    throw error;
  }
}

/** Makes the Job, whose name is the lock on running, and returns once ssh is open. */
export async function startFrom(
  bench: Workbench,
  stored: StoredRecord,
  how: { readonly as: PodUser; readonly fillsHome: boolean },
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { objects } = bench;
  const { record, secret } = stored;
  report({ kind: 'step', step: 'start', message: l10n.t('Starting {0}', record.name) });
  await refreshBoot(bench, secret);
  signal.throwIfAborted();
  await objects.create('job', jobManifest({ ...stored, ...how }, secret));
  await Promise.all([
    objects.patch('secret', secret.name, { metadata: { annotations: { [noteKeys.stopped]: null } } }),
    applyService(bench, stored),
  ]);
  await awaitReady(bench, record.name, report, signal);
  if (how.fillsHome) {
    const annotations = { [noteKeys.filled]: 'true' };
    await objects.patch('claim', homeClaim(record.name), { metadata: { annotations } });
  }
  report({ kind: 'step', step: 'ready', message: l10n.t('{0} is ready', record.name) });
}

/** Publishes ssh as the settings say, or no longer. */
export async function applyService({ objects }: Workbench, { record, secret }: StoredRecord): Promise<void> {
  const name = objectName(record.name);
  const wanted = serviceManifest(record, secret);
  if (wanted) {
    await objects.create('service', wanted).catch(error => {
      if (!isKubeStatus(error, 'AlreadyExists')) throw error;
      return objects.patch('service', name, { spec: wanted.spec });
    });
    return;
  }
  // Without the right to services there is none either.
  if (wasPublished(secret.annotations)) await objects.remove('service', name);
}

/** Whether the record that is stored had a service; cheaper than asking for one at every start. */
function wasPublished(annotations: Readonly<Record<string, string>>): boolean {
  return /"service":"(?:nodePort|loadBalancer)"/.test(annotations['workspace.berth/settings'] ?? '');
}

function lost(message: string): BerthError {
  return new BerthError(message, { code: 'not-found' });
}
