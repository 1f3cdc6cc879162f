/** Creates a workspace, leaving nothing behind where that fails, and finishes a creation that was interrupted. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import { capacityProblem, platformProblem } from '../capacity.ts';
import { draftRecord, homeKept, taken, tooEarly } from '../creating.ts';
import type { CreateRequest, EngineFacts, ImageDetails, Report } from '../engine.ts';
import { Undo } from '../undo.ts';
import {
  makeContainer,
  refuseIfDeleted,
  removeContainer,
  removeContainerIfOurs,
  resolve,
  withImage,
  writeUnlessChanged,
} from './assembly.ts';
import { startAndAwait } from './bootWatch.ts';
import { probe } from './facts.ts';
import { fillNewHome } from './homes.ts';
import { pulled } from './imageResolver.ts';
import { leaveCopy } from './labelCopy.ts';
import { placeMark, removeMark } from './marks.ts';
import { containerName } from './names.ts';
import type { Parts } from './parts.ts';
import type { VolumeReport } from './reports.ts';
import { homeOptions, makeVolume, recordOptions, removeIfOurs } from './volumeSet.ts';
import { refuseIfTaken, selfMaker, type Workbench } from './workbench.ts';

/** An engine under load may take longer than what a look at its health allows (Podman's info most of all). */
const patientMs = 30_000;

export async function createWorkspace(
  bench: Workbench,
  request: CreateRequest,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { name, settings } = request;
  report({ kind: 'step', step: 'check', message: l10n.t('Checking the target') });
  const [facts, local, parts] = await Promise.all([
    probe(bench.connection, signal, patientMs),
    bench.images.details(settings.image, signal),
    bench.observer.one(name, signal),
  ]);
  refuseIfTaken(bench, parts);
  if (parts.container || parts.record || parts.building) throw taken(name);
  if (request.home && parts.home) throw homeKept(name);
  const problem = capacityProblem(settings, facts) ?? (local && platformProblem(local, facts));
  if (problem) throw problem;

  const mark = await placeMark(bench, name, 'building', request.maker);
  if (!('token' in mark)) throw taken(name);
  const undo = new Undo();
  undo.push(() => removeMark(bench.docker, name, 'building'));
  bench.creations.add(mark.token);
  try {
    await build(bench, { ...request, facts, local, token: mark.token }, undo, report, signal);
  } catch (error) {
    await takeBack(bench, undo, name);
    throw error;
  } finally {
    bench.creations.delete(mark.token);
  }
}

interface Build extends CreateRequest {
  readonly facts: EngineFacts;
  readonly local: ImageDetails | undefined;
  readonly token: string;
}

/** The record first where it takes time to get the image, so that another process can finish from it. */
async function build(
  bench: Workbench,
  request: Build,
  undo: Undo,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { docker } = bench;
  const { name, token } = request;
  const draft = draftRecord(request, bench.clock);
  let image = request.local;
  if (!image) {
    // Who finished from it would leave the data out.
    if (!request.home) {
      const made = await makeRecordVolume(bench, draft, token, undo);
      const parts = { name, container: undefined, record: made };
      await bench.records.through(parts, at => bench.records.writeAll(at, draft));
      signal.throwIfAborted();
    }
    image = await pulled(bench.images, draft.settings.image, report, signal);
    const problem = platformProblem(image, request.facts);
    if (problem) throw problem;
  }
  report({ kind: 'step', step: 'create', message: l10n.t('Creating {0}', name) });
  const record = await withImage(bench, draft, image, signal);
  signal.throwIfAborted();
  const home = homeOptions(record, token);
  undo.push(() => removeIfOurs(docker, home.Name, token));
  await Promise.all([makeVolume(docker, home), makeRecordVolume(bench, record, token, undo)]);
  signal.throwIfAborted();
  // Before the container, whose creation would fill it from the image.
  if (request.home) await fillNewHome(bench, record, image, request.home, report, signal);
  signal.throwIfAborted();

  undo.push(() => removeContainerIfOurs(bench, containerName(name), token));
  const container = await makeContainer(bench, record, image, { name: containerName(name), token });
  signal.throwIfAborted();
  await bench.records.writeAll(container, record);
  if (!request.local) {
    // The record's labels are the draft's.
    undo.push(() => removeMark(docker, name, `edit-${record.revision}`));
    await leaveCopy(docker, [], record);
  }
  signal.throwIfAborted();
  const isAttached = record.settings.firstProcess === 'image';
  await Promise.all([
    removeMark(docker, name, 'building'),
    request.start && startAndAwait(bench, { name, containerId: container.id, isAttached }, report, signal),
  ]);
  signal.throwIfAborted();
}

/** Goes on where a maker who is gone stopped. Whatever fails or is cancelled, what is there stays. Returns the container. */
export async function finishCreation(
  bench: Workbench,
  parts: Parts,
  report: Report,
  signal: AbortSignal,
): Promise<string> {
  const { docker } = bench;
  const { name } = parts;
  if (!parts.record) throw tooEarly(name);
  const draft = await bench.records.read(parts, signal, report).catch(cause => {
    throw tooEarly(name, cause);
  });
  await removeMark(docker, name, 'building');
  const mark = await placeMark(bench, name, 'building', { ...selfMaker(), identity: draft.createdBy });
  if (!('token' in mark)) throw taken(name);
  bench.creations.add(mark.token);
  try {
    await makeVolume(docker, homeOptions(draft, mark.token));
    const { record, image } = await resolve(bench, draft, report, signal);
    await refuseIfDeleted(bench, parts, signal);
    if (parts.container) await removeContainer(docker, parts.container.id);
    const container = await makeContainer(bench, record, image, {
      name: containerName(name),
      token: mark.token,
    });
    if (await writeUnlessChanged(bench, container, parts, { basis: draft, record }, signal))
      return container.id;
    await removeContainer(docker, container.id);
    throw new BerthError(l10n.t('“{0}” was changed while its creation was finished. Start it again.', name), {
      code: 'stale',
    });
  } finally {
    bench.creations.delete(mark.token);
    await removeMark(docker, name, 'building');
  }
}

async function makeRecordVolume(
  { docker }: Workbench,
  record: WorkspaceRecord,
  token: string,
  undo: Undo,
): Promise<VolumeReport> {
  const options = recordOptions(record, token);
  undo.push(() => removeIfOurs(docker, options.Name, token));
  if (!(await makeVolume(docker, options))) throw taken(record.name);
  return { name: options.Name, labels: options.Labels ?? {} };
}

/** With an engine that does not answer, what is left is taken back when it does again. */
async function takeBack(bench: Workbench, undo: Undo, name: WorkspaceName): Promise<void> {
  const errors = await undo.run();
  if (errors.length === 0) return;
  bench.leftovers.add(undo);
  bench.log('warn', `could not take back the creation of ${name} yet: ${errors.map(String).join('; ')}`);
}
