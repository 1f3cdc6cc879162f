/** Homes on Kubernetes: read, replaced and copied by a pod beside their claims, or cloned by their storage. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { HomeSource, HomeTar, KeptHome, Report, TarSource } from '../engine.ts';
import { copyHome, fillHome, type RunAtHome, readHome, refuseUp } from '../homeTransfer.ts';
import { labelKeys, nameOf } from '../labels.ts';
import { cloneByStorage, type Filling } from './homeClone.ts';
import { homePath, runInPod, sourcePath, startHomePod } from './homePod.ts';
import { makeClaim } from './makeClaim.ts';
import { homeClaim, objectName } from './names.ts';
import { noteKeys } from './notes.ts';
import type { Parts } from './parts.ts';
import { podUser, small } from './podPlan.ts';
import { readRecord } from './recordStore.ts';
import type { ClaimReport } from './reports.ts';
import { existing, isBuilding, podThatRuns, type Workbench } from './workbench.ts';

/** In the workspace's own pod where it runs: a volume may be on one node at a time. */
export async function readHomeOf(
  bench: Workbench,
  name: WorkspaceName,
  signal: AbortSignal,
): Promise<HomeTar> {
  const { parts } = await withHome(bench, name, signal);
  const { record, image, secret } = await readRecord(bench, name, signal);
  const { login } = record;
  const own = podThatRuns(parts);
  if (own) {
    return await readHome(
      (verb, args, ...rest) => runInPod(bench, own.name, verb, [login.home, ...args], ...rest),
      login,
      signal,
    );
  }
  const as = await podUser(bench, { record: small(record), image, fillsHome: false }, signal);
  const pod = await startHomePod(bench, { record, as, secret }, signal);
  try {
    return await readHome(beside(bench, pod.name), login, signal, () => void pod.end());
  } catch (error) {
    await pod.end();
    throw error;
  }
}

export async function replaceHome(
  bench: Workbench,
  name: WorkspaceName,
  source: TarSource,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const refuse = async () => {
    const { job, pods } = (await withHome(bench, name, signal)).parts;
    refuseUp(name, (job !== undefined && !job.end) || pods.some(({ isRunning }) => isRunning));
  };
  await refuse();
  const { record, image, secret } = await readRecord(bench, name, signal);
  const as = await podUser(bench, { record: small(record), image, fillsHome: false }, signal);
  report({ kind: 'step', step: 'home', message: l10n.t('Restoring the home of {0}', name) });
  const pod = await startHomePod(bench, { record, as, secret }, signal);
  try {
    await fillHome(beside(bench, pod.name), source, record.login, report, signal, refuse);
    await noteFilled(bench, name);
  } finally {
    await pod.end();
  }
}

/** Makes the claim of a new home with what it is to begin with. */
export async function makeFilledHome(
  filling: Filling,
  home: HomeSource,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { bench, record, token, as, secret } = filling;
  const { name, login } = record;
  report({ kind: 'step', step: 'home', message: l10n.t('Filling the home of {0}', name) });
  if (home.kind === 'tar') {
    await makeClaim(bench, record, token);
    const pod = await startHomePod(bench, { record, as, secret }, signal);
    try {
      await fillHome(beside(bench, pod.name), home.source, login, report, signal);
    } finally {
      await pod.end();
    }
  } else {
    const source = await withHome(bench, home.name, signal);
    const from = (await readRecord(bench, home.name, signal)).record.login;
    const isCloned = await cloneByStorage(filling, { ...source, owner: from }, report, signal);
    if (!isCloned) await copyByPod(filling, source, from, report, signal);
  }
  await noteFilled(bench, name);
}

async function copyByPod(
  { bench, record, as, secret, token }: Filling,
  { parts }: { readonly parts: Parts },
  from: WorkspaceRecord['login'],
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  await makeClaim(bench, record, token);
  const source = { name: parts.name, isUp: podThatRuns(parts) !== undefined };
  const pod = await startHomePod(bench, { record, as, secret, source }, signal);
  try {
    const run: RunAtHome = (verb, args, ...rest) =>
      runInPod(bench, pod.name, verb, [sourcePath, homePath, ...args], ...rest);
    await copyHome(run, { from, to: record.login }, report, signal);
  } finally {
    await pod.end();
  }
}

/** Boot need not put the image's own content there. */
async function noteFilled({ objects }: Workbench, name: WorkspaceName): Promise<void> {
  const annotations = { [noteKeys.filled]: 'true' };
  await objects.patch('claim', homeClaim(name), { metadata: { annotations } });
}

function beside(bench: Workbench, pod: string): RunAtHome {
  return (verb, args, ...rest) => runInPod(bench, pod, verb, [homePath, ...args], ...rest);
}

async function keptClaims({ objects }: Workbench, signal: AbortSignal) {
  const [claims, secrets] = await Promise.all([
    objects.list('claim', { labelSelector: `${labelKeys.role}=home` }, signal),
    objects.list('secretNotes', { labelSelector: `${labelKeys.role}=record` }, signal),
  ]);
  const inUse = new Set(secrets.map(({ name }) => name));
  return claims.flatMap(claim => {
    const name = nameOf(claim.labels);
    const isKept =
      name && claim.name === homeClaim(name) && !claim.isDeleting && !inUse.has(objectName(name));
    return isKept ? [{ name, claim }] : [];
  });
}

export async function keptHomesOf(bench: Workbench, signal: AbortSignal): Promise<KeptHome[]> {
  const kept = await keptClaims(bench, signal);
  return kept.map(({ name, claim: { createdAt, annotations } }) => {
    const createdBy = annotations[labelKeys.createdBy];
    return { name, createdAt, ...(createdBy !== undefined && { createdBy }) };
  });
}

/** What the storage gave each: what is in it, nobody says from outside. */
export async function keptBytesOf(
  bench: Workbench,
  signal: AbortSignal,
): Promise<ReadonlyMap<WorkspaceName, number>> {
  const kept = await keptClaims(bench, signal);
  return new Map(kept.map(({ name, claim }) => [name, claim.capacityBytes || claim.requestedBytes]));
}

async function withHome(
  bench: Workbench,
  name: WorkspaceName,
  signal: AbortSignal,
): Promise<{ readonly parts: Parts; readonly claim: ClaimReport }> {
  const parts = await existing(bench, name, signal);
  if (isBuilding(bench, parts)) {
    throw new BerthError(l10n.t('“{0}” is being created. Wait until that is done.', name), {
      code: 'conflict',
    });
  }
  const { claim } = parts;
  if (claim && !claim.isDeleting) return { parts, claim };
  throw new BerthError(l10n.t('The home of “{0}” is gone.', name), { code: 'not-found' });
}
