/** From a workspace's record to the container that Docker makes of it, and to what of it can change while it runs. Pure. */
import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import { bootInputs, recordFolder } from '../../boot/bootFiles.ts';
import { inFolder, type OwnCommand, withOverrides as overridden } from '../../workspace/ownImage.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { WorkspaceSettings } from '../../workspace/settings.ts';
import { ownCommand } from '../../workspace/studio.ts';
import { workspaceLabels } from '../labels.ts';
import { mountPlan } from './mounts.ts';
import { homeVolume, recordVolume } from './names.ts';
import { withOverrides } from './overrides.ts';

/** How boot is run; its subcommands come after it (see boot.sh). */
export const bootCommand = ['/bin/sh', `${recordFolder}/${bootInputs.boot}`];

const mebibyte = 1024 * 1024;
/** Docker's weight of one core, where shares are used. */
const sharesPerCpu = 1024;

/** What of the image's config decides about the container. */
export interface ImageCommand extends OwnCommand {
  /** The id, so that a tag that moves meanwhile changes nothing. */
  readonly id: string;
}

/**
 * Port 22 only on the loopback and on a port that the engine chooses; no `Init` (Podman without catatonit refuses it) and
 * no health check (each probe costs); boot runs as root and is PID 1, unless the image's own entrypoint insists on that.
 */
export function containerOptions(
  record: WorkspaceRecord,
  image: ImageCommand,
  containerName: string,
): ContainerCreateOptions {
  const { settings } = record;
  const plain: ContainerCreateOptions = {
    name: containerName,
    Image: image.id,
    Hostname: record.name,
    Labels: workspaceLabels(record),
    ...firstProcess(settings, image),
    Healthcheck: { Test: ['NONE'] },
    StopTimeout: settings.stopGraceSeconds,
    ExposedPorts: { '22/tcp': {} },
    HostConfig: {
      ...resources(settings),
      ShmSize: settings.sharedMemoryMiB * mebibyte,
      PortBindings: { '22/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
      Mounts: [...ownMounts(record), ...mountPlan(record.name, settings.mounts).mounts],
      ...(settings.gpuCount > 0 && {
        DeviceRequests: [{ Driver: '', Count: settings.gpuCount, Capabilities: [['gpu']] }],
      }),
      ...(settings.runtime !== undefined && { Runtime: settings.runtime }),
    },
  };
  return withOverrides(plain, settings.overrides);
}

/**
 * The same limits for a container that is there already: what the other way of allocation had set is undone. Docker takes
 * 0 for 'as it is', so a quota is lifted by one of all the engine's cores.
 */
export function liveUpdate(settings: WorkspaceSettings, engineCpus: number): HostConfig {
  return {
    ...resources(settings),
    ...(settings.cpuAllocation === 'shares'
      ? { NanoCpus: nanoCpus(engineCpus) }
      : { CpuShares: sharesPerCpu }),
  };
}

function resources(settings: WorkspaceSettings): HostConfig {
  const memory = settings.memoryMiB * mebibyte;
  return {
    Memory: memory,
    // Docker's own default, said here because a later change of the memory must name it.
    MemorySwap: 2 * memory,
    ...(settings.cpuAllocation === 'shares'
      ? { CpuShares: Math.max(2, Math.round(settings.cpus * sharesPerCpu)) }
      : { NanoCpus: nanoCpus(settings.cpus) }),
  };
}

function nanoCpus(cpus: number): number {
  return Math.round(cpus * 1e9);
}

function firstProcess(settings: WorkspaceSettings, image: ImageCommand): Partial<ContainerCreateOptions> {
  const { overrides = {}, firstProcess } = settings;
  const own = overridden(image, overrides);
  const asRoot = { User: '0:0', StopSignal: 'SIGTERM', Entrypoint: bootCommand };
  switch (firstProcess) {
    case 'boot':
      return { ...asRoot, Cmd: [] };
    case 'beside':
      return { ...asRoot, Cmd: ['beside', own.user, ...inFolder(ownCommand(own), overrides.folder)] };
    case 'image':
      return {
        ...(overrides.user !== undefined && { User: overrides.user }),
        ...(overrides.entrypoint && { Entrypoint: overrides.entrypoint }),
        ...((overrides.command ?? overrides.entrypoint) && { Cmd: [...own.command] }),
      };
  }
}

function ownMounts(record: WorkspaceRecord): MountSettings[] {
  return [
    { Type: 'volume', Source: recordVolume(record.name), Target: recordFolder },
    { Type: 'volume', Source: homeVolume(record.name), Target: record.login.home },
  ];
}
