/** Removes a workspace, with its home or without, and never what is not Berth's. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { stopCodes } from '../../workspace/stopCodes.ts';
import type { Report } from '../engine.ts';
import { whileActive } from '../whileActive.ts';
import { objectName } from './names.ts';
import { removeService, wasPublished } from './run.ts';
import { endRun, removeHome, stopGently } from './stopping.ts';
import { existing, isBuilding, type Workbench } from './workbench.ts';

export async function removeWorkspace(
  bench: Workbench,
  name: WorkspaceName,
  { keepHome }: { readonly keepHome: boolean },
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  report({ kind: 'step', step: 'remove', message: l10n.t('Deleting {0}', name) });
  const parts = await existing(bench, name, signal);
  if (isBuilding(bench, parts)) {
    throw new BerthError(l10n.t('“{0}” is being created. Cancel that first.', name), { code: 'conflict' });
  }
  signal.throwIfAborted();
  const { objects } = bench;
  await whileActive(bench, name, 'removing', async () => {
    // Programs may still have something to write to a home that stays.
    if (keepHome && parts.record)
      await stopGently(bench, parts, { cause: 'person', words: stopCodes.deleted });
    await endRun(bench, name, keepHome ? {} : { graceSeconds: 0 });
    // The home goes before the record, so that a deletion that broke off shows and can be done again.
    if (!keepHome && parts.claim) await removeHome(bench, name, parts.claim.uid);
    // Job and Service are the Secret's and go with it.
    if (parts.record) await objects.remove('secret', objectName(name), { uid: parts.record.uid });
    if (parts.record && wasPublished(parts.record.annotations)) await removeService(bench, name);
  });
}
