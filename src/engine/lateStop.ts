/**
 * What is done from outside about a workspace that should be off by now: its watchdog hangs or is dead, or a first process of
 * the image's own does not end. Whether it is so, the workspace itself says by its own clock; whoever looks next acts.
 */
import { bootInputs, bootOutputs, recordFolder } from '../boot/bootFiles.ts';
import { stopReason } from '../boot/stopReason.ts';
import type { WorkspaceName } from '../workspace/name.ts';
import { stopCodes } from '../workspace/stopCodes.ts';
import { isOverdue, isUnattended, parseStopping, parseTimeLeft } from '../workspace/timeLeft.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Engine } from './engine.ts';

export const command = `${recordFolder}/${bootOutputs.command}`;
export const timeCommand: readonly string[] = [command, 'time'];

const askMs = 10_000;
/** Boot asks the watchdog first, and waits for that. */
const helpMs = 60_000;
/** Beyond the grace that programs have. */
const spareSeconds = 30;
/** A stop from outside takes the grace again, which is 120 s at most. */
const stopMs = 180_000;

/** What `berth time` says inside. */
export async function askTime(engine: Engine, name: WorkspaceName, signal: AbortSignal): Promise<string> {
  const bound = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
  return (await engine.exec(name, timeCommand, { signal: bound })).stdout;
}

/** Does what has to be done about what it said; true where the workspace is over, if not yet gone. */
export async function helpToEnd(
  engine: Engine,
  { name, settings }: Pick<Workspace, 'name' | 'settings'>,
  said: string,
  signal: AbortSignal,
): Promise<boolean> {
  const ending = parseStopping(said);
  if (ending) {
    const why = stopReason(ending.reason) ?? { cause: 'machine', words: stopCodes.machine };
    const isStuck = ending.seconds > (settings?.stopGraceSeconds ?? 0) + spareSeconds;
    const bound = AbortSignal.any([signal, AbortSignal.timeout(stopMs)]);
    // TERM once more, the grace once more, then KILL: however the clocks went, nothing is cut short.
    // What it fails at shows: it is still there, and tried again at the next look.
    if (isStuck) await engine.stop(name, { force: false, why }, () => {}, bound).catch(() => undefined);
    return true;
  }
  const time = parseTimeLeft(said, Date.now());
  const isLate = time !== undefined && isOverdue(time, Date.now());
  if (isLate || isUnattended(said)) {
    // Whether it really is so, is looked at once more inside.
    const boot = ['/bin/sh', `${recordFolder}/${bootInputs.boot}`, isLate ? 'overdue' : 'tend'];
    const bound = AbortSignal.any([signal, AbortSignal.timeout(helpMs)]);
    await engine.exec(name, boot, { signal: bound, user: '0:0' });
  }
  return false;
}
