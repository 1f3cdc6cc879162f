/** Whether a target can take a workspace: one rule for the form that asks and the engine that refuses. Pure. */
import * as l10n from '@vscode/l10n';
import type { WorkspaceSettings } from './settings.ts';

/** What is known of the target; undefined is not known, and is not held against a workspace. */
export interface Room {
  readonly cpus?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly freeMemoryBytes?: number | undefined;
  readonly freeDiskBytes?: number | undefined;
  readonly platforms?: readonly string[] | undefined;
  readonly runtimes?: readonly string[] | undefined;
  readonly gpus?: boolean | undefined;
  readonly isLocal?: boolean | undefined;
}

/** What the target has too little of, or not at all. */
export interface Shortage {
  readonly path: 'cpus' | 'memoryMiB' | 'gpuCount' | 'diskGiB' | 'runtime';
  readonly code: 'no-capacity' | 'unsupported';
  /** What there is, what is asked for and what to do. */
  readonly message: string;
}

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/** All of them, in the order of the form. */
export function shortagesOf(wanted: Partial<WorkspaceSettings>, room: Room): Shortage[] {
  const { cpus = 0, memoryMiB = 0, gpuCount = 0, diskGiB = 0, runtime } = wanted;
  const shortages: Shortage[] = [];
  const lacks = (path: Shortage['path'], code: Shortage['code'], message: string) =>
    shortages.push({ path, code, message });
  if (room.cpus !== undefined && cpus > room.cpus && wanted.cpuAllocation !== 'shares')
    lacks(
      'cpus',
      'no-capacity',
      l10n.t('The target has {0} CPUs, {1} are asked for. Choose fewer.', room.cpus, cpus),
    );
  const freeMemory = room.freeMemoryBytes ?? room.memoryBytes ?? 0;
  if (freeMemory > 0 && memoryMiB * mebibyte > freeMemory)
    lacks(
      'memoryMiB',
      'no-capacity',
      l10n.t(
        'The target has {0} MiB of memory free, {1} MiB are asked for. Choose less, or stop another workspace.',
        Math.floor(freeMemory / mebibyte),
        memoryMiB,
      ),
    );
  if (gpuCount > 0 && room.gpus === false)
    lacks('gpuCount', 'unsupported', l10n.t('The target has no GPU that containers can use.'));
  if (room.freeDiskBytes !== undefined && diskGiB * gibibyte > room.freeDiskBytes)
    lacks(
      'diskGiB',
      'no-capacity',
      l10n.t(
        'The target has {0} GiB of disk free, {1} GiB are asked for. Choose less, or remove images or volumes there.',
        Math.floor(room.freeDiskBytes / gibibyte),
        diskGiB,
      ),
    );
  if (runtime !== undefined && room.runtimes?.length && !room.runtimes.includes(runtime))
    lacks(
      'runtime',
      'unsupported',
      l10n.t('The target has no container runtime {0}. Choose another.', runtime),
    );
  return shortages;
}

/** Whether an image of that platform runs there; the variant does not count, and what is not known is no obstacle. */
export function runsOn(platform: string | undefined, platforms: readonly string[] | undefined): boolean {
  const base = (text: string) => text.split('/').slice(0, 2).join('/');
  return !platform || !platforms?.length || platforms.map(base).includes(base(platform));
}
