/** Why a run ended of which boot could not write that down, such as one that was killed for want of memory. */
import { bootOutputs, recordFolder } from '../../boot/bootFiles.ts';
import { bootExitCodes } from '../../boot/bootLine.ts';
import { stopCodes } from '../../workspace/stopCodes.ts';
import { packFiles } from './archive.ts';
import { type Parts, reportOf } from './parts.ts';
import { stateOf } from './stateOf.ts';
import { observed, type Workbench } from './workbench.ts';

/** Only the engine knows it, and forgets it with the next start: the boot of that one takes it into the history. */
export async function keepEnd(bench: Workbench, parts: Parts, signal: AbortSignal): Promise<void> {
  const { container, name } = parts;
  if (container?.status !== 'exited' || ownCodes.includes(container.exitCode)) return;
  const seen = await observed(bench, parts, signal);
  if (seen.stopReason) return;
  const { cause, reason } = stateOf(reportOf(parts, { ...seen, failure: undefined }));
  if (cause === undefined) return;
  const words =
    cause === 'out-of-memory' ? stopCodes.memory : cause === 'machine' ? stopCodes.machine : reason;
  const file = {
    path: bootOutputs.stopReason,
    mode: 0o644,
    content: `${cause} ${words}\n`,
    modified: new Date(container.finishedAt ?? bench.clock.now()),
  };
  await bench.docker
    .getContainer(container.id)
    .putArchive(await packFiles([file]), { path: recordFolder })
    .catch((error: unknown) => bench.log('debug', `the end of ${name} was not kept: ${error}`));
}

const ownCodes: readonly number[] = Object.values(bootExitCodes);
