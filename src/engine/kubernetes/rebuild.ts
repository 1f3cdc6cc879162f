/** A new run from the record, home kept, on the recorded image or a newer one. */
import * as l10n from '@vscode/l10n';
import { isSameReference } from '../../image/reference.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import { stopCodes } from '../../workspace/stopCodes.ts';
import type { Report } from '../engine.ts';
import { refuseUnsupported } from './creation.ts';
import { makeClaim } from './makeClaim.ts';
import { noteKeys } from './notes.ts';
import type { Parts } from './parts.ts';
import { anyLogin, podUser, type Resolved, small, withImage } from './podPlan.ts';
import type { PodUser } from './podTemplate.ts';
import { onNewest, readRecord, type StoredRecord, takenOver, writeRecord } from './recordStore.ts';
import type { JobReport } from './reports.ts';
import { startFrom } from './run.ts';
import { keepEnd, startWorkspace } from './starting.ts';
import { isKubeStatus } from './status.ts';
import { endCancelled, stopGently, untilClaimGone } from './stopping.ts';
import { existing, refuseIfTaken, type Workbench } from './workbench.ts';

/** Cancelled or failed, the home is there and the workspace is off, or as it was where nothing had been touched yet. */
export async function rebuildWorkspace(
  bench: Workbench,
  name: WorkspaceName,
  options: { readonly pull: boolean },
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  refuseIfTaken(bench, await existing(bench, name, signal));
  report({ kind: 'step', step: 'create', message: l10n.t('Making {0} anew', name) });
  const { resolved, as, secret } = await onNewest(() => rewrite(bench, name, options.pull, signal), signal);
  // Somebody may have started or stopped it while its image was looked for.
  const parts = await existing(bench, name, signal);
  const wasUp = parts.job !== undefined && !parts.job.end;
  let made: JobReport | undefined;
  const onMade = (job: JobReport) => {
    made = job;
  };
  signal.throwIfAborted();
  if (!wasUp) await keepEnd(bench, parts);
  await stopGently(bench, parts, { cause: 'person', words: stopCodes.rebuilt });
  try {
    const isNewHome = await renewHome(bench, parts, resolved.record, signal);
    if (!wasUp) return;
    signal.throwIfAborted();
    const fillsHome = isNewHome || parts.claim?.annotations[noteKeys.filled] === undefined;
    await startFrom(bench, { ...resolved, secret }, { as, fillsHome, onMade }, report, signal);
  } catch (error) {
    if (!signal.aborted && !made && isKubeStatus(error, 'AlreadyExists')) {
      // Somebody else starts it at the same time: theirs is followed.
      return await startWorkspace(bench, name, report, signal);
    }
    if (signal.aborted && wasUp) await endCancelled(bench, name, made, stopCodes.rebuildCancelled);
    throw error;
  }
}

async function rewrite(bench: Workbench, name: WorkspaceName, isNewest: boolean, signal: AbortSignal) {
  const before = await readRecord(bench, name, signal);
  const { resolved, as } = await resolve(bench, before, isNewest, signal);
  const { passwd } = resolved;
  const secret = await writeRecord(bench, before.secret, resolved, { passwd, annotations: takenOver });
  return { resolved, as, secret };
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
    isSame && !isNewest
      ? { ...record.image, command: image }
      : await bench.images.find(settings, signal, record.image.digest === '');
  const as = await podUser(
    bench,
    { record: small({ ...record, login: anyLogin }), image, fillsHome: false },
    signal,
  );
  const next = { ...record, revision: record.revision + 1 };
  return { resolved: await withImage(bench, next, found, as, signal), as };
}
