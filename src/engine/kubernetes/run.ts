/** From a record to a Job that runs: what creating, starting and rebuilding end in. */
import * as l10n from '@vscode/l10n';
import type { Report } from '../engine.ts';
import { awaitReady } from './follow.ts';
import { jobManifest, type PodUser, serviceManifest } from './manifests.ts';
import { homeClaim, objectName } from './names.ts';
import { noteKeys } from './notes.ts';
import { refreshBoot, type StoredRecord } from './recordStore.ts';
import { isKubeStatus } from './status.ts';
import type { Workbench } from './workbench.ts';

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
