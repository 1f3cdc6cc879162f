/** From the containers and volumes of an engine to workspaces: which belongs to whom, and what it adds up to. Pure. */
import type { StopReason } from '../../boot/stopReason.ts';
import type { TargetId, WorkspaceName } from '../../workspace/name.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { EngineClock } from '../clock.ts';
import { labelKeys, nameOf, readLabels, roleOf, type WorkspaceFacts } from '../labels.ts';
import { type Mark, readMark } from '../maker.ts';
import type { Fault } from './faults.ts';
import {
  containerName,
  homeVolume,
  isInterimName,
  markVolume,
  recordVolume,
  workspaceOfContainer,
  workspaceOfHome,
} from './names.ts';
import type { ContainerReport, VolumeReport } from './reports.ts';
import { stateOf, type WorkspaceReport } from './stateOf.ts';

/** What an engine has of one workspace; any part may be missing. */
export interface Parts {
  readonly name: WorkspaceName;
  /** Berth's own, also where somebody renamed it. */
  readonly container: ContainerReport | undefined;
  /** A container that has the workspace's name and is not Berth's. */
  readonly foreign: ContainerReport | undefined;
  readonly home: VolumeReport | undefined;
  readonly record: VolumeReport | undefined;
  readonly building: Mark | undefined;
  /** Made for mounts. */
  readonly data: readonly VolumeReport[];
  /** Labels that edits and rebuilds left, oldest first. */
  readonly edits: readonly VolumeReport[];
  /** Containers never started that a reader of the record left behind. */
  readonly passages: readonly ContainerReport[];
  /** New containers that a rebuild has not put in the place of the old one, or never will. */
  readonly interims: readonly ContainerReport[];
}

/** Every workspace that there is something of but a kept home. */
export function partsOfAll(
  containers: readonly ContainerReport[],
  volumes: readonly VolumeReport[],
): Map<WorkspaceName, Parts> {
  const names = new Set<WorkspaceName>();
  const owned = new Map<WorkspaceName, { containers: ContainerReport[]; volumes: VolumeReport[] }>();
  const partsOf = (name: WorkspaceName) => {
    const parts = owned.get(name) ?? { containers: [], volumes: [] };
    owned.set(name, parts);
    return parts;
  };
  for (const container of containers) {
    const owner = ownerOf(container);
    if (owner) names.add(owner);
    const name = owner ?? workspaceOfContainer(container.name) ?? nameOf(container.labels);
    if (name) partsOf(name).containers.push(container);
  }
  for (const volume of volumes) {
    const name = nameOf(volume.labels) ?? workspaceOfHome(volume.name);
    if (!name) continue;
    partsOf(name).volumes.push(volume);
    const role = roleOf(volume.labels);
    if (role === 'record' || volume.name === markVolume(name, 'building')) names.add(name);
  }
  return new Map(
    [...names].map(name => {
      const { containers, volumes } = partsOf(name);
      return [name, partsOfOne(name, containers, volumes)];
    }),
  );
}

/** The parts of one workspace among the containers and volumes that may be its. */
export function partsOfOne(
  name: WorkspaceName,
  containers: readonly ContainerReport[],
  volumes: readonly VolumeReport[],
): Parts {
  const owned = containers.filter(container => ownerOf(container) === name);
  const own = owned.filter(container => !isInterimName(container.name));
  const named = containers.find(container => container.name === containerName(name));
  const byRole = (role: string) =>
    volumes.filter(({ labels }) => nameOf(labels) === name && roleOf(labels) === role);
  const building = volumes.find(volume => volume.name === markVolume(name, 'building'));
  return {
    name,
    container: own.find(container => container === named) ?? own[0],
    foreign: named && !own.includes(named) ? named : undefined,
    home: volumes.find(volume => volume.name === homeVolume(name)),
    record: volumes.find(volume => volume.name === recordVolume(name)),
    building: building && readMark(building.labels),
    data: byRole('data'),
    edits: byRole('mark')
      .filter(({ labels }) => labels[labelKeys.settings] !== undefined)
      .sort((a, b) => readLabels(a.labels).revision - readLabels(b.labels).revision),
    passages: containers.filter(({ labels }) => nameOf(labels) === name && roleOf(labels) === 'passage'),
    interims: owned.filter(container => isInterimName(container.name)),
  };
}

/**
 * Labels alone prove nothing: an image made of a workspace hands them on to whatever runs it. A workspace's container
 * mounts the workspace's record.
 */
function ownerOf(container: ContainerReport): WorkspaceName | undefined {
  const name = nameOf(container.labels);
  return name && roleOf(container.labels) === undefined && container.volumes.includes(recordVolume(name))
    ? name
    : undefined;
}

/** What the labels of all parts say together: the container's, else the record's, and what the newest change left. */
export function factsOf({ container, record, edits }: Parts): WorkspaceFacts {
  const facts = readLabels(container?.labels ?? record?.labels ?? {});
  const edit = edits.at(-1);
  const edited = edit && readLabels(edit.labels);
  if (!edited?.settings || edited.revision < facts.revision) return facts;
  const { settings, revision, login = facts.login, image = facts.image } = edited;
  return { ...facts, settings, revision, login, image };
}

/** What has to be looked for beyond the lists; see observe.ts. */
export interface Observed {
  readonly boot: WorkspaceReport['boot'];
  readonly stopReason: StopReason | undefined;
  readonly isMakerAlive: boolean;
  readonly failure: Fault | undefined;
  readonly activity: WorkspaceReport['activity'];
}

export function reportOf(parts: Parts, observed: Observed, facts = factsOf(parts)): WorkspaceReport {
  const { building, isMakerAlive, ...rest } = { ...observed, building: parts.building };
  const hasLabels = parts.container !== undefined || parts.record !== undefined;
  return {
    ...rest,
    container: parts.container,
    isForeign: parts.foreign !== undefined,
    hasHome: parts.home !== undefined,
    hasRecord: parts.record !== undefined,
    building: building && { by: building.maker.identity, isAlive: isMakerAlive },
    unreadable: hasLabels ? facts.problem : undefined,
  };
}

/** Its times are this machine's, whatever the engine's clock shows. */
export function workspaceOf(
  target: TargetId,
  parts: Parts,
  observed: Observed,
  clock: Pick<EngineClock, 'here'>,
): Workspace {
  const facts = factsOf(parts);
  const state = stateOf(reportOf(parts, observed, facts));
  const { container } = parts;
  const isUp = container?.status === 'running' || container?.status === 'paused';
  return {
    target,
    name: parts.name,
    state,
    createdBy: facts.createdBy || parts.building?.maker.identity || '',
    createdAt: isoTime(clock.here(facts.createdAt || (parts.building?.at ?? ''))),
    settings: facts.settings,
    image: facts.settings?.image ?? '',
    ...(facts.image && { resolved: facts.image }),
    hostKey: facts.hostKey,
    login: facts.login,
    ...(isUp && container.startedAt !== undefined && { startedAt: isoTime(clock.here(container.startedAt)) }),
    ...(!isUp &&
      container?.finishedAt !== undefined && { stoppedAt: isoTime(clock.here(container.finishedAt)) }),
  };
}

function isoTime(time: Date): string {
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}
