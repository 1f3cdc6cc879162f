/** With which exit codes a pod's first process ends when it was ended from outside: then the Job brings it back. Pure. */
import { bootExitCodes } from '../../boot/bootLine.ts';

/** Boot's own, and that of a first process of the image which ends by SIGTERM. */
export const exitCodesFromOutside: readonly number[] = [bootExitCodes.machine, 143];

export function isFromOutside(exitCode: number): boolean {
  return exitCodesFromOutside.includes(exitCode);
}
