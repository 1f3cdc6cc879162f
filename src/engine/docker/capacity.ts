/** Whether a target can take a workspace, looked at before anything is made. Pure. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceSettings } from '../../workspace/settings.ts';
import type { EngineFacts, ImageDetails } from '../engine.ts';

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/** Why not, with what to do, or undefined. What the engine cannot tell is not held against it. */
export function capacityProblem(settings: WorkspaceSettings, facts: EngineFacts): BerthError | undefined {
  const refuse = (message: string, code: 'no-capacity' | 'unsupported' = 'no-capacity') =>
    new BerthError(message, { code });
  if (settings.cpus > facts.cpus && settings.cpuAllocation !== 'shares') {
    return refuse(
      l10n.t('The target has {0} CPUs, {1} are asked for. Choose fewer.', facts.cpus, settings.cpus),
    );
  }
  const freeMemory = facts.freeMemoryBytes ?? facts.memoryBytes;
  if (freeMemory > 0 && settings.memoryMiB * mebibyte > freeMemory) {
    return refuse(
      l10n.t(
        'The target has {0} MiB of memory free, {1} MiB are asked for. Choose less, or stop another workspace.',
        Math.floor(freeMemory / mebibyte),
        settings.memoryMiB,
      ),
    );
  }
  if (facts.freeDiskBytes !== undefined && settings.diskGiB * gibibyte > facts.freeDiskBytes) {
    return refuse(
      l10n.t(
        'The target has {0} GiB of disk free, {1} GiB are asked for. Choose less, or remove images or volumes there.',
        Math.floor(facts.freeDiskBytes / gibibyte),
        settings.diskGiB,
      ),
    );
  }
  const { runtime } = settings;
  if (runtime !== undefined && facts.runtimes.length > 0 && !facts.runtimes.includes(runtime)) {
    return refuse(l10n.t('The target has no container runtime {0}. Choose another.', runtime), 'unsupported');
  }
  return undefined;
}

/** Why the target cannot run the image, or undefined. Platforms are compared without their variant. */
export function platformProblem(image: ImageDetails, facts: EngineFacts): BerthError | undefined {
  const base = (platform: string) => platform.split('/').slice(0, 2).join('/');
  const platforms = facts.platforms.map(base);
  if (platforms.length === 0 || image.platform === '' || platforms.includes(base(image.platform)))
    return undefined;
  return new BerthError(
    l10n.t(
      'The image {0} is made for {1}, the target runs {2}. Choose another image or target.',
      image.reference,
      image.platform,
      facts.platforms.join(', '),
    ),
    { code: 'unsupported' },
  );
}
