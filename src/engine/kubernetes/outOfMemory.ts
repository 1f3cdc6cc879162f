/**
 * Ends a run that was killed for want of memory. To its Job it looks like one that was killed from outside, and is made
 * again after ten seconds or more, to run out of memory once more: whoever looks at it before ends it and writes down why.
 */
import { ranOutOfMemory } from './exitCodes.ts';
import type { Parts } from './parts.ts';
import { outOfMemoryWords } from './stateOf.ts';
import { endJob, note } from './stopping.ts';
import type { Workbench } from './workbench.ts';

/** Does nothing for all others. What it cannot do it leaves to the next look; then the Job may have been quicker. */
export async function endOutOfMemory(bench: Workbench, { name, job, pods: [pod] }: Parts): Promise<void> {
  if (!job || job.end || job.isDeleting || !pod || !ranOutOfMemory(pod) || bench.ending.has(job.uid)) return;
  bench.ending.add(job.uid);
  try {
    await note(bench, name, { cause: 'out-of-memory', words: outOfMemoryWords() });
    await endJob(bench, name, job);
  } catch (error) {
    bench.log('warn', `${name} ran out of memory, and its Job goes on: ${error}`);
  } finally {
    bench.ending.delete(job.uid);
  }
}
