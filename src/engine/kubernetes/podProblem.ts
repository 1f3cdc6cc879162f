/** Why a pod does not come up, in words for people, from what scheduler, kubelet and admission say. Pure. */
import * as l10n from '@vscode/l10n';
import type { StateCause } from '../../workspace/state.ts';
import type { EventReport, PodReport } from './reports.ts';

export interface PodProblem {
  readonly cause: StateCause;
  readonly words: string;
}

/**
 * What keeps a pod that is there from running; undefined where it only takes its time. `claim`: of the home, where it
 * stands: a scheduler that does not find it has not heard of it yet.
 */
export function podProblem(
  { waiting, unscheduled }: PodReport,
  claim?: { readonly name: string },
): PodProblem | undefined {
  if (waiting) {
    const problem = waitingProblem(waiting.reason, waiting.message);
    if (problem) return problem;
  }
  if (unscheduled?.reason === 'Unschedulable') {
    const missing = missingClaim(unscheduled.message);
    if (missing !== undefined && missing === claim?.name) return undefined;
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
      return (
        startProblem(message) ?? {
          cause: 'exit',
          words: l10n.t('its container cannot be made: {0}', shortened(message || reason)),
        }
      );
    default:
      return undefined;
  }
}

/** What the container runtime says of a container that it cannot start, where that is known to mean something. */
export function startProblem(message: string): PodProblem | undefined {
  if (/exec format error/i.test(message)) {
    return { cause: 'image-missing', words: l10n.t('the image is not made for the processors of its node.') };
  }
  if (/init was OOM-killed/i.test(message)) {
    return {
      cause: 'out-of-memory',
      words: l10n.t('it ran out of memory before it could start. Give it more memory.'),
    };
  }
  if (/\/bin\/sh/.test(message) && /exec|no such file or directory|not found in \$PATH/i.test(message)) {
    return {
      cause: 'boot-failed',
      words: l10n.t('the image has no shell (/bin/sh). Choose an image with one.'),
    };
  }
  return undefined;
}

function imageProblem(said: string): PodProblem {
  const message = withoutQuoted(said.slice(0, 4000));
  if (/no match for platform|no matching manifest/i.test(message)) {
    return {
      cause: 'image-missing',
      words: l10n.t('there is no such image for the processors of its node: {0}', shortened(said)),
    };
  }
  if (/unauthorized|denied|authentication required|forbidden|no basic auth/i.test(message)) {
    return {
      cause: 'pull-refused',
      words: l10n.t(
        'the registry refused to give the image to the cluster. Choose an image pull secret in the settings: {0}',
        shortened(said),
      ),
    };
  }
  if (/not found|manifest unknown|name unknown/i.test(message)) {
    return {
      cause: 'image-missing',
      words: l10n.t('the cluster does not find the image. Check its name: {0}', shortened(said)),
    };
  }
  return {
    cause: 'pull-refused',
    words: l10n.t('the cluster cannot pull the image: {0}', shortened(said)),
  };
}

/** The names of images may be anything, 'denied' too: they stand in quotes, some again without. */
function withoutQuoted(message: string): string {
  const quoted = [...message.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
  return quoted.reduce((text, name) => text.replaceAll(name, ''), message);
}

/** The scheduler counts its reasons: '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint …'. */
function unschedulable(message: string): string {
  const lacking = [...message.matchAll(/Insufficient ([\w./-]*\w)/g)].map(([, resource = '']) =>
    inWords(resource),
  );
  if (lacking.length > 0) {
    return l10n.t(
      'no node has room for it: too little of {0}. Choose less, or stop another workspace. ({1})',
      [...new Set(lacking)].join(', '),
      shortened(message),
    );
  }
  if (/untolerated taint \{node\.kubernetes\.io\/|node\(s\) were unschedulable/i.test(message)) {
    return l10n.t('no node is ready to take it: {0}', shortened(message));
  }
  if (/taint/i.test(message)) {
    return l10n.t('no node takes it: add a toleration for their taints. ({0})', shortened(message));
  }
  if (/affinity|selector/i.test(message) && !/volume node affinity/i.test(message)) {
    return l10n.t('no node fits its node selector. ({0})', shortened(message));
  }
  const missing = missingClaim(message);
  if (missing !== undefined) {
    return l10n.t('the cluster has no volume claim “{0}”. ({1})', missing, shortened(message));
  }
  if (/persistentvolumeclaim|volume/i.test(message)) {
    return l10n.t(
      'the volume of its home is not there yet: check the storage class. ({0})',
      shortened(message),
    );
  }
  return l10n.t('no node takes it: {0}', shortened(message));
}

function missingClaim(message: string): string | undefined {
  return /persistentvolumeclaim "([^"]+)" not found/i.exec(message)?.[1];
}

function inWords(resource: string): string {
  if (resource === 'cpu') return l10n.t('CPUs');
  if (resource === 'memory') return l10n.t('memory');
  return /gpu$/i.test(resource) ? l10n.t('GPUs') : resource;
}

/** Why the Job's pod was not let in at all: quota, limits, Pod Security, other admission. */
export function refusedPod(events: readonly EventReport[]): PodProblem | undefined {
  const [last] = events
    .filter(({ kind, reason }) => kind === 'Job' && /^(?:FailedCreate|SuccessfulCreate)$/.test(reason))
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  if (last?.reason !== 'FailedCreate') return undefined;
  return {
    cause: 'forbidden',
    words: l10n.t('the cluster does not let its pod in: {0}', shortened(last.message)),
  };
}

function shortened(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}
