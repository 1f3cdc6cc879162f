/** What the exit code of a pod's first process tells: that it was ended from outside, or ran out of memory. Pure. */
import { bootExitCodes } from '../../boot/bootLine.ts';
import type { PodReport } from './reports.ts';

/**
 * With these the Job brings it back, in the order that the API server asks for. Boot's own; that of SIGKILL, where a
 * program did not heed SIGTERM in the grace that whoever deleted the pod gave it (lack of memory ends with that one too, and
 * a Job sees no difference: see outOfMemory.ts); that of a first process of the image which ends by SIGTERM.
 */
export const exitCodesFromOutside: readonly number[] = [bootExitCodes.machine, 137, 143];

/** `end`: of a container, with the reason that the kubelet gives. */
export function isFromOutside(end: { readonly exitCode: number; readonly reason: string }): boolean {
  return exitCodesFromOutside.includes(end.exitCode) && (end.exitCode !== 137 || !isOutOfMemory(end));
}

/** Of a pod as a whole: not where only a child was killed, and boot has ended later with a reason of its own. */
export function ranOutOfMemory({ end, disruption }: Pick<PodReport, 'end' | 'disruption'>): boolean {
  const ownCodes: readonly number[] = Object.values(bootExitCodes);
  return !!end && !disruption && isOutOfMemory(end) && !ownCodes.includes(end.exitCode);
}

/** Of a container. */
export function isOutOfMemory({ reason }: { readonly reason: string }): boolean {
  return reason === 'OOMKilled';
}
