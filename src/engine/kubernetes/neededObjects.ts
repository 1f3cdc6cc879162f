/** Refuses what a pod would wait for without end: objects of the namespace that its settings name and that are not there. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceSettings } from '../../workspace/settings.ts';
import type { Kind, Objects } from './objects.ts';
import { isKubeStatus } from './status.ts';

interface Needed {
  readonly kind: Kind;
  readonly name: string;
  /** As people know it. */
  readonly title: string;
}

/** Pure. */
function neededBy({ mounts }: Pick<WorkspaceSettings, 'mounts'>): readonly Needed[] {
  return mounts.flatMap((mount): Needed[] => {
    switch (mount.type) {
      case 'configMap':
        return [{ kind: 'configMap', name: mount.source, title: 'ConfigMap' }];
      case 'secret':
        return [{ kind: 'secretNotes', name: mount.source, title: 'Secret' }];
      case 'volume':
        return [{ kind: 'claim', name: mount.source, title: 'PersistentVolumeClaim' }];
      default:
        return [];
    }
  });
}

export async function refuseMissing(
  objects: Objects,
  settings: WorkspaceSettings,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    neededBy(settings).map(async ({ kind, name, title }) => {
      if (await isThere(objects, kind, name, signal)) return;
      throw new BerthError(
        l10n.t(
          'There is no {0} “{1}” in the namespace {2}, which a volume in the settings names. Choose another, or make it.',
          title,
          name,
          objects.namespace,
        ),
        { code: 'not-found' },
      );
    }),
  );
}

/** What may not be looked at is believed to be there. */
async function isThere(objects: Objects, kind: Kind, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await objects.get(kind, name, signal)) !== undefined;
  } catch (error) {
    if (isKubeStatus(error, 'Forbidden')) return true;
    throw error;
  }
}
