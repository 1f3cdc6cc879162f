/** Starts a workspace from whatever state it is in, or says why that cannot be. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { stopReason } from '../../boot/stopReason.ts';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { WorkspaceState } from '../../workspace/state.ts';
import { stopCodes } from '../../workspace/stopCodes.ts';
import { parseStopping } from '../../workspace/timeLeft.ts';
import type { Report } from '../engine.ts';
import { timeCommand } from '../lateStop.ts';
import { finishCreation } from './creation.ts';
import { execToEnd } from './exec.ts';
import { stoppedInside } from './exitCodes.ts';
import { awaitReady } from './follow.ts';
import { addHistory } from './history.ts';
import { noteKeys } from './notes.ts';
import { factsOf, type Parts } from './parts.ts';
import { podUser } from './podPlan.ts';
import { podProblem } from './podProblem.ts';
import { onNewest, readRecord, type StoredRecord, takenOver } from './recordStore.ts';
import type { JobReport } from './reports.ts';
import { startFrom } from './run.ts';
import { isKubeStatus } from './status.ts';
import { endCancelled, endJob, keepLog, note, untilGone } from './stopping.ts';
import { existing, refuseIfTaken, type Workbench, workspaceNow } from './workbench.ts';

/** By then the Job's controller has made its pod, or said why not. */
const newMs = 5_000;

/** What starting takes, from what there is; `now` by the cluster's clock. Pure. */
export function nextStep(
  { record, claim, building, job, pods }: Parts,
  now: number,
): 'finish' | 'no-record' | 'no-home' | 'await' | 'again' | 'settle' | 'start' {
  if (building) return 'finish';
  if (!record) return 'no-record';
  if (!claim || (claim.isDeleting && !job)) return 'no-home';
  const [pod] = pods;
  if (job?.isDeleting) return 'settle';
  if (job) {
    // Whoever asks for it need not wait for the growing delay after which the controller makes another pod.
    // A pod that cannot come up is of settings that may have been mended since.
    const isWell = pod && !pod.isDeleting && !pod.end && !pod.isLost && !podProblem(pod, claim);
    const isComing = !job.end && isWell && pod.phase !== 'Failed';
    const isNew = !job.end && !job.isSuspended && pods.length === 0 && !isLeft(job, now);
    return (isComing && !job.isSuspended) || isNew ? 'await' : 'again';
  }
  return pods.length > 0 ? 'settle' : 'start';
}

/** Its pod went a while ago, or was never let in. */
function isLeft({ isIdle, createdAt }: JobReport, now: number): boolean {
  return isIdle && now - Date.parse(createdAt) > newMs;
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
    switch (nextStep(parts, bench.objects.api.clock.now())) {
      case 'finish':
        // Another window may have finished it first, which the next look shows.
        await onNewest(async () => {
          if ((await existing(bench, name, signal)).building) await finishCreation(bench, name, signal);
        }, signal);
        break;
      case 'no-record':
        throw lost(l10n.t('Cannot start “{0}”: its record is gone. Delete it and create it again.', name));
      case 'no-home':
        throw lost(l10n.t('Cannot start “{0}”: its home is gone. A rebuild makes an empty one.', name));
      case 'await':
        if (await endHanging(bench, parts, signal)) break;
        if ((await awaitReady(bench, name, report, signal)) === 'ready') return;
        break;
      case 'again':
        await keepLog(bench, name);
        await keepEnd(bench, parts);
        if (parts.job) await endJob(bench, name, parts.job);
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

/**
 * True where boot has ended a run whose own first process goes on for all that: of which the cluster knows nothing, and which
 * is made an end of.
 */
async function endHanging(bench: Workbench, parts: Parts, signal: AbortSignal): Promise<boolean> {
  const { name, job, pods } = parts;
  if (!job || !pods[0]?.isRunning || factsOf(parts).settings?.firstProcess !== 'image') return false;
  const asked = await execToEnd(bench, name, timeCommand, { signal }).catch(() => undefined);
  signal.throwIfAborted();
  const ending = asked && parseStopping(asked.stdout);
  if (!ending) return false;
  const why = stopReason(ending.reason);
  if (why) await note(bench, name, why);
  await endJob(bench, name, job);
  return true;
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
  let made: JobReport | undefined;
  const onMade = (job: JobReport) => {
    made = job;
  };
  try {
    const how = { as, fillsHome: plan.fillsHome, onMade, notes: takenOver };
    await startFrom(bench, stored, how, report, signal);
    return true;
  } catch (error) {
    if (!made && isKubeStatus(error, 'AlreadyExists')) return false;
    if (made && signal.aborted) await endCancelled(bench, name, made, stopCodes.cancelled);
    throw error;
  }
}

/** Of a run that nobody of Berth's ended: its objects, which say how it did, are about to go. */
export async function keepEnd(bench: Workbench, parts: Parts): Promise<void> {
  const { state } = workspaceNow(bench, parts);
  if (state.kind !== 'Off' && state.kind !== 'Error') return;
  const endedAt = Date.parse(parts.pods[0]?.end?.at || parts.job?.end?.at || '');
  await addHistory(bench, parts.name, {
    kind: 'stop',
    cause: state.cause,
    words: keptWords(parts, state),
    ...(!Number.isNaN(endedAt) && { at: endedAt }),
  });
}

/** As codes where there are such: a history is read in more than one language. */
function keptWords({ job, pods: [pod] }: Parts, { cause, reason }: WorkspaceState): string {
  if (cause === 'out-of-memory') return stopCodes.memory;
  if (job?.end?.reason === 'DeadlineExceeded') return stopCodes.deadline;
  return (pod?.end && stoppedInside(pod.end)?.words) || reason;
}

function lost(message: string): BerthError {
  return new BerthError(message, { code: 'not-found' });
}
