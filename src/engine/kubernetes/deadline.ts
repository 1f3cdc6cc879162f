/**
 * The deadline of a Job: what ends a run whose watchdog does not. It is one of the few fields of a Job that may be changed
 * while it runs; its controller counts from the Job's own start, over all its pods.
 */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { WorkspaceSettings } from '../../workspace/settings.ts';
import { deadlineOf, furthestDeadline } from '../../workspace/timeLimits.ts';
import { isOurs, objectName } from './names.ts';
import { readRecord } from './recordStore.ts';
import type { JobReport } from './reports.ts';
import { isKubeStatus } from './status.ts';
import type { Workbench } from './workbench.ts';

/** Left to the watchdog, which ends it first. */
const spareMs = 10 * 60_000;
/** A run that is older than its new lifespan is warned and stopped by its watchdog too, longest warning and all. */
const warningMs = 2 * 3_600_000;

/** `until` in Unix time by this machine's clock, ms. Never brings the deadline nearer, nor puts it behind a policy's cap. */
export async function putOffDeadline(
  bench: Workbench,
  name: WorkspaceName,
  until: number,
  signal: AbortSignal,
): Promise<void> {
  const { objects } = bench;
  const job = await objects.get('job', objectName(name), signal);
  if (!job || !isOurs(job, name)) return;
  const { record } = await readRecord(bench, name, signal);
  const seconds = secondsUntil(job, until, objects.api.clock, record.capHours);
  if (seconds === undefined) return;
  try {
    signal.throwIfAborted();
    await setDeadline(bench, name, seconds);
  } catch (cause) {
    if (!isKubeStatus(cause, 'Forbidden')) throw cause;
    throw new BerthError(
      l10n.t(
        'The cluster ends “{0}” before that, and you may not put that off: the right to patch jobs is missing. Whoever runs the cluster can grant it by the Role that Berth offers to copy.',
        name,
      ),
      { code: 'failed', cause },
    );
  }
}

/** What the deadline has to be; undefined where it is late enough, or where there is none. Pure. */
export function secondsUntil(
  { startedAt, deadlineSeconds }: Pick<JobReport, 'startedAt' | 'deadlineSeconds'>,
  until: number,
  clock: { here(time: string): Date },
  capHours?: number,
): number | undefined {
  if (startedAt === undefined || deadlineSeconds === undefined) return undefined;
  const needed = Math.ceil((until + spareMs - clock.here(startedAt).getTime()) / 1000);
  const allowed = Math.min(needed, furthestDeadline(capHours));
  return allowed > deadlineSeconds ? allowed : undefined;
}

/** After an edit, of a run that goes on: as far off as the new lifespan asks for, and no nearer than extensions have put it. */
export async function applyDeadline(
  bench: Workbench,
  name: WorkspaceName,
  record: Limited,
  signal: AbortSignal,
): Promise<void> {
  const job = await bench.objects.get('job', objectName(name), signal);
  if (!job || job.end || !isOurs(job, name)) return;
  await setDeadline(bench, name, editedDeadline(job, record, bench.objects.api.clock));
}

interface Limited extends Pick<WorkspaceRecord, 'capHours'> {
  readonly settings: Pick<WorkspaceSettings, 'lifespanHours'>;
}

/** null: none. A cap counts for what extensions have put off before it, too. Pure but for the clock. */
export function editedDeadline(
  { startedAt, deadlineSeconds = 0 }: Pick<JobReport, 'startedAt' | 'deadlineSeconds'>,
  { settings, capHours }: Limited,
  clock: { now(): number },
): number | null {
  const wanted = deadlineOf(settings, capHours);
  if (wanted === undefined) return null;
  const ranMs = startedAt === undefined ? 0 : clock.now() - Date.parse(startedAt);
  const extended = Math.min(deadlineSeconds, furthestDeadline(capHours));
  return Math.max(wanted, extended, Math.ceil((ranMs + warningMs) / 1000));
}

async function setDeadline(
  { objects }: Workbench,
  name: WorkspaceName,
  seconds: number | null,
): Promise<void> {
  await objects.patch('job', objectName(name), { spec: { activeDeadlineSeconds: seconds } });
}
