/** From where a home can come. */
import * as l10n from '@vscode/l10n';
import { type Backup, openBackup, readBackup } from '../backup/backupReader.ts';
import { BerthError } from '../workspace/error.ts';
import type { HomeOrigin } from '../workspace/homeOrigin.ts';
import type { TargetId, WorkspaceName } from '../workspace/name.ts';
import type { Engine, HomeSource, HomeStore, TarSource } from './engine.ts';

/** Throws 'unsupported'. */
export function homesOf({ homes, target }: Engine): HomeStore {
  if (homes) return homes;
  throw new BerthError(l10n.t('“{0}” does not give away the data of homes', target.title), {
    code: 'unsupported',
  });
}

/** `target`: where the new workspace is made. `engineOf` gives the engine of another one. */
export async function homeSource(
  origin: HomeOrigin,
  target: TargetId,
  engineOf: (target: TargetId) => Promise<Engine>,
): Promise<HomeSource> {
  if (origin.kind === 'backup') return { kind: 'tar', source: backupSource(await openBackup(origin.path)) };
  const { name } = origin;
  if (origin.target === target) return { kind: 'workspace', name };
  return { kind: 'tar', source: workspaceSource(await engineOf(origin.target), name) };
}

export function backupSource(backup: Backup): TarSource {
  const { manifest, sums } = backup;
  return {
    open: async signal => ({
      tar: readBackup(backup, signal),
      owner: manifest.login,
      bytes: sums.tar.bytes,
    }),
  };
}

/** Straight from one target to another: nothing of it is written here. */
function workspaceSource(engine: Engine, name: WorkspaceName): TarSource {
  return { open: signal => homesOf(engine).read(name, signal) };
}
