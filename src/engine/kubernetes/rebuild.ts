/** A new run from the record, home kept, on the recorded image or a newer one. */
import * as l10n from '@vscode/l10n';
import { isSameReference } from '../../image/reference.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { Report } from '../engine.ts';
import { makeClaim, refuseUnsupported } from './creation.ts';
import { noteKeys } from './notes.ts';
import type { Parts } from './parts.ts';
import { anyLogin, podUser, type Resolved, withImage } from './podPlan.ts';
import type { PodUser } from './podTemplate.ts';
import { readRecord, type StoredRecord, writeRecord } from './recordStore.ts';
import { startFrom } from './run.ts';
import { forceOff, stopGently, untilClaimGone } from './stopping.ts';
import { existing, refuseIfTaken, type Workbench } from './workbench.ts';

/** Cancelled or failed, the home is there and the workspace is off, or as it was where nothing had been touched yet. */
export async function rebuildWorkspace(
  bench: Workbench,
  name: WorkspaceName,
  options: { readonly pull: boolean },
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const parts = await existing(bench, name, signal);
  refuseIfTaken(bench, parts);
  const wasUp = parts.job !== undefined && !parts.job.end;
  const before = await readRecord(bench, name, signal);
  report({ kind: 'step', step: 'create', message: l10n.t('Making {0} anew', name) });
  const { resolved, as } = await resolve(bench, before, options.pull, signal);
  const written = await writeRecord(bench, before.secret, resolved, { passwd: resolved.passwd });
  signal.throwIfAborted();
  await stopGently(bench, parts, l10n.t('a person rebuilt it'));
  const isNewHome = await renewHome(bench, parts, resolved.record, signal);
  if (!wasUp) return;
  try {
    signal.throwIfAborted();
    const fillsHome = isNewHome || parts.claim?.annotations[noteKeys.filled] === undefined;
    await startFrom(bench, { ...resolved, secret: written }, { as, fillsHome }, report, signal);
  } catch (error) {
    if (signal.aborted) await forceOff(bench, name, l10n.t('its rebuild was cancelled'));
    throw error;
  }
}

/** An empty home where there is none, or where that was deleted by hand and goes now. */
async function renewHome(
  bench: Workbench,
  { name, claim }: Parts,
  record: WorkspaceRecord,
  signal: AbortSignal,
): Promise<boolean> {
  if (claim && !claim.isDeleting) return false;
  if (claim) await untilClaimGone(bench, name, claim.uid, signal);
  await makeClaim(bench, record);
  return true;
}

/** The image of the record, unless the settings name another since, or the newest is asked for. */
async function resolve(
  bench: Workbench,
  { record, image }: StoredRecord,
  isNewest: boolean,
  signal: AbortSignal,
): Promise<{ resolved: Resolved; as: PodUser }> {
  refuseUnsupported(record);
  const { settings } = record;
  const isSame = isSameReference(settings.image, record.image.reference);
  const found =
    isSame && !isNewest ? { ...record.image, command: image } : await bench.images.find(settings, signal);
  const as = await podUser(
    bench,
    { record: { ...record, login: anyLogin }, image, fillsHome: false },
    signal,
  );
  const next = { ...record, revision: record.revision + 1 };
  return { resolved: await withImage(bench, next, found, as, signal), as };
}
