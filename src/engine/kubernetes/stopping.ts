/** Stops a workspace so that it is known why it stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type { StopReason } from '../../boot/stopReason.ts';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { stopCodes } from '../../workspace/stopCodes.ts';
import type { Report, StopOptions } from '../engine.ts';
import { Undo } from '../undo.ts';
import { orAborted } from '../waiting.ts';
import { whileActive } from '../whileActive.ts';
import { addHistory } from './history.ts';
import { lastLog } from './log.ts';
import { stopNote } from './manifests.ts';
import { allOf, containerName, homeClaim, isOurs, objectName, runsOf } from './names.ts';
import type { StopNote } from './notes.ts';
import { unlessMissing } from './objects.ts';
import { factsOf, isOfJob, type Parts } from './parts.ts';
import { takenOver } from './recordStore.ts';
import type { JobReport } from './reports.ts';
import { isKubeStatus } from './status.ts';
import { existing, observe, type Workbench } from './workbench.ts';

const pollMs = 60;
const slowestPollMs = 500;
const claimMs = 5_000;
/** The grace that is in a pod is the person's own setting: this is the most that it takes. */
const longestGraceMs = 120_000;
/** Beyond the grace that programs have: a node that is gone ends nothing. */
const endMs = 30_000;

/** Cancelled, it returns at once, and the cluster goes on stopping it: there is no way to take that back. */
export async function stopWorkspace(
  bench: Workbench,
  name: WorkspaceName,
  { force, why = { cause: 'person', words: stopCodes.person } }: StopOptions,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  report({ kind: 'step', step: 'stop', message: l10n.t('Stopping {0}', name) });
  const parts = await existing(bench, name, signal);
  signal.throwIfAborted();
  const stopping = whileActive(bench, name, 'stopping', () =>
    force ? forceOff(bench, name, stopCodes.forced) : stopGently(bench, parts, why),
  );
  stopping.catch(error => {
    // Nobody waits for it any more.
    if (signal.aborted)
      bench.log('warn', `stopping ${name} went on after its cancellation, and failed: ${error}`);
  });
  await orAborted(stopping, signal);
}

/** Programs get the stop grace to end. */
export async function stopGently(bench: Workbench, parts: Parts, why: StopReason): Promise<void> {
  const { name, job, pods } = parts;
  if (!job && pods.length === 0) return;
  await note(bench, name, why);
  const ended = new AbortController();
  const hurried = hurry(bench, parts, ended.signal);
  try {
    await endRun(bench, name);
  } finally {
    ended.abort();
    await hurried;
  }
}

/** Boot's last word comes when nothing of the workspace runs any more; the node takes a second longer to notice. */
async function hurry({ objects, log }: Workbench, parts: Parts, signal: AbortSignal): Promise<void> {
  const [pod] = parts.pods;
  if (!pod?.isRunning || !isBootLast(parts)) return;
  const path = `${objects.path('pod', pod.name)}/log`;
  const query = { container: containerName, follow: true, tailLines: 1 };
  try {
    for await (const line of objects.api.lines({ path, query, signal })) {
      if (!line.startsWith('@berth stop ok')) continue;
      await objects.remove('pod', pod.name, { uid: pod.uid, graceSeconds: 0 });
      return;
    }
  } catch (error) {
    log('debug', `the end of ${parts.name} was not heard: ${error}`);
  }
}

/** Not where the image's own first process outlives boot, or where containers of somebody else stand in the pod. */
function isBootLast(parts: Parts): boolean {
  const { settings } = factsOf(parts);
  return settings !== undefined && settings.firstProcess !== 'image' && settings.podPatch.trim() === '';
}

/** Kills it at once. */
async function forceOff(bench: Workbench, name: WorkspaceName, why: string): Promise<void> {
  const parts = await observe(bench, name);
  if (!parts.job && parts.pods.length === 0) return;
  await note(bench, name, { cause: 'person', words: why });
  await endRun(bench, name, { graceSeconds: 0 });
}

/**
 * Ends what a cancelled start has made; undefined: it had not come to that, and only the reason is to be noted. A server
 * that does not answer now is asked again when it does, and whatever then runs of another start is left alone.
 */
export async function endCancelled(
  bench: Workbench,
  name: WorkspaceName,
  made: Pick<JobReport, 'uid'> | undefined,
  why: string,
): Promise<void> {
  const undo = new Undo();
  undo.push(async () => {
    const { job } = await observe(bench, name);
    if (job?.uid !== made?.uid) return;
    await note(bench, name, { cause: 'person', words: why });
    await endRun(bench, name, { graceSeconds: 0 });
  });
  const [error] = await undo.run();
  if (error === undefined) return;
  bench.leftovers.add(undo);
  bench.log('warn', `${why}: ${name} could not be ended yet: ${error}`);
  throw new BerthError(
    l10n.t(
      'The start of “{0}” was cancelled, but what runs could not be ended yet. That is tried again.',
      name,
    ),
    { code: 'cancelled', cause: error },
  );
}

