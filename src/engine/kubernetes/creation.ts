/** Creates a workspace, leaving nothing behind where that fails, and finishes a creation that was interrupted. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import { capacityProblem } from '../capacity.ts';
import { draftRecord, homeKept, taken, tooEarly } from '../creating.ts';
import type { CreateRequest, EngineFacts, Report } from '../engine.ts';
import { labelKeys } from '../labels.ts';
import { makerLabels } from '../maker.ts';
import { Undo } from '../undo.ts';
import { makeFilledHome } from './homes.ts';
import type { FoundImage } from './imageFinder.ts';
import { makeClaim } from './makeClaim.ts';
import { claimManifest, secretManifest, stopNote } from './manifests.ts';
import { homeClaim, objectName } from './names.ts';
import { noteKeys } from './notes.ts';
import { anyLogin, podUser, withImage } from './podPlan.ts';
import { unsupportedMount } from './podTemplate.ts';
import { readRecord, refuseTooLarge, takenOver, writeRecord } from './recordStore.ts';
import type { SecretObject } from './reports.ts';
import { refuseForeignService, startFrom } from './run.ts';
import { isKubeStatus } from './status.ts';
import { endRun, removeHome, untilClaimGone } from './stopping.ts';
import { observe, refuseIfTaken, type Workbench } from './workbench.ts';

const unknownImage: FoundImage['command'] = { user: '', entrypoint: [], command: [] };
/** The token stays for as long as its creation may take the workspace back: see takenOver. */
const unmark = { [labelKeys.maker]: null, [labelKeys.at]: null };

export async function createWorkspace(
  bench: Workbench,
  request: CreateRequest,
  facts: EngineFacts,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { name, settings } = request;
  const draft = draftRecord(request, bench.objects.api.clock);
  refuseUnsupported(draft);
  const parts = await observe(bench, name, signal);
  refuseIfTaken(bench, parts);
  if (parts.record || parts.job || parts.building) throw taken(name);
  const problem = capacityProblem(settings, facts);
  if (problem) throw problem;
  if (settings.service !== 'none') await refuseForeignService(bench, name);
  // What is left of one that was deleted a moment ago is no home to be kept.
  if (parts.claim?.isDeleting) await untilClaimGone(bench, name, parts.claim.uid, signal);
  const isKeptHome = parts.claim !== undefined && !parts.claim.isDeleting;
  if (isKeptHome && request.home) throw homeKept(name);
  const plan = { record: { ...draft, login: anyLogin }, image: unknownImage, fillsHome: !isKeptHome };
  const [as] = await Promise.all([
    podUser(bench, plan, signal),
    isKeptHome ? undefined : bench.objects.create('claim', claimManifest(draft), { dryRun: true, signal }),
  ]);

  const token = randomBytes(8).toString('hex');
  const undo = new Undo();
  const claimed = new Claimed(bench, name, token);
  bench.creations.add(token);
  try {
    undo.push(() => claimed.unlessTakenOver(() => removeSecretIfOurs(bench, name, token)));
    const secret = await makeSecret(bench, draft, {
      ...makerLabels(request.maker, token, { now: bench.objects.api.clock.now() }),
      ...(request.home && { [noteKeys.filling]: 'true' }),
    });
    report({ kind: 'step', step: 'create', message: l10n.t('Creating {0}', name) });
    const found = await bench.images.find(settings, signal);
    const resolved = await withImage(bench, draft, found, as, signal);
    if (!isKeptHome) {
      undo.push(() => claimed.unlessTakenOver(() => removeHomeIfOurs(bench, name, token)));
      if (request.home) {
        const filling = { bench, record: resolved.record, secret, as, token };
        await makeFilledHome(filling, request.home, report, signal);
      } else {
        await makeClaim(bench, draft, token);
      }
    }
    const fillsHome = !isKeptHome && !request.home;
    signal.throwIfAborted();
    // Whether it is to run or not: from here on it is a workspace, and no creation under way.
    const stored = await writeRecord(bench, secret, resolved, {
      passwd: resolved.passwd,
      annotations: {
        ...unmark,
        ...(request.home && { [noteKeys.filling]: null }),
        ...stopNote({
          cause: 'never-started',
          words: '',
          at: new Date(bench.objects.api.clock.now()).toISOString(),
        }),
      },
    });
    if (request.start) {
      undo.push(() => claimed.unlessTakenOver(() => endRun(bench, name, { graceSeconds: 0 })));
      await startFrom(bench, { ...resolved, secret: stored }, { as, fillsHome }, report, signal);
    }
    signal.throwIfAborted();
    // From now on it is nobody's to take back. Without the note it would not be either: the creation is over.
    await bench.objects
      .patch('secret', objectName(name), { metadata: { annotations: takenOver } })
      .catch(error => bench.log('debug', `the creation of ${name} is not noted as ended: ${error}`));
  } catch (error) {
    await takeBack(bench, undo, claimed, name);
    throw error;
  } finally {
    bench.creations.delete(token);
  }
}

