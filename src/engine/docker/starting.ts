/** Starts a workspace from whatever state it is in, or says why that cannot be. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { stopCodes } from '../../workspace/stopCodes.ts';
import type { Report } from '../engine.ts';
import { remakeContainer, removeContainer, removeDeadInterims } from './assembly.ts';
import { awaitReady, putBootIn, startAndAwait } from './bootWatch.ts';
import { finishCreation } from './creation.ts';
import { engineFault } from './errors.ts';
import { keepEnd } from './lastEnd.ts';
import { containerName } from './names.ts';
import { factsOf, type Parts } from './parts.ts';
import { forceOff, stopGently } from './stopping.ts';
import { existing, refuseIfTaken, type Workbench } from './workbench.ts';

/** Cancelled, it is off again. */
export async function startWorkspace(
  bench: Workbench,
  name: WorkspaceName,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const parts = await existing(bench, name, signal);
  refuseIfTaken(bench, parts);
  await removeDeadInterims(bench, parts);
  try {
    await startFrom(bench, parts, report, signal);
  } catch (error) {
    // Not where it ran before: somebody else started that.
    if (signal.aborted && nextStep(parts).do !== 'await') await forceOff(bench, name, stopCodes.cancelled);
    throw error;
  }
}

/** What starting takes, from what there is. Pure. */
export function nextStep(
  parts: Parts,
): { do: 'finish' | 'remake' | 'start' | 'resume' | 'await' } | { do: 'fail'; error: BerthError } {
  const { name, container, building } = parts;
  if (building) return { do: 'finish' };
  if (!parts.record) {
    return failure(l10n.t('Cannot start “{0}”: its record is gone. Delete it and create it again.', name));
  }
  if (!parts.home) {
    return failure(l10n.t('Cannot start “{0}”: its home is gone. A rebuild makes an empty one.', name));
  }
  switch (container?.status) {
    case undefined:
    case 'dead':
    case 'removing':
      return { do: 'remake' };
    case 'created':
    case 'exited':
      return { do: 'start' };
    case 'paused':
      return { do: 'resume' };
    case 'running':
    case 'restarting':
      return { do: 'await' };
  }
}

async function startFrom(bench: Workbench, parts: Parts, report: Report, signal: AbortSignal): Promise<void> {
  const { docker } = bench;
  const { name, container } = parts;
  const step = nextStep(parts);
  switch (step.do) {
    case 'fail':
      throw step.error;
    case 'finish':
      return await run(bench, parts, await finishCreation(bench, parts, report, signal), report, signal);
    case 'remake':
      if (container) await removeContainer(docker, container.id);
      return await run(bench, parts, await remake(bench, parts, report, signal), report, signal);
  }
  if (!container) return;
  await takeNameBack(bench, parts);
  switch (step.do) {
    case 'resume':
      await docker.getContainer(container.id).unpause();
      return await awaitReady(bench, name, signal);
    case 'await':
      if ((await bench.observer.bootOf(container, signal)) === 'stopping') {
        // It ends, or does not get there by itself: either way it is to run again.
        await stopGently(docker, parts);
        return await startFrom(bench, await existing(bench, name, signal), report, signal);
      }
      if (isAttached(parts)) await putBootIn(docker.getContainer(container.id));
      return await awaitReady(bench, name, signal);
    case 'start':
      await keepEnd(bench, parts, signal);
      await bench.records.refreshBoot(docker.getContainer(container.id), signal);
      await bench.records.refreshLimits(parts, bench.clock.now(), signal);
      return await run(bench, parts, container.id, report, signal);
  }
}

/** A port that another program took since (Podman keeps the first one for good) needs a new container, once. */
async function run(
  bench: Workbench,
  parts: Parts,
  containerId: string,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const startable = { name: parts.name, isAttached: isAttached(parts) };
  try {
    await startAndAwait(bench, { ...startable, containerId }, report, signal);
  } catch (error) {
    if (engineFault(error)?.code !== 'port-taken') throw error;
    await removeContainer(bench.docker, containerId);
    const again = await remake(bench, parts, report, signal);
    await startAndAwait(bench, { ...startable, containerId: again }, report, signal);
  }
}

async function remake(
  bench: Workbench,
  { name }: Parts,
  report: Report,
  signal: AbortSignal,
): Promise<string> {
  report({ kind: 'step', step: 'create', message: l10n.t('Making the container of {0} again', name) });
  return await remakeContainer(bench, name, report, signal);
}

/** Somebody renamed the container: others, the proxy among them, look for it by its own name. */
async function takeNameBack({ docker }: Workbench, { name, container }: Parts): Promise<void> {
  if (container && container.name !== containerName(name)) {
    await docker.getContainer(container.id).rename({ name: containerName(name) });
  }
}

function isAttached(parts: Parts): boolean {
  return factsOf(parts).settings?.firstProcess === 'image';
}

function failure(message: string): { do: 'fail'; error: BerthError } {
  return { do: 'fail', error: new BerthError(message, { code: 'not-found' }) };
}
