/** What every operation on workspaces of one namespace works with; made once by KubernetesEngine. */
import { hostname } from 'node:os';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { ConnectWay, EngineHost } from '../host.ts';
import { isMarkAlive } from '../maker.ts';
import type { KubernetesTarget } from '../target.ts';
import type { Undo } from '../undo.ts';
import type { ImageFinder } from './imageFinder.ts';
import { allOf, homeClaim, objectName } from './names.ts';
import type { Objects } from './objects.ts';
import {
  foreignWords,
  type NamespaceObjects,
  type Parts,
  partsOfAll,
  partsOfOne,
  workspaceOf,
} from './parts.ts';
import type { JobReport, PodReport } from './reports.ts';

export interface Workbench {
  readonly target: KubernetesTarget;
  readonly objects: Objects;
  readonly images: ImageFinder;
  readonly bootScript: string;
  readonly log: EngineHost['log'];
  readonly connect: () => ConnectWay;
  /** By which pod the last dial to port 22 went. */
  readonly reached: Map<WorkspaceName, { readonly pod: string; readonly address: string | undefined }>;
  /** What this engine object is doing now, by workspace. */
  readonly activities: Map<WorkspaceName, 'stopping' | 'removing'>;
  /** Pods in which boot has said that ssh is open: their own status says so up to a second later. */
  readonly ready: Set<string>;
  /** Tokens of the creations under way here. */
  readonly creations: Set<string>;
  /** Jobs that are being ended here because their pod stays off (staysOff.ts), by uid. */
  readonly ending: Set<string>;
  /** What could not be taken back because the server did not answer: tried again when it does. */
  readonly leftovers: Set<Undo>;
}

/** All workspaces from lists that were made somehow. */
export async function partsFrom(
  { objects }: Workbench,
  found: NamespaceObjects,
  signal?: AbortSignal,
): Promise<Parts[]> {
  const parts = partsOfAll(found);
  return await Promise.all(
    parts.map(async part =>
      waitsForPod(part) ? { ...part, events: await jobEvents(objects, part.job, signal) } : part,
    ),
  );
}

export async function listObjects(
  objects: Objects,
  labelSelector: string,
  signal?: AbortSignal,
): Promise<NamespaceObjects> {
  const [secrets, claims, jobs, pods] = await Promise.all([
    objects.list('secretNotes', { labelSelector }, signal),
    objects.list('claim', { labelSelector }, signal),
    objects.list('job', { labelSelector }, signal),
    objects.list('pod', { labelSelector }, signal),
  ]);
  return { secrets, claims, jobs, pods };
}

/** The parts of one workspace; all are undefined or empty where there is nothing of it. */
export async function observe(
  { objects }: Workbench,
  name: WorkspaceName,
  signal?: AbortSignal,
): Promise<Parts> {
  // By name: who has the name without being Berth's is to be seen.
  const [secret, claim, job, pods] = await Promise.all([
    objects.get('secretNotes', objectName(name), signal),
    objects.get('claim', homeClaim(name), signal),
    objects.get('job', objectName(name), signal),
    objects.list('pod', { labelSelector: allOf(name) }, signal),
  ]);
  const found = {
    secrets: secret ? [secret] : [],
    claims: claim ? [claim] : [],
    jobs: job ? [job] : [],
    pods,
  };
  const parts = partsOfOne(name, found);
  return waitsForPod(parts) ? { ...parts, events: await jobEvents(objects, parts.job, signal) } : parts;
}

/** Why a Job has no pod stands in its events alone. */
function waitsForPod({ job, pods }: Parts): boolean {
  return job !== undefined && !job.isDeleting && !job.end && pods.length === 0;
}

async function jobEvents(objects: Objects, job: JobReport | undefined, signal?: AbortSignal) {
  const fieldSelector = `involvedObject.uid=${job?.uid ?? ''}`;
  // Events are nice to have: a role may leave them out.
  return await objects.list('event', { fieldSelector }, signal).catch(() => []);
}

/** The parts of a workspace that there is something of; else 'not-found'. */
export async function existing(bench: Workbench, name: WorkspaceName, signal?: AbortSignal): Promise<Parts> {
  const parts = await observe(bench, name, signal);
  if (parts.record || parts.job || parts.building) return parts;
  throw new BerthError(l10n.t('There is no workspace “{0}” on this target.', name), { code: 'not-found' });
}

/** Whether somebody is at work on the creation that the mark tells of. */
export function isBuilding(bench: Workbench, { building }: Parts): boolean {
  if (!building) return false;
  const { host, pid } = building.maker;
  const isOurs = host === hostname() && pid === process.pid;
  return isOurs ? bench.creations.has(building.token) : isMarkAlive(building, bench.objects.api.clock);
}

export function workspaceNow(bench: Workbench, parts: Parts): Workspace {
  return workspaceOf(bench.target.id, parts, {
    isMakerAlive: isBuilding(bench, parts),
    activity: bench.activities.get(parts.name),
    isReady: bench.ready.has(parts.pods[0]?.uid ?? ''),
    clock: bench.objects.api.clock,
  });
}

/** The pod of a workspace, which has to run; else 'conflict' that says so. */
export async function runningPod(
  bench: Workbench,
  name: WorkspaceName,
  signal?: AbortSignal,
): Promise<{ readonly pod: PodReport; readonly parts: Parts }> {
  const parts = await existing(bench, name, signal);
  const pod = podThatRuns(parts);
  if (pod) return { pod, parts };
  throw new BerthError(l10n.t('“{0}” is not running. Start it first.', name), { code: 'conflict' });
}

/** undefined where the workspace does not run. */
export function podThatRuns({ job, pods: [pod] }: Parts): PodReport | undefined {
  return job && !job.isDeleting && pod?.isRunning && !pod.isDeleting ? pod : undefined;
}

/** Refuses while somebody else is creating it, or where a stranger's object has its name. */
export function refuseIfTaken(bench: Workbench, parts: Parts): void {
  const { name, foreign, building } = parts;
  if (foreign !== undefined) {
    throw inTheWay(foreign, name);
  }
  if (building && isBuilding(bench, parts)) {
    throw new BerthError(
      l10n.t('“{0}” is being created by {1}. Wait until that is done.', name, building.maker.identity),
      { code: 'conflict' },
    );
  }
}

export function foreignError(kind: string, object: string, name: WorkspaceName): BerthError {
  return inTheWay(foreignWords(kind, object), name);
}

function inTheWay(foreign: string, name: WorkspaceName): BerthError {
  return new BerthError(
    l10n.t('{0}, which is not Berth’s, stands in the way of “{1}”. Rename or remove that.', foreign, name),
    { code: 'conflict' },
  );
}
