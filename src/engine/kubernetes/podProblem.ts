/** Why a pod does not come up, in words for people, from what scheduler, kubelet and admission say. Pure. */
import * as l10n from '@vscode/l10n';
import type { StateCause } from '../../workspace/state.ts';
import type { EventReport, PodReport } from './reports.ts';

export interface PodProblem {
  readonly cause: StateCause;
  readonly words: string;
}

/** What keeps a pod that is there from running; undefined where it only takes its time. */
export function podProblem({ waiting, unscheduled }: PodReport): PodProblem | undefined {
  if (waiting) {
    const problem = waitingProblem(waiting.reason, waiting.message);
    if (problem) return problem;
  }
  if (unscheduled?.reason === 'Unschedulable') {
    return { cause: 'unschedulable', words: unschedulable(unscheduled.message) };
  }
  return undefined;
}

function waitingProblem(reason: string, message: string): PodProblem | undefined {
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'ErrImageNeverPull':
    case 'InvalidImageName':
    case 'ImageInspectError':
    case 'RegistryUnavailable':
      return imageProblem(message || reason);
    case 'CreateContainerConfigError':
    case 'CreateContainerError':
    case 'RunContainerError':
      return /exec|no such file or directory|not found in \$PATH/i.test(message) && /\/bin\/sh/.test(message)
        ? {
            cause: 'boot-failed',
            words: l10n.t('the image has no shell (/bin/sh). Choose an image with one.'),
          }
        : { cause: 'exit', words: l10n.t('its container cannot be made: {0}', message || reason) };
    default:
      return undefined;
  }
}

function imageProblem(message: string): PodProblem {
  if (/unauthorized|denied|authentication required|forbidden|no basic auth/i.test(message)) {
    return {
      cause: 'pull-refused',
      words: l10n.t(
        'the registry refused to give the image to the cluster. Choose an image pull secret in the settings: {0}',
        shortened(message),
      ),
    };
  }
  if (/not found|manifest unknown|no match for platform|name unknown/i.test(message)) {
    return {
      cause: 'image-missing',
      words: l10n.t('the cluster does not find the image. Check its name: {0}', shortened(message)),
    };
  }
  return {
    cause: 'pull-refused',
    words: l10n.t('the cluster cannot pull the image: {0}', shortened(message)),
  };
}

/** The scheduler counts its reasons: '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint …'. */
function unschedulable(message: string): string {
  const about = [
    [/Insufficient cpu/i, l10n.t('CPUs')],
    [/Insufficient memory/i, l10n.t('memory')],
    [/Insufficient [\w./-]*gpu/i, l10n.t('GPUs')],
  ] as const;
  const lacking = about.filter(([pattern]) => pattern.test(message)).map(([, word]) => word);
  if (lacking.length > 0) {
    return l10n.t(
      'no node has room for it: too little of {0}. Choose less, or stop another workspace. ({1})',
      lacking.join(', '),
      shortened(message),
    );
  }
  if (/taint/i.test(message)) {
    return l10n.t('no node takes it: add a toleration for their taints. ({0})', shortened(message));
  }
  if (/affinity|selector/i.test(message) && !/volume node affinity/i.test(message)) {
    return l10n.t('no node fits its node selector. ({0})', shortened(message));
  }
  if (/persistentvolumeclaim|volume/i.test(message)) {
    return l10n.t(
      'the volume of its home is not there yet: check the storage class. ({0})',
      shortened(message),
    );
  }
  return l10n.t('no node takes it: {0}', shortened(message));
}

/** Why the Job's pod was not let in at all: quota, limits, Pod Security, other admission. */
export function refusedPod(events: readonly EventReport[]): PodProblem | undefined {
  const refusal = [...events]
    .filter(({ kind, reason }) => kind === 'Job' && reason === 'FailedCreate')
    .sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  if (!refusal) return undefined;
  return {
    cause: 'forbidden',
    words: l10n.t('the cluster does not let its pod in: {0}', shortened(refusal.message)),
  };
}

function shortened(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}
