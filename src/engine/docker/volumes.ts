/** The volumes of a Docker engine as people see them: homes by their workspace, Berth's own records and marks left out. */
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import * as z from 'zod';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Volume, VolumeStore } from '../engine.ts';
import { labelKeys, nameOf, type Role, roleOf } from '../labels.ts';
import { containersUsing, statusOf } from './inUse.ts';
import { markVolume } from './names.ts';

export class DockerVolumeStore implements VolumeStore {
  readonly #docker: Dockerode;

  constructor(docker: Dockerode) {
    this.#docker = docker;
  }

  async list(signal?: AbortSignal): Promise<Volume[]> {
    return visibleVolumes(await this.#docker.listVolumes({ ...(signal && { abortSignal: signal }) }));
  }

  async removeKeptHome(name: WorkspaceName): Promise<void> {
    const home = keptHomes(await this.#docker.listVolumes()).get(name);
    if (home === 'in-use') {
      throw new BerthError(
        l10n.t('The home of “{0}” belongs to a workspace that exists. Delete the workspace instead.', name),
        { code: 'conflict' },
      );
    }
    if (home === undefined) {
      throw new BerthError(l10n.t('There is no kept home of a workspace “{0}”', name), { code: 'not-found' });
    }
    try {
      await this.#docker.getVolume(home.name).remove();
    } catch (cause) {
      switch (statusOf(cause)) {
        case 404:
          return;
        case 409: {
          const users = await containersUsing(this.#docker, { volume: home.name });
          throw new BerthError(
            l10n.t('Cannot remove the kept home of “{0}”: it is used by {1}', name, users.join(', ')),
            { code: 'conflict', cause },
          );
        }
        default:
          throw cause;
      }
    }
  }
}

const VolumeList = z.object({
  Volumes: z
    .array(
      z.object({
        Name: z.string(),
        Driver: z.string().default('local'),
        CreatedAt: z.string().nullish(),
        Labels: z.record(z.string(), z.string()).nullish(),
      }),
    )
    .nullish(),
});

/** Pure: the engine's list without records and marks, homes first, then by name. */
export function visibleVolumes(answer: unknown): Volume[] {
  return (VolumeList.parse(answer).Volumes ?? [])
    .filter(({ Labels }) => !['record', 'mark'].includes(roleOf(Labels ?? {}) ?? ''))
    .map(({ Name, Driver, CreatedAt, Labels }) => {
      const homeOf = ownerOf(Labels, 'home');
      const createdBy = homeOf && Labels?.[labelKeys.createdBy];
      return {
        name: Name,
        driver: Driver,
        ...(homeOf !== undefined && { homeOf }),
        ...(CreatedAt && { createdAt: CreatedAt }),
        ...(createdBy && { createdBy }),
      };
    })
    .sort(
      (a, b) =>
        Number(b.homeOf !== undefined) - Number(a.homeOf !== undefined) || a.name.localeCompare(b.name),
    );
}

/** Pure: each home by its workspace; 'in-use' while the workspace's record, or a creation in progress, is there. */
export function keptHomes(answer: unknown): Map<WorkspaceName, Volume | 'in-use'> {
  const volumes = VolumeList.parse(answer).Volumes ?? [];
  const alive = new Set(
    volumes.flatMap(({ Name, Labels }) => {
      const builder = ownerOf(Labels, 'mark');
      return (
        ownerOf(Labels, 'record') ?? (builder && Name === markVolume(builder, 'building') ? builder : [])
      );
    }),
  );
  return new Map(
    visibleVolumes(answer).flatMap(volume =>
      volume.homeOf === undefined
        ? []
        : [[volume.homeOf, alive.has(volume.homeOf) ? ('in-use' as const) : volume] as const],
    ),
  );
}

function ownerOf(
  labels: Readonly<Record<string, string>> | null | undefined,
  role: Role,
): WorkspaceName | undefined {
  return labels && roleOf(labels) === role ? nameOf(labels) : undefined;
}
