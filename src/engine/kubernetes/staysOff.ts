/**
 * Ends a run that is over for good though its Job would bring it back: one that was killed for want of memory, to run out of
 * it once more, or one that a limit or somebody inside has stopped and whose first process ended with a code of those from
 * outside. The Job makes another pod after ten seconds or more: whoever looks before ends it and writes down why.
 */
import type { StopReason } from '../../boot/stopReason.ts';
import { stopCodes } from '../../workspace/stopCodes.ts';
import { exitCodesFromOutside, ranOutOfMemory, stoppedInside } from './exitCodes.ts';
import type { Parts } from './parts.ts';
import type { PodReport } from './reports.ts';
import { endJob, note } from './stopping.ts';
import type { Workbench } from './workbench.ts';

/** Does nothing for all others. What it cannot do it leaves to the next look; then the Job may have been quicker. */
export async function endWhatStaysOff(bench: Workbench, { name, job, pods: [pod] }: Parts): Promise<void> {
  if (!job || job.end || job.isDeleting || !pod || bench.ending.has(job.uid)) return;
  const why = whyItStaysOff(pod);
  if (!why) return;
  bench.ending.add(job.uid);
  try {
    await note(bench, name, why);
    await endJob(bench, name, job);
  } catch (error) {
    bench.log('warn', `${name} ended for good, and its Job goes on: ${error}`);
  } finally {
    bench.ending.delete(job.uid);
  }
}

/** undefined where the Job knows by itself what to do. Pure. */
export function whyItStaysOff(pod: Pick<PodReport, 'end' | 'disruption'>): StopReason | undefined {
  if (ranOutOfMemory(pod)) return { cause: 'out-of-memory', words: stopCodes.memory };
  return pod.end && exitCodesFromOutside.includes(pod.end.exitCode) ? stoppedInside(pod.end) : undefined;
}
