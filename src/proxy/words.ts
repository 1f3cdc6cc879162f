/** Why the proxy does not connect, in words for the person: what happened, to which workspace, what to do. */
import * as l10n from '@vscode/l10n';
import type { WorkspaceState } from '../workspace/state.ts';
import type { Step } from './nextStep.ts';

type Refusal = Extract<Step, { do: 'refuse' }>['because'];
type Failure = Extract<Step, { do: 'fail' }>['because'];

export function refusalOf(because: Refusal, name: string, state: WorkspaceState | undefined): string {
  const why = state?.reason ?? '';
  switch (because) {
    case 'setting':
      return l10n.t(
        '{0} is off, and berth.ssh.startOnConnect says that connecting starts nothing: start it in Berth',
        name,
      );
    case 'stopped':
      return l10n.t(
        '{0} stopped less than two minutes ago ({1}), and a window that reconnects does not start it again: start it in Berth, or connect from a terminal',
        name,
        why,
      );
    case 'reconnecting':
      return l10n.t(
        '{0} is off ({1}), and a window that keeps reconnecting does not start it: start it in Berth, or connect from a terminal',
        name,
        why,
      );
  }
}

export function failureOf(
  because: Failure,
  name: string,
  target: string,
  state: WorkspaceState | undefined,
): string {
  switch (because) {
    case 'missing':
      return l10n.t('There is no workspace {0} on {1} (any more): it may have been deleted', name, target);
    case 'deleting':
      return l10n.t('{0} is being deleted', name);
    case 'state':
      return l10n.t('{0} cannot be reached: {1}', name, state?.reason || state?.kind || '');
  }
}
