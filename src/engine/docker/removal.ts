/** Removes a workspace, with its home or without, and never what is not Berth's. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Report } from '../engine.ts';
import { roleOf } from '../labels.ts';
import { whileActive } from '../whileActive.ts';
import { removeContainer } from './assembly.ts';
import { removeMark } from './marks.ts';
import type { Parts } from './parts.ts';
import { stopGently } from './stopping.ts';
import { isWayOnly, removeVolumes } from './volumeSet.ts';
import { existing, isBuilding, type Workbench } from './workbench.ts';

export async function removeWorkspace(
  bench: Workbench,
  name: WorkspaceName,
  options: { readonly keepHome: boolean },
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  report({ kind: 'step', step: 'remove', message: l10n.t('Deleting {0}', name) });
  const parts = await existing(bench, name, signal);
  if (isBuilding(bench, parts)) {
    throw new BerthError(l10n.t('“{0}” is being created. Cancel that first.', name), { code: 'conflict' });
  }
  signal.throwIfAborted();
  await whileActive(bench, name, 'removing', () => removeParts(bench, parts, options.keepHome));
  bench.failures.delete(name);
}

/** The home goes before the record, so that a deletion that broke off shows and can be done again. */
async function removeParts(bench: Workbench, parts: Parts, keepHome: boolean): Promise<void> {
  const { docker } = bench;
  const { container, passages, interims, home, record, edits, data, name } = parts;
  // Programs may still have something to write to a home that stays.
  if (keepHome) await stopGently(docker, parts);
  const containers = [container, ...passages, ...interims];
  await Promise.all(containers.map(report => report && removeContainer(docker, report.id)));
  if (!keepHome && home && roleOf(home.labels) === 'home') await removeVolumes(docker, [home]);
  // Any other driver's may hold real data, as a named volume does: those are nobody's to remove but the person's.
  const dispensable = await Promise.all(data.map(volume => isWayOnly(docker, volume)));
  await removeVolumes(docker, [record, ...edits, ...data.filter((_, index) => dispensable[index])]);
  // Of a start or an edit that had looked before the record went.
  await removeVolumes(docker, (await bench.observer.one(name)).edits);
  await Promise.all([removeMark(docker, name, 'building'), removeMark(docker, name, 'writing')]);
}
