/** A new container from the record, home kept. The old one stays until the new one is there. */
import * as l10n from '@vscode/l10n';
import { isSameReference } from '../../image/reference.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import { stopCodes } from '../../workspace/stopCodes.ts';
import type { ImageDetails, Report } from '../engine.ts';
import {
  makeContainer,
  newToken,
  refuseIfDeleted,
  removeContainer,
  removeContainerIfOurs,
  removeDeadInterims,
  withImage,
  writeUnlessChanged,
} from './assembly.ts';
import { startAndAwait } from './bootWatch.ts';
import { foundOrPulled, pulled, recordedOrPulled } from './imageResolver.ts';
import { keepEnd } from './lastEnd.ts';
import { containerName, interimContainerName } from './names.ts';
import type { Parts } from './parts.ts';
import { forceOff, stopGently } from './stopping.ts';
import { homeOptions, makeVolume, removeIfOurs } from './volumeSet.ts';
import { existing, refuseIfTaken, type Workbench } from './workbench.ts';

/** Cancelled or failed, the home is there and the workspace is off, or as it was where nothing had been touched yet. */
export async function rebuildWorkspace(
  bench: Workbench,
  name: WorkspaceName,
  options: { readonly pull: boolean },
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const parts = await existing(bench, name, signal);
  refuseIfTaken(bench, parts);
  await removeDeadInterims(bench, parts);
  const wasUp = parts.container?.status === 'running' || parts.container?.status === 'paused';
  // Again where somebody edits it meanwhile: an edit is never lost to a pull that takes its time.
  let made: Made | undefined;
  while (!made) made = await rebuiltOnce(bench, name, options.pull, report, signal);
  const { containerId, isAttached } = made;
  bench.failures.delete(name);
  signal.throwIfAborted();
  if (!wasUp) return;
  try {
    await startAndAwait(bench, { name, containerId, isAttached }, report, signal);
  } catch (error) {
    if (signal.aborted) await forceOff(bench, name, stopCodes.rebuildCancelled);
    throw error;
  }
}

interface Made {
  readonly containerId: string;
  readonly isAttached: boolean;
}

/** undefined where the record was changed while this went on. */
async function rebuiltOnce(
  bench: Workbench,
  name: WorkspaceName,
  isNewest: boolean,
  report: Report,
  signal: AbortSignal,
): Promise<Made | undefined> {
  const parts = await existing(bench, name, signal);
  const basis = await bench.records.read(parts, signal, report);
  const image = await imageFor(bench, basis, isNewest, report, signal);
  const record = await withImage(bench, { ...basis, revision: basis.revision + 1 }, image, signal);
  report({ kind: 'step', step: 'create', message: l10n.t('Making a new container for {0}', name) });
  const containerId = await replaceContainer(bench, parts, basis, record, image, signal);
  const isAttached = record.settings.firstProcess === 'image';
  return containerId === undefined ? undefined : { containerId, isAttached };
}

/** The image of the record, unless the settings name another since, or the newest is asked for. */
async function imageFor(
  { images }: Workbench,
  { settings, image }: WorkspaceRecord,
  isNewest: boolean,
  report: Report,
  signal: AbortSignal,
): Promise<ImageDetails> {
  if (isNewest) return await pulled(images, settings.image, report, signal);
  return isSameReference(settings.image, image.reference)
    ? await recordedOrPulled(images, image, report, signal)
    : await foundOrPulled(images, settings.image, report, signal);
}

async function replaceContainer(
  bench: Workbench,
  parts: Parts,
  basis: WorkspaceRecord,
  record: WorkspaceRecord,
  image: ImageDetails,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { docker } = bench;
  const { name, container: old } = parts;
  const token = newToken();
  const interim = interimContainerName(name, token);
  const home = homeOptions(record, token);
  let isWritten = false;
  const takeBack = async () => {
    await removeContainerIfOurs(bench, interim, token);
    if (!isWritten) await removeIfOurs(docker, home.Name, token);
  };
  await refuseIfDeleted(bench, parts, signal);
  try {
    await makeVolume(docker, home);
    const container = await makeContainer(bench, record, image, { name: interim, token });
    signal.throwIfAborted();
    await keepEnd(bench, parts, signal);
    await stopGently(docker, parts);
    if (!(await writeUnlessChanged(bench, container, parts, { basis, record }, signal))) {
      await takeBack();
      return undefined;
    }
    isWritten = true;
    // From here on there is no way back, so it is gone through with whatever the signal says.
    if (old) await removeContainer(docker, old.id);
    await container.rename({ name: containerName(name) });
    return container.id;
  } catch (error) {
    await takeBack().catch(problem =>
      bench.log('warn', `could not remove the container ${interim}: ${problem}`),
    );
    throw error;
  }
}
