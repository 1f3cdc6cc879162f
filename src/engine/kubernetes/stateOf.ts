/** The state of a workspace as people see it, worked out from what the API server reports of its objects. Pure. */
import * as l10n from '@vscode/l10n';
import { bootExitCodes } from '../../boot/bootLine.ts';
import { stopReason } from '../../boot/stopReason.ts';
import type { StateCause, WorkspaceState } from '../../workspace/state.ts';
import { reasonWords, stopCodes } from '../../workspace/stopCodes.ts';
import { isFromOutside, isOutOfMemory, ranOutOfMemory } from './exitCodes.ts';
import type { StopNote } from './notes.ts';
import { podProblem, refusedPod, startProblem } from './podProblem.ts';
import type { ClaimReport, EventReport, JobReport, PodReport } from './reports.ts';

/** All that decides about the state of one workspace, of whose objects any may be missing. */
export interface WorkspaceReport {
  readonly hasRecord: boolean;
  readonly isRecordDeleting: boolean;
  /** An object stands under the workspace's name that is not Berth's: what it is, in words. */
  readonly foreign: string | undefined;
  readonly claim: ClaimReport | undefined;
  readonly job: JobReport | undefined;
  /** Of the Job, the newest first. */
  readonly pods: readonly PodReport[];
  /** Of the Job, where it has no pod. */
  readonly events: readonly EventReport[];
  readonly stopped: StopNote | undefined;
  readonly building: { readonly by: string; readonly isAlive: boolean } | undefined;
  readonly unreadable: string | undefined;
  readonly activity: 'stopping' | 'removing' | undefined;
  /** Boot in the newest pod has said that ssh is open. */
  readonly isReady: boolean;
}

/** Any report gives a state: nothing that a server says makes this throw. */
export function stateOf(report: WorkspaceReport): WorkspaceState {
  const { building, foreign, unreadable, claim, job } = report;
  if (report.activity === 'removing' || report.isRecordDeleting) return { kind: 'Deleting', reason: '' };
  if (building) {
    return building.isAlive
      ? { kind: 'Building', reason: l10n.t('it is being created by {0}', building.by) }
      : error('interrupted', l10n.t('its creation was interrupted. Finish or delete it.'));
  }
  if (foreign !== undefined) {
    return error(
      'foreign',
      l10n.t('{0}, which is not Berth’s, has its name. Rename or remove that.', foreign),
    );
  }
  if (unreadable !== undefined) return { kind: 'Unknown', cause: 'unreadable', reason: unreadable };
  if (!report.hasRecord)
    return error('unreadable', l10n.t('its record is gone: it was deleted, or its Secret by hand'));
  if (!claim || (claim.isDeleting && !runsStill(report))) {
    return error(
      'home-missing',
      l10n.t('its home is gone: it was deleted, or its claim by hand. A rebuild makes an empty one.'),
    );
  }
  if (claim.phase === 'Lost') {
    return error('home-missing', l10n.t('the volume of its home is lost: the cluster has it no more.'));
  }
  if (report.activity === 'stopping') return { kind: 'Turning off', reason: '' };
  const [pod] = report.pods;
  // Its Job is ended by whoever sees it, and the reason stays with the record.
  if (pod && !job?.end && ranOutOfMemory(pod)) return error('out-of-memory', reasonWords(stopCodes.memory));
  return job ? jobState(job, report) : offState(report);
}

/** A claim that was deleted stays for as long as a pod uses it (Kubernetes, 'Storage object in use protection'). */
function runsStill({ job, pods }: WorkspaceReport): boolean {
  return job !== undefined && !job.isDeleting && !job.end && pods[0]?.isRunning === true;
}

function offState({ stopped, pods }: WorkspaceReport): WorkspaceState {
  // The Job goes at once, its pod takes the time that its programs need to end.
  if (pods.length > 0) return { kind: 'Turning off', reason: '' };
  if (!stopped) return off('removed', l10n.t('its Job was removed. A start makes it again.'));
  const { cause } = stopped;
  const words = reasonWords(stopped.words);
  if (cause === 'out-of-memory') return error(cause, words);
  if (cause === 'never-started') return off(cause, l10n.t('it was not started yet'));
  return off(cause, words);
}

function jobState(job: JobReport, report: WorkspaceReport): WorkspaceState {
  const [pod] = report.pods;
  if (job.isDeleting) return { kind: 'Turning off', reason: '' };
  if (job.end) return endState(job.end, pod);
  if (job.isSuspended) {
    return error('paused', l10n.t('its Job was suspended by hand. A start makes it run again.'));
  }
  if (!pod) {
    const refusal = refusedPod(report.events);
    return refusal ? error(refusal.cause, refusal.words) : initializing(l10n.t('it waits for its pod'));
  }
  return podState(pod, report);
}

