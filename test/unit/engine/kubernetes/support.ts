/** Reports for the tables of the Kubernetes engine's pure parts: of a workspace that runs, and whatever differs. */
import { dump } from 'js-yaml';
import { homeClaim, objectLabels, objectName } from '../../../../src/engine/kubernetes/names.ts';
import { type ImageCommand, recordAnnotations } from '../../../../src/engine/kubernetes/notes.ts';
import type {
  ClaimReport,
  EventReport,
  JobReport,
  ObjectReport,
  PodReport,
} from '../../../../src/engine/kubernetes/reports.ts';
import { recordOf, web } from '../records.ts';

const image: ImageCommand = { user: '', entrypoint: [], command: [] };
export const jobUid = 'job-1';

function objectOf(name: string, more: Partial<ObjectReport> = {}): ObjectReport {
  return {
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    createdAt: '2026-01-02T03:04:05Z',
    isDeleting: false,
    labels: {},
    annotations: {},
    ...more,
  };
}

export function secretOf(record = recordOf(), more: Partial<ObjectReport> = {}): ObjectReport {
  return objectOf(objectName(record.name), {
    labels: objectLabels(record.name, 'record'),
    annotations: recordAnnotations(record, image),
    ...more,
  });
}

export function claimOf(name = web, more: Partial<ClaimReport> = {}): ClaimReport {
  return {
    ...objectOf(homeClaim(name), { labels: objectLabels(name, 'home') }),
    storageClass: 'usual',
    phase: 'Bound',
    requestedBytes: 20 * 1024 ** 3,
    capacityBytes: 20 * 1024 ** 3,
    isResizing: false,
    ...more,
  };
}

export function jobOf(name = web, more: Partial<JobReport> = {}): JobReport {
  return {
    ...objectOf(objectName(name), { uid: jobUid, labels: objectLabels(name, 'run') }),
    isSuspended: false,
    isIdle: false,
    startedAt: undefined,
    deadlineSeconds: undefined,
    end: undefined,
    ...more,
  };
}

export function podOf(more: Partial<PodReport> = {}, name = web): PodReport {
  return {
    ...objectOf(`${objectName(name)}-x7k2p`, { labels: objectLabels(name, 'run') }),
    node: 'node-1',
    ip: '10.0.0.7',
    nodeIp: '192.0.2.7',
    phase: 'Running',
    reason: '',
    message: '',
    unscheduled: undefined,
    waiting: undefined,
    isRunning: true,
    startedAt: '2026-01-02T03:04:06Z',
    isStarted: true,
    isLost: false,
    disruption: undefined,
    imageId: '',
    end: undefined,
    ...more,
  };
}

export const pendingPod: Partial<PodReport> = {
  node: undefined,
  ip: undefined,
  phase: 'Pending',
  isRunning: false,
  isStarted: false,
  startedAt: undefined,
};

export function endedPod(
  exitCode: number,
  more: Partial<NonNullable<PodReport['end']>> = {},
): Partial<PodReport> {
  const end = { exitCode, reason: 'Error', message: '', at: '2026-01-02T04:00:00Z', ...more };
  return { phase: 'Failed', isRunning: false, isStarted: false, end };
}

export function eventOf(more: Partial<EventReport> = {}): EventReport {
  return {
    kind: 'Job',
    of: 'berth-web',
    isWarning: true,
    reason: 'FailedCreate',
    message: '',
    at: '2026-01-02T03:04:05Z',
    ...more,
  };
}

/** An object as a document, for golden files. */
export function yamlOf(object: unknown): string {
  return dump(JSON.parse(JSON.stringify(object)), { lineWidth: 120, noRefs: true });
}
