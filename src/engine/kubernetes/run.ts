/** From a record to a Job that runs: what creating, starting and rebuilding end in. */
import * as l10n from '@vscode/l10n';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Report } from '../engine.ts';
import { labelKeys } from '../labels.ts';
import { awaitReady } from './follow.ts';
import { addHistory } from './history.ts';
import { jobManifest, serviceManifest } from './manifests.ts';
import { homeClaim, isOurs, objectName } from './names.ts';
import { noteKeys } from './notes.ts';
import type { PodUser } from './podTemplate.ts';
import { refreshBoot, type StoredRecord } from './recordStore.ts';
import type { JobReport } from './reports.ts';
import { isKubeStatus } from './status.ts';
import { endJob } from './stopping.ts';
import { foreignError, type Workbench } from './workbench.ts';

/** Makes the Job, whose name is the lock on running, and returns once ssh is open. */
export async function startFrom(
  bench: Workbench,
  stored: StoredRecord,
  how: {
    readonly as: PodUser;
    readonly fillsHome: boolean;
    /** The Job is there: from now on it is ours to end. Called again for one that takes its place. */
    readonly onMade?: (job: JobReport) => void;
    /** What else is noted on the Secret with the start. */
    readonly notes?: Readonly<Record<string, null>>;
  },
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { objects } = bench;
  const { record, secret } = stored;
  report({ kind: 'step', step: 'start', message: l10n.t('Starting {0}', record.name) });
  await refreshBoot(bench, stored);
  signal.throwIfAborted();
  const makeJob = () => objects.create('job', jobManifest({ ...stored, ...how }, secret));
  // First, because it may be forbidden.
  await applyService(bench, stored);
  let job = await makeJob();
  how.onMade?.(job);
  const annotations = { [noteKeys.stopped]: null, ...how.notes };
  await objects.patch('secret', secret.name, { metadata: { annotations } });
  while ((await awaitReady(bench, record.name, report, signal)) === 'lost') {
    await endJob(bench, record.name, job);
    signal.throwIfAborted();
    try {
      job = await makeJob();
      how.onMade?.(job);
    } catch (error) {
      // Somebody else was first: theirs is followed.
      if (!isKubeStatus(error, 'AlreadyExists')) throw error;
    }
  }
  await addHistory(bench, record.name, { kind: 'start', words: '' });
  if (how.fillsHome) {
    const annotations = { [noteKeys.filled]: 'true' };
    await objects.patch('claim', homeClaim(record.name), { metadata: { annotations } });
  }
  report({ kind: 'step', step: 'ready', message: l10n.t('{0} is ready', record.name) });
}

/** Publishes ssh as the settings say, or no longer. */
export async function applyService(bench: Workbench, { record, secret }: StoredRecord): Promise<void> {
  const { objects } = bench;
  const name = objectName(record.name);
  const wanted = serviceManifest(record, secret);
  if (wanted) {
    await objects.create('service', wanted).catch(async error => {
      if (!isKubeStatus(error, 'AlreadyExists')) throw error;
      await refuseForeignService(bench, record.name);
      await objects.patch('service', name, { spec: wanted.spec });
    });
    return;
  }
  // Without the right to services there is none either.
  if (wasPublished(secret.annotations)) await removeService(bench, record.name);
}

/** A stranger's Service has the name: neither changed nor removed. */
export async function refuseForeignService({ objects }: Workbench, name: WorkspaceName): Promise<void> {
  const service = await objects.get('service', objectName(name));
  if (service && !isOurs(service, name)) throw foreignError('Service', service.name, name);
}

export async function removeService({ objects }: Workbench, name: WorkspaceName): Promise<void> {
  const service = await objects.get('service', objectName(name));
  if (service && isOurs(service, name)) await objects.remove('service', service.name, { uid: service.uid });
}

/** Whether the record that is stored had a service; cheaper than asking for one at every start. */
export function wasPublished(annotations: Readonly<Record<string, string>>): boolean {
  return /"service":"(?:nodePort|loadBalancer)"/.test(annotations[labelKeys.settings] ?? '');
}