function podState(pod: PodReport, { isReady, claim, pods }: WorkspaceReport): WorkspaceState {
  if (pod.isLost) {
    return {
      kind: 'Unknown',
      cause: 'unreachable',
      reason: l10n.t('its node {0} does not answer', pod.node ?? ''),
    };
  }
  // What makes the Job's controller give up; it takes a moment to say so.
  const isOver = !pod.isDeleting && !pod.disruption && pod.end && !isFromOutside(pod.end);
  if (isOver) return endState({ is: 'failed', reason: '', message: '', at: '' }, pod);
  if (pod.isDeleting || pod.end) return initializing(comesBack(pod));
  const problem = podProblem(pod, claim);
  if (problem) return error(problem.cause, problem.words);
  if (pod.isRunning) {
    if (!pod.isStarted && !isReady) return initializing(l10n.t('it is starting'));
    const isBack = pods.slice(1).some(ranOutOfMemory);
    const reason = claim?.isDeleting
      ? l10n.t(
          'the claim of its home was deleted by hand: once it stops, the home is gone. Copy what you need.',
        )
      : claim?.isResizing
        ? l10n.t('its disk is growing')
        : isBack
          ? l10n.t('it ran out of memory, was killed and came back. Give it more memory.')
          : '';
    return { kind: 'Running', reason };
  }
  if (pod.phase === 'Failed') return initializing(comesBack(pod));
  return initializing(
    pod.node === undefined
      ? l10n.t('it waits for a node')
      : l10n.t('its image and volumes are being prepared'),
  );
}

/** Why the pod before went, as far as it is known. */
function comesBack({ reason, disruption, message }: PodReport): string {
  const why = reason || disruption || '';
  if (why === '') return l10n.t('its pod was ended and comes back');
  return l10n.t('its pod was ended ({0}) and comes back', message ? `${why}: ${message}` : why);
}

/** The reason that boot wrote down says most; without one the exit code has to do. */
function endState(end: NonNullable<JobReport['end']>, pod: PodReport | undefined): WorkspaceState {
  if (end.reason === 'DeadlineExceeded') return off('limit', reasonWords(stopCodes.deadline));
  const exit = pod?.end;
  if (!exit) {
    if (end.is === 'complete') return off('exit', endedWell(pod));
    // The controller's words are of its own rules: 'Container … failed with exit code 7 matching FailJob rule at index 1'.
    const [, code] = /failed with exit code (\d+)/.exec(end.message) ?? [];
    if (!pod && code !== undefined) {
      return error('exit', l10n.t('its first process ended with exit code {0}, and its pod is gone', code));
    }
    return error(
      'exit',
      l10n.t('its pod failed: {0}', pod?.message || pod?.reason || end.message || end.reason),
    );
  }
  const { exitCode, reason, message } = exit;
  const said = stopReason(message);
  if (exitCode === bootExitCodes.bootFailed || said?.cause === 'boot-failed') {
    return error('boot-failed', said?.words || l10n.t('a step of its boot failed. See the log.'));
  }
  if (exitCode === bootExitCodes.limit || said?.cause === 'limit') {
    return off('limit', reasonWords(said?.words || stopCodes.limit));
  }
  if (exitCode === bootExitCodes.person || said?.cause === 'person') {
    return off('person', reasonWords(said?.words || stopCodes.person));
  }
  if (end.is === 'complete' || exitCode === 0) return off('exit', endedWell(pod));
  if (isOutOfMemory(exit)) return error('out-of-memory', reasonWords(stopCodes.memory));
  const unstartable = startProblem(message);
  if (reason === 'StartError' && unstartable) return error(unstartable.cause, unstartable.words);
  if (exitCode === 126 || exitCode === 127 || exitCode === 128) {
    return error(
      'exit',
      l10n.t('its first process cannot be run (exit code {0}). Choose another image.', exitCode),
    );
  }
  if (exitCode === 137) return error('exit', l10n.t('it was killed (exit code 137)'));
  return error('exit', l10n.t('its first process ended with exit code {0}. See the log.', exitCode));
}

/**
 * A Job takes exit code 0 for its end, whatever the process was told. Its pod stays after that, so that one which is gone
 * was deleted or evicted, and the process ended by that.
 */
function endedWell(pod: PodReport | undefined): string {
  return pod && !pod.isDeleting && !pod.disruption
    ? l10n.t('its first process ended by itself')
    : l10n.t(
        'its pod was deleted or evicted, and its first process then ended with exit code 0, so that its Job did not bring it back. Start it again.',
      );
}

function initializing(reason: string): WorkspaceState {
  return { kind: 'Initializing', reason };
}

function error(cause: StateCause, reason: string): WorkspaceState {
  return { kind: 'Error', cause, reason };
}

function off(cause: StateCause, reason: string): WorkspaceState {
  return { kind: 'Off', cause, reason };
}
