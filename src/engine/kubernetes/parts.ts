/** From the objects of a namespace to workspaces: which belongs to whom, and what it adds up to. Pure. */
import * as l10n from '@vscode/l10n';
import type { TargetId, WorkspaceName } from '../../workspace/name.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { EngineClock } from '../clock.ts';
import { labelKeys, nameOf, readLabels, type WorkspaceFacts } from '../labels.ts';
import { type Mark, readMark } from '../maker.ts';
import { isFromOutside } from './exitCodes.ts';
import { homeClaim, isOurs, objectName } from './names.ts';
import { stopNoteIn } from './notes.ts';
import type { ClaimReport, EventReport, JobReport, ObjectReport, PodReport } from './reports.ts';
import { stateOf } from './stateOf.ts';

/** What a namespace has of one workspace; any part may be missing. */
export interface Parts {
  readonly name: WorkspaceName;
  readonly record: ObjectReport | undefined;
  readonly claim: ClaimReport | undefined;
  readonly job: JobReport | undefined;
  /** The newest first: those of the Job, or what is still ending of earlier ones where there is none. */
  readonly pods: readonly PodReport[];
  readonly events: readonly EventReport[];
  readonly building: Mark | undefined;
  /** What stands under its name without being Berth's, in words. */
  readonly foreign: string | undefined;
}

export interface NamespaceObjects {
  readonly secrets: readonly ObjectReport[];
  readonly claims: readonly ClaimReport[];
  readonly jobs: readonly JobReport[];
  readonly pods: readonly PodReport[];
}

/** Every workspace that there is something of but a kept home. */
export function partsOfAll(objects: NamespaceObjects): Parts[] {
  const names = new Set<WorkspaceName>();
  for (const { labels, name } of [...objects.secrets, ...objects.jobs]) {
    const owner = nameOf(labels);
    if (owner && name === objectName(owner)) names.add(owner);
  }
  return [...names].map(name => partsOfOne(name, objects));
}

/** `objects` may hold those of others too. */
export function partsOfOne(
  name: WorkspaceName,
  objects: NamespaceObjects,
  events: readonly EventReport[] = [],
): Parts {
  const called = <T extends ObjectReport>(reports: readonly T[], wanted: string) =>
    reports.find(report => report.name === wanted);
  const own = <T extends ObjectReport>(report: T | undefined) =>
    report && isOurs(report, name) ? report : undefined;
  const secret = called(objects.secrets, objectName(name));
  const claim = called(objects.claims, homeClaim(name));
  const job = called(objects.jobs, objectName(name));
  const foreign = [
    ['Secret', secret],
    ['PersistentVolumeClaim', claim],
    ['Job', job],
  ] as const;
  const [what, stranger] = foreign.find(([, report]) => report && !isOurs(report, name)) ?? [];
  const record = own(secret);
  return {
    name,
    record,
    claim: own(claim),
    job: own(job),
    pods: objects.pods
      .filter(({ labels }) => nameOf(labels) === name && labels[labelKeys.role] === 'run')
      .filter(({ labels }) => isOfJob(labels, own(job)))
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0)),
    events,
    building: record && readMark(record.annotations),
    foreign: what && stranger && foreignWords(what, stranger.name),
  };
}

/** The label that the Job's controller gives its pods; one of an earlier Job may still be ending. */
export function isOfJob(labels: ObjectReport['labels'], job: Pick<JobReport, 'uid'> | undefined): boolean {
  const owner = labels['batch.kubernetes.io/controller-uid'];
  return !job || owner === undefined || owner === job.uid;
}

/** What stands in the way, in words. */
export function foreignWords(kind: string, name: string): string {
  return l10n.t('the {0} {1}', kind, name);
}

export function factsOf({ record }: Parts): WorkspaceFacts {
  return readLabels(record?.annotations ?? {});
}

/** What has to be known beyond the objects. */
export interface Observed {
  readonly isMakerAlive: boolean;
  readonly activity: 'stopping' | 'removing' | undefined;
  /** Boot in the newest pod has said that ssh is open. */
  readonly isReady: boolean;
  readonly clock: Pick<EngineClock, 'here'>;
}

/** Its times are this machine's, whatever the cluster's clock shows. */
export function workspaceOf(target: TargetId, parts: Parts, observed: Observed): Workspace {
  const facts = factsOf(parts);
  const { record, building, pods, job } = parts;
  const stopped = record && stopNoteIn(record.annotations);
  const [pod] = pods;
  const state = stateOf({
    hasRecord: record !== undefined,
    isRecordDeleting: record?.isDeleting ?? false,
    foreign: parts.foreign,
    claim: parts.claim,
    job,
    pods,
    events: parts.events,
    stopped,
    building: building && { by: building.maker.identity, isAlive: observed.isMakerAlive },
    unreadable: record && !building ? facts.problem : undefined,
    activity: observed.activity,
    isReady: observed.isReady,
  });
  // The Job's controller takes a moment to say that it is over.
  const isOver = job?.end ?? (pod?.end && !pod.isDeleting && !isFromOutside(pod.end));
  const endedAt = isOver ? pod?.end?.at || job?.end?.at : stopped?.at;
  const stoppedAt = isoTime(endedAt, observed.clock);
  const startedAt = isoTime(pod?.startedAt, observed.clock);
  return {
    target,
    name: parts.name,
    state,
    createdBy: facts.createdBy || building?.maker.identity || '',
    createdAt: isoTime(facts.createdAt || record?.createdAt, observed.clock) ?? '',
    settings: facts.settings,
    image: facts.settings?.image ?? '',
    ...(facts.image && { resolved: facts.image }),
    hostKey: facts.hostKey,
    login: facts.login,
    ...(pod?.isRunning && startedAt !== undefined && { startedAt }),
    ...(!pod?.isRunning && stoppedAt !== undefined && stopped?.cause !== 'never-started' && { stoppedAt }),
  };
}

function isoTime(text: string | undefined, clock: Observed['clock']): string | undefined {
  const time = clock.here(text ?? '');
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
