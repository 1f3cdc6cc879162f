/** Backups of workspaces, past the editor. */
import { type Backup, openBackup } from '../../src/backup/backupReader.ts';
import { writeBackup } from '../../src/backup/backupWriter.ts';
import { bestCompression } from '../../src/backup/compression.ts';
import type { BackupManifest } from '../../src/backup/manifest.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { homesOf } from '../../src/engine/homeSources.ts';
import type { WorkspaceName } from '../../src/workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../src/workspace/record.ts';

export function manifestOf({ name, settings, image, login }: WorkspaceRecord): BackupManifest {
  return {
    format: 'berth-backup',
    version: 1,
    madeAt: new Date().toISOString(),
    madeBy: 'test',
    workspace: { name, target: 'test', engine: 'test' },
    settings,
    image,
    login,
    compression: bestCompression(),
  };
}

/** A backup of the workspace in that file, in small pieces. */
export async function backUp(engine: Engine, name: WorkspaceName, path: string): Promise<Backup> {
  const manifest = manifestOf(await engine.record(name));
  const { signal } = new AbortController();
  const { tar } = await homesOf(engine).read(name, signal);
  await writeBackup(path, manifest, tar, { signal, chunkBytes: 8 << 20 });
  return await openBackup(path);
}
