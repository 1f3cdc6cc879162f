/** From a record to a container that can be started: at creation, and again whenever the container is gone or rebuilt. */
import { randomBytes } from 'node:crypto';
import type Dockerode from 'dockerode';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { ImageDetails, Report } from '../engine.ts';
import { containerOptions } from './containerOptions.ts';
import { unlessGone } from './errors.ts';
import { recordedImage, recordedOrPulled } from './imageResolver.ts';
import { labelKeys } from './labels.ts';
import { containerName } from './names.ts';
import type { Parts } from './parts.ts';
import { makeDataVolumes } from './volumeSet.ts';
import type { Workbench } from './workbench.ts';

/** Never cancelled half way: each call of the engine is short, and one that breaks off leaves open what it did. */
export async function makeContainer(
  { docker }: Workbench,
  record: WorkspaceRecord,
  image: ImageDetails,
  options: { readonly name: string; readonly token: string },
): Promise<Dockerode.Container> {
  await makeDataVolumes(docker, record);
  const wanted = containerOptions(record, image, options.name);
  return await docker.createContainer({
    ...wanted,
    Labels: { ...wanted.Labels, [labelKeys.token]: options.token },
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

/** Named volumes stay, the image's anonymous ones go with it. */
export async function removeContainer(docker: Dockerode, id: string): Promise<void> {
  await unlessGone(docker.getContainer(id).remove({ force: true, v: true }));
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
  const login = await bench.logins.of(image, record.settings, signal);
  return { ...record, image: recordedImage(image), login };
}

/** Makes the container again that somebody removed, on the record and home that are there. Returns its id. */
export async function remakeContainer(
  bench: Workbench,
  parts: Parts,
  report: Report,
  signal: AbortSignal,
): Promise<string> {
  const { record, image } = await resolve(
    bench,
    await bench.records.read(parts, signal, report),
    report,
    signal,
  );
  signal.throwIfAborted();
  const container = await makeContainer(bench, record, image, {
    name: containerName(parts.name),
    token: newToken(),
  });
  await bench.records.writeAll(container, record);
  return container.id;
}

export function newToken(): string {
  return randomBytes(8).toString('hex');
}
