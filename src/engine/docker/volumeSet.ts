/** The volumes of one workspace, made and removed by whoever they belong to. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import type { VolumeCreateOptions } from 'dockerode';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import { type Labels, labelKeys, nameOf, partLabels, workspaceLabels } from '../labels.ts';
import { unlessGone } from './errors.ts';
import { statusOf } from './inUse.ts';
import { mountPlan } from './mounts.ts';
import { homeVolume, recordVolume } from './names.ts';
import type { Parts } from './parts.ts';
import { createVolume } from './rawApi.ts';
import type { VolumeReport } from './reports.ts';

/** A home that is there already is kept as it is. */
export function homeOptions(record: WorkspaceRecord, token: string): VolumeCreateOptions & { Name: string } {
  const { name, createdBy } = record;
  return {
    Name: homeVolume(name),
    Labels: partLabels(name, 'home', { [labelKeys.createdBy]: createdBy, [labelKeys.token]: token }),
  };
}

/** Carries what the container carries, so that a list can show the workspace while the container is gone. */
export function recordOptions(
  record: WorkspaceRecord,
  token: string,
): VolumeCreateOptions & { Name: string } {
  return {
    Name: recordVolume(record.name),
    Labels: {
      ...workspaceLabels(record),
      ...partLabels(record.name, 'record'),
      [labelKeys.token]: token,
    },
  };
}

/** Makes what is missing of the volumes that the settings ask for by driver and options. */
export async function makeDataVolumes(docker: Dockerode, record: WorkspaceRecord): Promise<void> {
  const { volumes } = mountPlan(record.name, record.settings.mounts);
  await Promise.all(volumes.map(volume => docker.createVolume(volume)));
}

/** Makes the volume, or finds it: true where it carries our token. */
export async function makeVolume(
  docker: Dockerode,
  options: VolumeCreateOptions & { Name: string },
): Promise<boolean> {
  const { labels } = await createVolume(docker, options);
  return labels[labelKeys.token] === options.Labels?.[labelKeys.token];
}

/** Fine too where it is gone; a volume of somebody else stays. */
export async function removeIfOurs(docker: Dockerode, volume: string, token: string): Promise<void> {
  if (await carriesToken(docker, volume, token)) await removeVolume(docker, volume);
}

/** Docker lets go of a volume a moment after the container, or after the creation that failed. */
const releaseMs = 5000;

/** Fine too where it is gone. */
async function removeVolume(docker: Dockerode, volume: string): Promise<void> {
  for (const deadline = performance.now() + releaseMs; ; await sleep(50)) {
    try {
      await unlessGone(docker.getVolume(volume).remove());
      return;
    } catch (error) {
      if (statusOf(error) !== 409 || performance.now() > deadline) throw error;
    }
  }
}

export async function removeVolumes(
  docker: Dockerode,
  volumes: readonly (VolumeReport | undefined)[],
): Promise<void> {
  await Promise.all(volumes.map(volume => volume && removeVolume(docker, volume.name)));
}

/**
 * Removes what an engine made for the mounts of a container because somebody had begun to delete the workspace a moment
 * before: volumes with the names of its own and without a label. One that had none when it was seen `before`, made by hand,
 * stays. True where that is so.
 */
export async function removeIfDeleted(
  docker: Dockerode,
  name: WorkspaceName,
  before: Pick<Parts, 'home' | 'record'>,
): Promise<boolean> {
  const isOwn = (labels: Labels | null | undefined) => nameOf(labels ?? {}) !== undefined;
  const had = [
    ...(isOwn(before.record?.labels) ? [recordVolume(name)] : []),
    ...(isOwn(before.home?.labels) ? [homeVolume(name)] : []),
  ];
  const found = await Promise.all(had.map(volume => unlessGone(docker.getVolume(volume).inspect())));
  const bare = found.filter(volume => volume !== undefined && !isOwn(volume.Labels));
  await Promise.all(bare.map(volume => volume && removeVolume(docker, volume.Name)));
  return found.includes(undefined) || bare.length > 0;
}

export function deleted(name: WorkspaceName): BerthError {
  return new BerthError(l10n.t('“{0}” was deleted meanwhile.', name), { code: 'not-found' });
}

/** Whether a volume made for a mount holds nothing itself: NFS and CIFS are only ways to what is elsewhere. */
export async function isWayOnly(docker: Dockerode, { name }: VolumeReport): Promise<boolean> {
  const volume = await unlessGone(docker.getVolume(name).inspect());
  return volume?.Driver === 'local' && /^(nfs4?|cifs)$/.test(volume.Options?.type ?? '');
}

async function carriesToken(docker: Dockerode, volume: string, token: string): Promise<boolean> {
  const found = await unlessGone(docker.getVolume(volume).inspect());
  return found?.Labels?.[labelKeys.token] === token;
}
