/** What the form is filled in with when a person installs an entry, and what of the entry the target cannot give. Pure. */
import * as l10n from '@vscode/l10n';
import type { EngineFacts } from '../../engine/engine.ts';
import { type KindDefaults, kindDefaults } from '../../workspace/kindDefaults.ts';
import type { CatalogueOrigin, Overrides } from '../../workspace/overrides.ts';
import { type ImageKind, imageKinds, type WorkspaceSettings } from '../../workspace/settings.ts';
import { kindOf } from '../kind.ts';
import type { Entry } from './entry.ts';
import { chooseImage } from './images.ts';
import type { EntryReview } from './review.ts';

/** As much of the target as decides. */
export type TargetTraits = Pick<EngineFacts, 'platforms' | 'gpus' | 'cpus' | 'memoryBytes'>;

export interface Installation {
  /** To be put into the form over its defaults; what the entry does not say is not in it. */
  readonly settings: Partial<WorkspaceSettings> &
    Pick<WorkspaceSettings, 'image' | 'fromCatalogue' | 'env' | 'kind' | keyof KindDefaults>;
  /** What does not fit the target, in words. */
  readonly warnings: readonly string[];
}

/** `overrides`: those that the person decided on (review.ts). Without facts nothing is held against the target. */
export function settingsOf(
  entry: Entry,
  review: Pick<EntryReview, 'origin' | 'translation'>,
  overrides: Overrides,
  choice: { readonly channel?: string | undefined; readonly target?: TargetTraits | undefined },
): Installation {
  const { reference, channel } = chooseImage(entry, choice.channel);
  const { env, ports, sharedMemoryMiB } = review.translation;
  const fromCatalogue: CatalogueOrigin = { ...review.origin, ...(channel !== undefined && { channel }) };
  const gpuCount = entry.gpuCount ?? (entry.requiresGpu ? 1 : 0);
  const hasCommand = overrides.entrypoint !== undefined || overrides.command !== undefined;
  const kind = kindOfEntry(entry, reference);
  const usual = kindDefaults(kind);
  const known = new Set(usual.ports.map(({ port }) => port));
  return {
    settings: {
      image: reference,
      fromCatalogue,
      env: [...env],
      kind,
      ports: [...usual.ports, ...ports.filter(({ port }) => !known.has(port))].slice(0, 64),
      apps: usual.apps,
      ...(entry.description && { description: entry.description.slice(0, 500) }),
      ...(entry.cores && { cpus: Math.max(0.1, entry.cores) }),
      ...(entry.memoryMiB && { memoryMiB: entry.memoryMiB }),
      ...(gpuCount > 0 && choice.target?.gpus !== false && { gpuCount }),
      ...(entry.cpuAllocation && { cpuAllocation: entry.cpuAllocation }),
      ...(sharedMemoryMiB && { sharedMemoryMiB }),
      firstProcess: hasCommand ? 'beside' : usual.firstProcess,
      ...(Object.keys(overrides).length > 0 && { overrides }),
    },
    warnings: choice.target ? misfits(entry, gpuCount, choice.target) : [],
  };
}

/** By the image's name, else by a category that is the name of a kind. */
function kindOfEntry({ categories }: Entry, reference: string): ImageKind {
  const byName = kindOf({ reference });
  if (byName !== 'ssh') return byName;
  const names = new Set(categories.map(category => category.toLowerCase()));
  return imageKinds.find(kind => names.has(kind)) ?? 'ssh';
}

/** Whether the image has a platform that runs there; true where either is not known. */
export function runsOnTarget(
  { architectures }: Pick<Entry, 'architectures'>,
  { platforms }: Pick<TargetTraits, 'platforms'>,
): boolean {
  if (architectures.length === 0 || platforms.length === 0) return true;
  return architectures.some(name => platforms.some(platform => platform.split('/')[1] === name));
}

function misfits(entry: Entry, gpuCount: number, target: TargetTraits): string[] {
  const warnings: string[] = [];
  if (!runsOnTarget(entry, target)) {
    warnings.push(
      l10n.t(
        'It is made for {0}; the target runs {1}.',
        entry.architectures.join(', '),
        target.platforms.join(', '),
      ),
    );
  }
  if (gpuCount > 0 && !target.gpus) {
    warnings.push(
      entry.requiresGpu
        ? l10n.t('It cannot do without a GPU, and the target has none.')
        : l10n.t('It wants a GPU, and the target has none.'),
    );
  }
  if (target.cpus !== undefined && (entry.cores ?? 0) > target.cpus) {
    warnings.push(l10n.t('It wants {0} CPUs; the target has {1}.', entry.cores ?? 0, target.cpus));
  }
  const memoryMiB = Math.floor((target.memoryBytes ?? Number.POSITIVE_INFINITY) / 1024 / 1024);
  if ((entry.memoryMiB ?? 0) > memoryMiB) {
    warnings.push(
      l10n.t('It wants {0} MiB of memory; the target has {1} MiB.', entry.memoryMiB ?? 0, memoryMiB),
    );
  }
  return warnings;
}
