/** What the exit code of a pod's first process tells: that it was ended from outside, or ran out of memory. Pure. */
import { bootExitCodes } from '../../boot/bootLine.ts';
import { type StopReason, stopReason } from '../../boot/stopReason.ts';
import type { PodReport } from './reports.ts';

/**
 * With these the Job brings it back, in the order that the API server asks for. Boot's own; that of SIGKILL, where a
 * program did not heed SIGTERM in the grace that whoever deleted the pod gave it (lack of memory ends with that one too, and
 * a Job sees no difference: see staysOff.ts); that of a first process of the image which ends by SIGTERM, whoever sent it.
 */
export const exitCodesFromOutside: readonly number[] = [bootExitCodes.machine, 137, 143];

/** `end`: of a container, with the reason that the kubelet gives. */
export function isFromOutside(end: NonNullable<PodReport['end']>): boolean {
  return (
    exitCodesFromOutside.includes(end.exitCode) &&
    (end.exitCode !== 137 || !isOutOfMemory(end)) &&
    stoppedInside(end) === undefined
  );
}

/**
 * Why it was to end and stay off, as boot wrote down before: a limit, or somebody's `berth stop`. The exit code may still be
 * one from outside, of a first process of the image that boot has sent SIGTERM, or of a boot that was killed while it ended.
 */
export function stoppedInside({ message }: NonNullable<PodReport['end']>): StopReason | undefined {
  const said = stopReason(message);
  return said?.cause === 'limit' || said?.cause === 'person' ? said : undefined;
}

/** Of a pod as a whole: not where only a child was killed, and boot has ended later with a reason of its own. */
export function ranOutOfMemory({ end, disruption }: Pick<PodReport, 'end' | 'disruption'>): boolean {
  // 0: a limit, or somebody inside. What is killed never ends with that.
  const ownCodes: readonly number[] = [0, ...Object.values(bootExitCodes)];
  return (
    !!end && !disruption && isOutOfMemory(end) && !ownCodes.includes(end.exitCode) && !stoppedInside(end)
  );
}

/** Of a container. */
export function isOutOfMemory({ reason }: { readonly reason: string }): boolean {
  return reason === 'OOMKilled';
}
