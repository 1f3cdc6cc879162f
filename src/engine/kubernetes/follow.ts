/** Follows a workspace from its Job until ssh is open: the pod's states, the cluster's events, what boot says. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type { BootEvent } from '../../boot/bootLine.ts';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { bootError, followBoot } from '../bootFollow.ts';
import type { Report } from '../engine.ts';
import { stateError } from '../stateError.ts';
import { containerName } from './names.ts';
import type { Parts } from './parts.ts';
import type { PodReport } from './reports.ts';
import { Silence } from './silence.ts';
import { isKubeStatus } from './status.ts';
import { endWhatStaysOff } from './staysOff.ts';
import { isConnectionFailure } from './unreachable.ts';
import { observe, type Workbench, workspaceNow } from './workbench.ts';

/** A full cluster may make room, by an autoscaler most of all; who waits wants to know soon. */
const unschedulableMs = 20_000;
/** A refusal may be gone with the next try of the Job's controller: a quota that a pod before still holds. */
const refusedMs = 8_000;
/** Whoever deletes a workspace removes its Job first: what is meant is seen a moment later. */
const removedMs = 5_000;
/** A volume may come late, by a controller that is slow; who waits wants to know in the end. */
const unmountableMs = 30_000;
/** For the log of what is ready already. */
const lastWordsMs = 2_000;
const pollMs = 80;
const slowPollMs = 1_000;
/** A server that restarts, a network that changes: the workspace gets on without us. */
const outageMs = 45_000;
/** The largest images and homes take their time, but not without a word of the cluster or of boot. */
const silentMs = 60 * 60_000;
/** New nodes take minutes. */
const scalingMs = 10 * 60_000;

/**
 * 'ready' once ssh is open, 'lost' where the pod went meanwhile: the Job's controller makes another, by and by. Throws what
 * boot, or the workspace's state, says where it does not get there.
 */
export async function awaitReady(
  bench: Workbench,
  name: WorkspaceName,
  report: Report,
  signal: AbortSignal,
): Promise<'ready' | 'lost'> {
  const following = new AbortController();
  const until = AbortSignal.any([signal, following.signal]);
  const boots = new Map<string, Promise<'ready' | 'ended' | BootEvent>>();
  const silence = new Silence(silentMs);
  const heardReport: Report = progress => {
    silence.heard();
    report(progress);
  };
  const told = new Told(bench, name, heardReport);
  const patient = new PatientLook(bench, name);
  let podName: string | undefined;
  let problemSince: number | undefined;
  let wasOnItsWay = false;
  try {
    for (let waitMs = pollMs; ; waitMs = Math.min(slowPollMs, waitMs * 1.2)) {
      const parts = await patient.observe(signal);
      const [pod] = parts.pods;
      if (!parts.record) {
        throw new BerthError(l10n.t('“{0}” was deleted while it was starting.', name), { code: 'not-found' });
      }
      if (!pod && podName !== undefined && parts.job?.isIdle) return 'lost';
      if (pod && pod.name !== podName) {
        podName = pod.name;
        waitMs = pollMs;
      }
      await told.look(pod, signal);
      if (told.unmountable !== undefined && Date.now() - told.unmountable.since >= unmountableMs) {
        throw new BerthError(
          l10n.t('“{0}” did not get ready: a volume cannot be mounted: {1}', name, told.unmountable.words),
          { code: 'failed' },
        );
      }
      if (pod?.isRunning && !boots.has(pod.name))
        boots.set(pod.name, bootOf(bench, pod.name, heardReport, until));
      const { state } = workspaceNow(bench, parts);
      if (state.kind === 'Running') {
        // What is ready may have been so before its log came: its stages are told all the same.
        if (wasOnItsWay) await heard(pod && boots.get(pod.name), until);
        signal.throwIfAborted();
        return 'ready';
      }
      wasOnItsWay = true;
      const isRemoved = state.cause === 'removed';
      if ((state.kind === 'Off' && !isRemoved) || state.kind === 'Deleting' || state.kind === 'Turning off') {
        throw stateError(l10n.t('“{0}” did not get ready', name), state);
      }
      silence.heard(`${podName} ${state.kind} ${state.reason}`);
      if (silence.isTooLong) {
        throw new BerthError(
          l10n.t(
            '“{0}” did not get ready: nothing has changed for an hour ({1}). It was left as it is: see its log, or stop it.',
            name,
            state.reason,
          ),
          { code: 'failed' },
        );
      }
      const patience =
        state.cause === 'unschedulable'
          ? told.isScaling
            ? scalingMs
            : unschedulableMs
          : state.cause === 'forbidden'
            ? refusedMs
            : isRemoved
              ? removedMs
              : 0;
      if (state.kind === 'Error' || isRemoved) {
        problemSince ??= Date.now();
        if (Date.now() - problemSince >= patience) {
          await endWhatStaysOff(bench, parts);
          throw stateError(l10n.t('“{0}” did not get ready', name), state);
        }
      } else problemSince = undefined;
      const boot = pod && boots.get(pod.name);
      const said = await Promise.race([
        sleep(waitMs, undefined, { signal: until }),
        // What has ended says nothing more: its state is looked at.
        ...(boot
          ? [boot.then(end => (end === 'ended' ? sleep(waitMs, undefined, { signal: until }) : end))]
          : []),
      ]);
      if (said === 'ready') {
        bench.ready.add(pod?.uid ?? '');
        signal.throwIfAborted();
        return 'ready';
      }
      if (typeof said === 'object') throw bootError(name, said);
    }
  } finally {
    following.abort();
  }
}

