/** From a record to a container that can be started: at creation, and again whenever the container is gone or rebuilt. */
import { randomBytes } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { LoginUser, type Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { ImageDetails, Report } from '../engine.ts';
import { labelKeys, roleOf } from '../labels.ts';
import { isMarkAlive, makerLabels, readMark } from '../maker.ts';
import { containerOptions } from './containerOptions.ts';
import { unlessGone, wordsOf } from './errors.ts';
import { recordedImage, recordedOrPulled } from './imageResolver.ts';
import { leaveCopy } from './labelCopy.ts';
import { whileWriting } from './marks.ts';
import { containerName } from './names.ts';
import { factsOf, type Parts } from './parts.ts';
import { deleted, makeDataVolumes, removeIfDeleted } from './volumeSet.ts';
import { existing, selfMaker, type Workbench } from './workbench.ts';

/** Never cancelled half way: each call of the engine is short, and one that breaks off leaves open what it did. */
export async function makeContainer(
  { docker, clock }: Workbench,
  record: WorkspaceRecord,
  image: ImageDetails,
  options: { readonly name: string; readonly token: string },
): Promise<Dockerode.Container> {
  await makeDataVolumes(docker, record);
  const wanted = containerOptions(record, image, options.name);
  return await docker.createContainer({
    ...wanted,
    Labels: { ...wanted.Labels, ...makerLabels(selfMaker(), options.token, { now: clock.now() }) },
  });
}

/** Removes the container of that name where it carries our token. */
export async function removeContainerIfOurs(
  { docker, observer }: Workbench,
  name: string,
  token: string,
): Promise<void> {
  const found = await observer.container(name);
  if (found?.labels[labelKeys.token] === token) await removeContainer(docker, found.id);
}

/** What a rebuild that was killed left behind; one that goes on is left alone. */
export async function removeDeadInterims({ docker, clock }: Workbench, { interims }: Parts): Promise<void> {
  const dead = interims.filter(({ labels }) => {
    const mark = readMark(labels);
    return mark === undefined || !isMarkAlive(mark, clock);
  });
  await Promise.all(dead.map(({ id }) => removeContainer(docker, id)));
}

/** Named volumes stay, the image's anonymous ones go with it. */
export async function removeContainer(docker: Dockerode, id: string): Promise<void> {
  await unlessGone(docker.getContainer(id).remove({ force: true, v: true })).catch(error => {
    // One that stood beside a home a moment ago goes by itself.
    if (!/already in progress/i.test(wordsOf(error))) throw error;
  });
}

/** The record with its image found or pulled, and with who logs in to that. */
export async function resolve(
  bench: Workbench,
  record: WorkspaceRecord,
  report: Report,
  signal: AbortSignal,
): Promise<{ record: WorkspaceRecord; image: ImageDetails }> {
  const image = await recordedOrPulled(bench.images, record.image, report, signal);
  return { record: await withImage(bench, record, image, signal), image };
}

export async function withImage(
  bench: Workbench,
  record: WorkspaceRecord,
  image: ImageDetails,
  signal: AbortSignal,
): Promise<WorkspaceRecord> {
  const login = await bench.logins.of(record.name, image, record.settings, signal);
  // An image's /etc/passwd may say anything; what no label could carry is refused before anything is made of it.
  if (!LoginUser.safeParse(login).success) {
    throw new BerthError(
      l10n.t(
        'The user of the image {0} has a name or home that cannot be used. Choose another user or home.',
        image.reference,
      ),
      { code: 'invalid' },
    );
  }
  return { ...record, image: recordedImage(image), login };
}

/**
 * Writes the record into a new container, unless somebody has changed it since it was read as `basis`: then false, and
 * the container is one of yesterday. The lock is held for this short write alone, never while something is pulled or ends.
 * Throws 'not-found', and leaves nothing of the container, where the workspace that `before` was seen of is deleted.
 */
export async function writeUnlessChanged(
  bench: Workbench,
  container: Dockerode.Container,
  before: Parts,
  { basis, record }: { readonly basis: WorkspaceRecord; readonly record: WorkspaceRecord },
  signal: AbortSignal,
): Promise<boolean> {
  const { docker, observer, records } = bench;
  return await whileWriting(bench, record.name, selfMaker(), signal, async () => {
    const parts = await observer.one(record.name, signal);
    try {
      if (isDeleted(before, parts)) throw deleted(record.name);
      if (factsOf(parts).revision !== basis.revision) return false;
      await records.writeAll(container, record);
      await leaveCopy(docker, parts.edits, record);
      return true;
    } catch (error) {
      if (isBerthError(error, 'not-found')) {
        await removeContainer(docker, container.id);
        await removeIfDeleted(docker, record.name, before);
      }
      throw error;
    }
  });
}

/**
 * Throws 'not-found' where what was seen `before` is a workspace's no longer. Asked right before a container is made: what
 * stands there by hand since, the engine did not make for its mounts.
 */
export async function refuseIfDeleted(bench: Workbench, before: Parts, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (isDeleted(before, await bench.observer.one(before.name, signal))) throw deleted(before.name);
}

function isDeleted(before: Parts, now: Parts): boolean {
  const isOwn = (parts: Parts, part: 'record' | 'home') => roleOf(parts[part]?.labels ?? {}) === part;
  return (['record', 'home'] as const).some(part => isOwn(before, part) && !isOwn(now, part));
}

/** Makes the container again that somebody removed, on the record and home that are there. Returns its id. */
export async function remakeContainer(
  bench: Workbench,
  name: WorkspaceName,
  report: Report,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const parts = { ...(await existing(bench, name, signal)), container: undefined };
    const basis = await bench.records.read(parts, signal, report);
    const { record, image } = await resolve(bench, basis, report, signal);
    await refuseIfDeleted(bench, parts, signal);
    const container = await makeContainer(bench, record, image, {
      name: containerName(name),
      token: newToken(),
    });
    if (await writeUnlessChanged(bench, container, parts, { basis, record }, signal)) return container.id;
    await removeContainer(bench.docker, container.id);
  }
}

export function newToken(): string {
  return randomBytes(8).toString('hex');
}