/** Goes on where a maker who is gone stopped. Whatever fails or is cancelled, what is there stays. */
export async function finishCreation(
  bench: Workbench,
  name: WorkspaceName,
  signal: AbortSignal,
): Promise<void> {
  const { record: draft, secret } = await readRecord(bench, name, signal).catch(cause => {
    throw tooEarly(name, cause);
  });
  // Nobody but its maker has the data.
  if (secret.annotations[noteKeys.filling] !== undefined) throw tooEarly(name);
  const plan = { record: { ...draft, login: anyLogin }, image: unknownImage, fillsHome: true };
  const as = await podUser(bench, plan, signal);
  const resolved = await withImage(bench, draft, await bench.images.find(draft.settings, signal), as, signal);
  signal.throwIfAborted();
  await makeClaim(bench, draft);
  await writeRecord(bench, secret, resolved, {
    passwd: resolved.passwd,
    annotations: {
      ...unmark,
      ...takenOver,
      ...stopNote({
        cause: 'never-started',
        words: '',
        at: new Date(bench.objects.api.clock.now()).toISOString(),
      }),
    },
  });
}

/** Refuses what Kubernetes cannot do with the settings, before anything is asked of it. */
export function refuseUnsupported(record: WorkspaceRecord): void {
  refuseTooLarge(record);
  const mount = unsupportedMount(record.settings);
  if (!mount) return;
  throw new BerthError(
    l10n.t(
      'Kubernetes cannot mount {0} by itself: use a claim of a storage class that does, and take the mount of type {0} out.',
      mount.type,
    ),
    { code: 'unsupported' },
  );
}

/** Its creation is the lock on the name. */
async function makeSecret(
  { objects, bootScript }: Workbench,
  draft: WorkspaceRecord,
  marks: Readonly<Record<string, string>>,
): Promise<SecretObject> {
  try {
    return await objects.create('secret', secretManifest(draft, unknownImage, bootScript, marks));
  } catch (error) {
    throw isKubeStatus(error, 'AlreadyExists') ? taken(draft.name) : error;
  }
}

/** By the token that its maker put on it. */
async function removeSecretIfOurs({ objects }: Workbench, name: WorkspaceName, token: string): Promise<void> {
  const secret = await objects.get('secretNotes', objectName(name));
  if (secret?.annotations[labelKeys.token] !== token) return;
  await objects.remove('secret', secret.name, { uid: secret.uid });
}

async function removeHomeIfOurs(bench: Workbench, name: WorkspaceName, token: string): Promise<void> {
  const claim = await bench.objects.get('claim', homeClaim(name));
  if (claim?.annotations[labelKeys.token] === token) await removeHome(bench, name, claim.uid);
}

/** Whether a creation may still take back what it has made. */
class Claimed {
  readonly #bench: Workbench;
  readonly #name: WorkspaceName;
  readonly #token: string;
  /** The creation has ended, and what it left is taken back later. */
  isLate = false;

  constructor(bench: Workbench, name: WorkspaceName, token: string) {
    this.#bench = bench;
    this.#name = name;
    this.#token = token;
  }

  /**
   * Somebody else may have started, stopped or changed it, which shows in its Secret; later somebody may also be working in
   * it, which shows nowhere: what runs by then stays.
   */
  async unlessTakenOver(action: () => Promise<void>): Promise<void> {
    const { record, job } = await observe(this.#bench, this.#name);
    const token = record?.annotations[labelKeys.token];
    if (record && token !== this.#token) return;
    if (this.isLate && job && !job.end) return;
    await action();
  }
}

const takeBackTries = 4;

/** A connection that broke off is made anew at once; with a server that does not answer, what is left is taken back when it does. */
async function takeBack(bench: Workbench, undo: Undo, claimed: Claimed, name: WorkspaceName): Promise<void> {
  let errors: unknown[] = [];
  for (let tries = 0; tries < takeBackTries; tries++) {
    if (tries > 0) await sleep(100 * 2 ** tries);
    errors = await undo.run();
    if (errors.length === 0) return;
  }
  claimed.isLate = true;
  bench.leftovers.add(undo);
  bench.log('warn', `could not take back the creation of ${name} yet: ${errors.map(String).join('; ')}`);
}
