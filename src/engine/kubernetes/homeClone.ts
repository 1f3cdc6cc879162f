/** A new home as a clone that the storage itself makes (CSI volume cloning), where it can. */
import * as l10n from '@vscode/l10n';
import type { Owner } from '../../backup/tarGuard.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { Report } from '../engine.ts';
import { HomeWords } from '../homeWords.ts';
import { orAborted } from '../waiting.ts';
import { homePath, runInPod, startHomePod } from './homePod.ts';
import { claimManifest } from './manifests.ts';
import type { Parts } from './parts.ts';
import type { PodUser } from './podTemplate.ts';
import type { ClaimReport, SecretObject } from './reports.ts';
import { isKubeStatus } from './status.ts';
import { removeHome, untilClaimGone } from './stopping.ts';
import type { Workbench } from './workbench.ts';

/** A home that is being made. */
export interface Filling {
  readonly bench: Workbench;
  /** Of the workspace that is being made. */
  readonly record: WorkspaceRecord;
  readonly secret: SecretObject;
  readonly as: PodUser;
  /** Of whoever may take the claim back. */
  readonly token: string;
}

class NotCloned extends Error {
  override readonly name = 'NotCloned';
}

/** Pure: within one class, and never into less. */
export function mayClone(
  claim: Pick<ClaimReport, 'storageClass' | 'requestedBytes' | 'capacityBytes'>,
  settings: { readonly storageClass?: string | undefined; readonly diskGiB: number },
): boolean {
  const wanted = settings.storageClass ?? claim.storageClass;
  const bytes = Math.max(claim.requestedBytes, claim.capacityBytes);
  return (
    claim.storageClass !== undefined && wanted === claim.storageClass && settings.diskGiB * 1024 ** 3 >= bytes
  );
}

/**
 * False where the storage does not clone: it says so, or it gave an empty volume (provisioners that are no CSI drivers pass
 * over what they do not know). What it made is taken away then.
 */
export async function cloneByStorage(
  filling: Filling,
  { parts, claim, owner }: { readonly parts: Parts; readonly claim: ClaimReport; readonly owner: Owner },
  report: Report,
  signal: AbortSignal,
): Promise<boolean> {
  const { bench, record, token, as, secret } = filling;
  const { objects } = bench;
  if (!mayClone(claim, record.settings)) return false;
  // The default class may be another by now.
  const settings = { ...record.settings, storageClass: claim.storageClass };
  const made = await objects.create('claim', claimManifest({ ...record, settings }, token, parts.name), {
    signal,
  });
  try {
    const problem = async () => {
      const fieldSelector = `involvedObject.uid=${made.uid}`;
      const events = await objects.list('event', { fieldSelector }, signal).catch(() => []);
      const failed = events.find(({ reason }) => reason === 'ProvisioningFailed');
      if (failed) throw new NotCloned(failed.message);
    };
    const pod = await startHomePod(bench, { record, as, secret }, signal, problem);
    try {
      const words = new HomeWords();
      const { uid, gid } = record.login;
      const args = [homePath, ...[owner.uid, uid, owner.gid, gid].map(String)];
      using process = await runInPod(bench, pod.name, 'adopt', args, words, signal);
      process.stdin.end();
      process.stdout.resume();
      const code = await orAborted(words.end, signal);
      if (code !== 0) throw new NotCloned(`exit code ${code}: ${words.tail}`);
    } finally {
      await pod.end();
    }
    return true;
  } catch (error) {
    const isOurs = error instanceof NotCloned || isKubeStatus(error);
    if (signal.aborted || !isOurs) throw error;
    bench.log('info', `the storage does not clone the home of ${parts.name}: ${error.message}`);
    report({ kind: 'output', text: `${l10n.t('Its storage does not clone: the files are copied.')}\n` });
    await removeHome(bench, record.name, made.uid);
    await untilClaimGone(bench, record.name, made.uid, signal);
    return false;
  }
}