/** Looks at a workspace though the server does not answer for a while. */
class PatientLook {
  readonly #bench: Workbench;
  readonly #name: WorkspaceName;
  #lastAt = Date.now();

  constructor(bench: Workbench, name: WorkspaceName) {
    this.#bench = bench;
    this.#name = name;
  }

  async observe(signal: AbortSignal): Promise<Parts> {
    for (;;) {
      try {
        const parts = await observe(this.#bench, this.#name, signal);
        this.#lastAt = Date.now();
        return parts;
      } catch (error) {
        signal.throwIfAborted();
        // Its answer may be a refusal, too, while it comes up again.
        const isPassing =
          isConnectionFailure(error) || (isKubeStatus(error) && (error.code === 403 || error.code >= 500));
        if (!isPassing || Date.now() - this.#lastAt > outageMs) throw error;
        await sleep(slowPollMs, undefined, { signal });
      }
    }
  }
}

async function heard(boot: Promise<unknown> | undefined, signal: AbortSignal): Promise<void> {
  if (!boot) return;
  const bound = new AbortController();
  const late = sleep(lastWordsMs, undefined, { signal: AbortSignal.any([signal, bound.signal]) });
  await Promise.race([boot, late.catch(() => undefined)]);
  bound.abort();
}

async function bootOf(
  { objects }: Workbench,
  pod: string,
  report: Report,
  signal: AbortSignal,
): Promise<'ready' | 'ended' | BootEvent> {
  const path = `${objects.path('pod', pod)}/log`;
  const query = { container: containerName, follow: true };
  try {
    return await followBoot(objects.api.lines({ path, query, signal }), report);
  } catch {
    // The log of a pod that comes and goes: what became of it is looked at.
    return 'ended';
  }
}

/** Tells the cluster's events of the pod as they come, each once. */
class Told {
  readonly #bench: Workbench;
  readonly #name: WorkspaceName;
  readonly #report: Report;
  readonly #seen = new Set<string>();
  #lastAt = 0;
  #isForbidden = false;
  #unmountable: { readonly since: number; readonly words: string } | undefined;
  #isScaling = false;

  constructor(bench: Workbench, name: WorkspaceName, report: Report) {
    this.#bench = bench;
    this.#name = name;
    this.#report = report;
  }

  /** Since when the node says that it cannot mount a volume, and its latest words. */
  get unmountable(): { readonly since: number; readonly words: string } | undefined {
    return this.#unmountable;
  }

  /** An autoscaler has said that it brings a node (cluster-autoscaler, Karpenter). */
  get isScaling(): boolean {
    return this.#isScaling;
  }

  /** At most twice a second, and only until the container runs: then boot speaks for itself. */
  async look(pod: PodReport | undefined, signal: AbortSignal): Promise<void> {
    if (!pod || pod.isRunning) this.#unmountable = undefined;
    if (this.#isForbidden || !pod || pod.isRunning || Date.now() - this.#lastAt < 500) return;
    this.#lastAt = Date.now();
    const fieldSelector = `involvedObject.name=${pod.name}`;
    const events = await this.#bench.objects.list('event', { fieldSelector }, signal).catch(error => {
      signal.throwIfAborted();
      this.#isForbidden = isKubeStatus(error, 'Forbidden');
      this.#bench.log('debug', `no events of ${this.#name}: ${error}`);
      return [];
    });
    for (const { reason, message } of events) {
      const key = `${reason} ${message}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#report({ kind: 'output', text: `${reason}: ${message}\n` });
      if (reason === 'FailedMount' || reason === 'FailedAttachVolume') {
        this.#unmountable = { since: this.#unmountable?.since ?? Date.now(), words: message };
      }
      // With its volumes there it gets on to the image.
      if (/^(?:Pulling|Pulled|Created)$/.test(reason)) this.#unmountable = undefined;
      if (/^(?:TriggeredScaleUp|Nominated)$/.test(reason)) this.#isScaling = true;
    }
  }
}