/** Written down before anything ends, with what was said last: the log goes with the pod. */
export async function note(bench: Workbench, name: WorkspaceName, why: Omit<StopNote, 'at'>): Promise<void> {
  const annotations = stopNote({ ...why, at: new Date(bench.objects.api.clock.now()).toISOString() });
  const data = await lastLog(bench, name);
  // Without a record there is nobody to tell.
  await unlessMissing(
    bench.objects.patch('secret', objectName(name), {
      metadata: { annotations: { ...annotations, ...takenOver } },
      ...(data && { data }),
    }),
  );
  await addHistory(bench, name, { kind: 'stop', ...why });
}

/** What it said last is kept before a run that has ended by itself is cleared away. */
export async function keepLog(bench: Workbench, name: WorkspaceName): Promise<void> {
  const data = await lastLog(bench, name);
  if (data) await unlessMissing(bench.objects.patch('secret', objectName(name), { data }));
}

/** Removes Job and pods, what looks into images too, and returns when nothing runs any more. */
export async function endRun(
  bench: Workbench,
  name: WorkspaceName,
  options: { readonly graceSeconds?: number } = {},
): Promise<void> {
  const { objects } = bench;
  const job = await objects.get('job', objectName(name));
  // A stranger's of the same name is left alone.
  if (job && isOurs(job, name)) await objects.remove('job', job.name, { uid: job.uid });
  const pods = await objects.list('pod', { labelSelector: allOf(name) });
  // The garbage collector would do it too, a while later.
  await Promise.all(pods.map(pod => objects.remove('pod', pod.name, { uid: pod.uid, ...options })));
  await untilGone(bench, name);
}

/** Of one Job alone: what somebody else has started meanwhile is theirs. */
export async function endJob(
  bench: Workbench,
  name: WorkspaceName,
  job: Pick<JobReport, 'uid'>,
): Promise<void> {
  const { objects } = bench;
  await objects.remove('job', objectName(name), { uid: job.uid }).catch(error => {
    if (!isKubeStatus(error, 'Conflict')) throw error;
  });
  const pods = await objects.list('pod', { labelSelector: runsOf(name) });
  const own = pods.filter(({ labels }) => isOfJob(labels, job));
  await Promise.all(own.map(pod => objects.remove('pod', pod.name, { uid: pod.uid })));
  await untilGone(bench, name, undefined, job);
}

/** `of`: of that Job alone. */
export async function untilGone(
  { objects }: Workbench,
  name: WorkspaceName,
  signal?: AbortSignal,
  of?: Pick<JobReport, 'uid'>,
): Promise<void> {
  const deadline = Date.now() + longestGraceMs + endMs;
  for (let waitMs = pollMs; ; waitMs = Math.min(slowestPollMs, waitMs * 1.3)) {
    const all = await objects.list('pod', { labelSelector: runsOf(name) }, signal);
    const pods = all.filter(({ labels }) => isOfJob(labels, of));
    const job = pods.length === 0 ? await objects.get('job', objectName(name), signal) : undefined;
    const isJobEnding = job?.isDeleting && (of === undefined || job.uid === of.uid);
    if (pods.length === 0 && !isJobEnding) return;
    const lost = pods.find(({ isLost, isDeleting }) => isLost && isDeleting);
    if (lost || Date.now() > deadline) {
      const node = lost?.node;
      throw new BerthError(
        node === undefined
          ? l10n.t('The cluster has not ended the pod of “{0}” in time. Force it off, or try again.', name)
          : l10n.t(
              'The node {0} does not answer, so that the pod of “{1}” cannot end. Force it off.',
              node,
              name,
            ),
        { code: 'failed' },
      );
    }
    await sleep(waitMs, undefined, signal ? { signal } : {});
  }
}

/** Removes a home. It goes a moment later, which is waited for, or when what else uses it lets go, which is not. */
export async function removeHome(bench: Workbench, name: WorkspaceName, uid: string): Promise<void> {
  await bench.objects.remove('claim', homeClaim(name), { uid });
  const bound = AbortSignal.timeout(claimMs);
  await untilClaimGone(bench, name, uid, bound).catch(error => {
    if (!bound.aborted) throw error;
  });
}

/** A claim that was deleted goes after the last pod that uses it. */
export async function untilClaimGone(
  { objects }: Workbench,
  name: WorkspaceName,
  uid: string,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + endMs;
  while ((await objects.get('claim', homeClaim(name), signal))?.uid === uid) {
    if (Date.now() > deadline) {
      throw new BerthError(
        l10n.t('The cluster has not removed the old home of “{0}” in time: its claim is still in use.', name),
        { code: 'failed' },
      );
    }
    await sleep(pollMs, undefined, { signal });
  }
}
