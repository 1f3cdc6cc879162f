/** Looks at what an engine has of workspaces: its lists, then, where these leave it open, files that boot has left. */
import type Dockerode from 'dockerode';
import { bootOutputs, recordFolder } from '../../boot/bootFiles.ts';
import { bootExitCodes } from '../../boot/bootLine.ts';
import { type StopReason, stopReason } from '../../boot/stopReason.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { labelKeys } from '../labels.ts';
import { mapWide } from '../waiting.ts';
import { readFile } from './archive.ts';
import { unlessGone } from './errors.ts';
import { statusOf } from './inUse.ts';
import { containerName } from './names.ts';
import { type Parts, partsOfAll, partsOfOne } from './parts.ts';
import { type ContainerReport, containerReport, fileTime, volumeReports } from './reports.ts';
import type { WorkspaceReport } from './stateOf.ts';

/** An engine notes a start a moment after it, and archives have their times in whole seconds. */
const clockSlackMs = 2000;
const maxReasonBytes = 64 * 1024;

export class Observer {
  readonly #docker: Dockerode;
  /** Of containers that have ended, by id and time of the end: they never change. */
  readonly #stopReasons = new Map<string, StopReason | undefined>();

  constructor(docker: Dockerode) {
    this.#docker = docker;
  }

  async all(signal?: AbortSignal): Promise<Parts[]> {
    const [labelled, named, volumes] = await Promise.all([
      this.#ids({ label: [labelKeys.name] }, signal),
      this.#ids({ name: ['^/?berth-'] }, signal),
      // Not by label: a home may have been made by hand.
      this.#volumes({ name: ['berth-'] }, signal),
    ]);
    const ids = [...new Set([...labelled, ...named])];
    const containers = await mapWide(ids, id => this.container(id, signal));
    return [...partsOfAll(containers.filter(isThere), volumes).values()];
  }

  /** The parts of one workspace; all of them are undefined or empty where there is nothing of it. */
  async one(name: WorkspaceName, signal?: AbortSignal): Promise<Parts> {
    const label = [`${labelKeys.name}=${name}`];
    const [ids, named, volumes] = await Promise.all([
      this.#ids({ label }, signal),
      this.container(containerName(name), signal),
      this.#volumes({ name: [`berth-${name}-`] }, signal),
    ]);
    const others = ids.filter(id => id !== named?.id);
    const found = await Promise.all(others.map(id => this.container(id, signal)));
    return partsOfOne(name, [named, ...found].filter(isThere), volumes);
  }

  async container(idOrName: string, signal?: AbortSignal): Promise<ContainerReport | undefined> {
    const answer = await unlessGone(this.#docker.getContainer(idOrName).inspect(abortable(signal)));
    return answer && containerReport(answer);
  }

  /** How far boot is in a container that runs. */
  async bootOf(container: ContainerReport, signal?: AbortSignal): Promise<WorkspaceReport['boot']> {
    if (await this.#isNewer(bootOutputs.ready, container, clockSlackMs, signal)) return 'ready';
    // No slack: where only this stands it may be of the run before, which ended just now.
    return (await this.#isNewer(bootOutputs.stopReason, container, 0, signal)) ? 'stopping' : 'starting';
  }

  /** What boot wrote down when the container's last run ended. */
  async stopReasonOf(container: ContainerReport, signal?: AbortSignal): Promise<StopReason | undefined> {
    const { id, finishedAt, startedAt, exitCode } = container;
    if (exitCode === bootExitCodes.person || exitCode === bootExitCodes.machine) return undefined;
    if (finishedAt === undefined || startedAt === undefined) return undefined;
    const key = `${id} ${finishedAt}`;
    if (this.#stopReasons.has(key)) return this.#stopReasons.get(key);
    const file = await readFile(
      this.#docker.getContainer(id),
      inRecord(bootOutputs.stopReason),
      maxReasonBytes,
      signal,
    ).catch(unlessAnswered);
    const isOfLastRun = file !== undefined && file.modified >= Date.parse(startedAt) - clockSlackMs;
    const reason = isOfLastRun ? stopReason(file.content) : undefined;
    this.#stopReasons.set(key, reason);
    return reason;
  }

  /** Whether boot has written the file since the container started: an older one is of the run before. */
  async #isNewer(
    path: string,
    { id, startedAt }: ContainerReport,
    slackMs: number,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const time = await fileTimeIn(this.#docker.getContainer(id), inRecord(path), signal).catch(
      unlessAnswered,
    );
    return time !== undefined && time >= Date.parse(startedAt ?? '') - slackMs;
  }

  async #ids(filters: Record<string, string[]>, signal?: AbortSignal): Promise<string[]> {
    const containers = await this.#docker.listContainers({ all: true, filters, ...abortable(signal) });
    return containers.map(({ Id }) => Id);
  }

  async #volumes(filters: Record<string, string[]>, signal?: AbortSignal) {
    return volumeReports(await this.#docker.listVolumes({ filters, ...abortable(signal) }));
  }
}

/** When a file in a container was last written, unix time in ms; undefined where it is not there. */
export async function fileTimeIn(
  container: Dockerode.Container,
  path: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const answer: unknown = await unlessGone(container.infoArchive({ path, ...abortable(signal) }));
  const headers = (answer as { headers?: Record<string, unknown> } | undefined)?.headers;
  return fileTime(headers?.['x-docker-container-path-stat']);
}

/** An engine's no to a path that somebody inside has made odd (a loop of links, a file for a folder): as if it were not there. */
function unlessAnswered(error: unknown): undefined {
  if (statusOf(error) === undefined) throw error;
}

export function inRecord(path: string): string {
  return `${recordFolder}/${path}`;
}

/** As dockerode takes signals. */
export function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
