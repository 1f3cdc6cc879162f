/** The state of a workspace as people see it, worked out from what the engine reports of its parts. Pure. */
import * as l10n from '@vscode/l10n';
import { bootExitCodes } from '../../boot/bootLine.ts';
import type { StopReason } from '../../boot/stopReason.ts';
import type { WorkspaceState } from '../../workspace/state.ts';
import { reasonWords, stopCodes } from '../../workspace/stopCodes.ts';
import { type Fault, faultOf } from './faults.ts';
import type { ContainerReport } from './reports.ts';

/** All that decides about the state of one workspace, of whose parts any may be missing. */
export interface WorkspaceReport {
  readonly container: ContainerReport | undefined;
  /** A container stands under the workspace's name that is not Berth's. */
  readonly isForeign: boolean;
  readonly hasHome: boolean;
  readonly hasRecord: boolean;
  /** A creation goes on, or its maker is gone. */
  readonly building: { readonly by: string; readonly isAlive: boolean } | undefined;
  /** Why labels cannot be read, in words. */
  readonly unreadable: string | undefined;
  /** Since the container's last start: ssh is open, boot is ending, or neither yet. */
  readonly boot: 'ready' | 'stopping' | 'starting';
  /** What boot wrote down of the container's last run. */
  readonly stopReason: StopReason | undefined;
  /** Why the last start or rebuild by this engine object failed. */
  readonly failure: Fault | undefined;
  /** What this engine object is doing with it now. */
  readonly activity: 'stopping' | 'removing' | undefined;
}

/** Any report gives a state: nothing that an engine says makes this throw. */
export function stateOf(report: WorkspaceReport): WorkspaceState {
  if (report.activity === 'removing') return { kind: 'Deleting', reason: '' };
  if (report.building) return buildingState(report.building);
  if (report.isForeign) {
    return error(
      'foreign',
      l10n.t('a container that is not Berth’s has its name. Rename or remove that container.'),
    );
  }
  if (report.unreadable !== undefined) {
    return { kind: 'Unknown', cause: 'unreadable', reason: report.unreadable };
  }
  if (!report.hasRecord) {
    return error('unreadable', l10n.t('its record is gone: the volume was removed by hand'));
  }
  if (!report.hasHome) {
    return error(
      'home-missing',
      l10n.t('its home is gone: it was deleted, or its volume by hand. A rebuild makes an empty one.'),
    );
  }
  const { container } = report;
  if (container === undefined) {
    return report.failure
      ? failed(report.failure)
      : off('removed', l10n.t('its container was removed. A start makes it again.'));
  }
  return containerState(container, report);
}

function buildingState({ by, isAlive }: { by: string; isAlive: boolean }): WorkspaceState {
  return isAlive
    ? { kind: 'Building', reason: l10n.t('it is being created by {0}', by) }
    : error('interrupted', l10n.t('its creation was interrupted. Finish or delete it.'));
}

function containerState(container: ContainerReport, report: WorkspaceReport): WorkspaceState {
  switch (container.status) {
    case 'created':
      if (container.error !== '') return startFailure(container.error);
      return report.failure ? failed(report.failure) : off('never-started', l10n.t('it was not started yet'));
    case 'restarting':
      return { kind: 'Initializing', reason: l10n.t('the engine is restarting it') };
    case 'running':
      return runningState(report);
    case 'paused':
      return error('paused', l10n.t('its container is paused. A start lets it go on.'));
    case 'removing':
      return { kind: 'Deleting', reason: '' };
    case 'exited':
      return exitedState(container, report);
    case 'dead':
      return error('exit', l10n.t('the engine could not remove its container. Force it off, or delete it.'));
  }
}

function runningState({ boot, activity }: WorkspaceReport): WorkspaceState {
  if (activity === 'stopping' || boot === 'stopping') return { kind: 'Turning off', reason: '' };
  return boot === 'ready'
    ? { kind: 'Running', reason: '' }
    : { kind: 'Initializing', reason: l10n.t('it is starting') };
}

/** The reason that boot wrote down says most; without one the exit code has to do. */
function exitedState(container: ContainerReport, { stopReason, failure }: WorkspaceReport): WorkspaceState {
  const { exitCode } = container;
  if (failure) return failed(failure);
  if (exitCode === bootExitCodes.bootFailed || stopReason?.cause === 'boot-failed') {
    return error('boot-failed', stopReason?.words || l10n.t('a step of its boot failed. See the log.'));
  }
  if (exitCode === bootExitCodes.limit || stopReason?.cause === 'limit') {
    return off('limit', reasonWords(stopReason?.words || stopCodes.limit));
  }
  if (exitCode === bootExitCodes.person || stopReason?.cause === 'person') {
    return off('person', reasonWords(stopReason?.words || stopCodes.person));
  }
  if (exitCode === bootExitCodes.machine || stopReason?.cause === 'machine') {
    return off('machine', reasonWords(stopReason?.words || stopCodes.machine));
  }
  if (container.oomKilled) {
    return error('out-of-memory', reasonWords(stopCodes.memory));
  }
  if (container.error !== '') return startFailure(container.error);
  return exitCodeState(exitCode);
}

/** Codes as shells and engines use them: 128 + a signal's number; 255 where the engine itself went down. */
function exitCodeState(code: number): WorkspaceState {
  switch (code) {
    case 0:
      return off('exit', l10n.t('its first process ended by itself'));
    case 126:
    case 127:
      return error(
        'exit',
        l10n.t('its first process cannot be run (exit code {0}). Choose another image.', code),
      );
    case 137:
      return error('exit', l10n.t('it was killed (exit code 137)'));
    case 143:
    case 255:
      return off('machine', reasonWords(stopCodes.machine));
    default:
      return error('exit', l10n.t('its first process ended with exit code {0}. See the log.', code));
  }
}

function startFailure(words: string): WorkspaceState {
  return failed(faultOf(words) ?? { cause: 'exit', words: l10n.t('it could not be started: {0}', words) });
}

function failed({ cause, words }: Pick<Fault, 'cause' | 'words'>): WorkspaceState {
  return error(cause, words);
}

function error(cause: NonNullable<WorkspaceState['cause']>, reason: string): WorkspaceState {
  return { kind: 'Error', cause, reason };
}

function off(cause: NonNullable<WorkspaceState['cause']>, reason: string): WorkspaceState {
  return { kind: 'Off', cause, reason };
}
