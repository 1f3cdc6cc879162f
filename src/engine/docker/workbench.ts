/** What every operation on workspaces of one engine works with; made once by DockerEngine. */
import { hostname } from 'node:os';
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { WorkspaceState } from '../../workspace/state.ts';
import type { EngineClock } from '../clock.ts';
import type { ImageStore, Maker } from '../engine.ts';
import type { EngineHost } from '../host.ts';
import { isMarkAlive } from '../maker.ts';
import type { Undo } from '../undo.ts';
import type { DockerConnection } from './connection.ts';
import type { Fault } from './faults.ts';
import type { LoginUsers } from './login.ts';
import type { Observer } from './observe.ts';
import { type Observed, type Parts, reportOf } from './parts.ts';
import type { RecordStore } from './recordStore.ts';
import type { ContainerReport } from './reports.ts';
import { stateOf, type WorkspaceReport } from './stateOf.ts';

export interface Workbench {
  readonly connection: DockerConnection;
  readonly docker: Dockerode;
  readonly clock: EngineClock;
  readonly images: ImageStore;
  readonly observer: Observer;
  readonly records: RecordStore;
  readonly logins: LoginUsers;
  readonly log: EngineHost['log'];
  /** What this engine object is doing now, and what it failed at last, by workspace. */
  readonly activities: Map<WorkspaceName, NonNullable<WorkspaceReport['activity']>>;
  readonly failures: Map<WorkspaceName, Fault>;
  /** Tokens of the creations under way in this process: a mark of it that is not among them was left behind. */
  readonly creations: Set<string>;
  /** What could not be taken back because the engine did not answer: tried again when it does. */
  readonly leftovers: Set<Undo>;
}

/** For marks that no person's request stands behind. */
export function selfMaker(): Maker {
  return { identity: '', host: hostname(), pid: process.pid };
}

/** What the lists leave open about one workspace. */
export async function observed(bench: Workbench, parts: Parts, signal?: AbortSignal): Promise<Observed> {
  const { container, name, building } = parts;
  return {
    boot: container?.status === 'running' ? await bench.observer.bootOf(container, signal) : 'starting',
    stopReason:
      container?.status === 'exited' ? await bench.observer.stopReasonOf(container, signal) : undefined,
    isMakerAlive: building !== undefined && isBuilding(bench, parts),
    failure: bench.failures.get(name),
    activity: bench.activities.get(name),
  };
}

/** Whether somebody is at work on the creation that the mark tells of. */
export function isBuilding(bench: Workbench, { building }: Parts): boolean {
  if (!building) return false;
  const { host, pid } = building.maker;
  const isOurs = host === hostname() && pid === process.pid;
  return isOurs ? bench.creations.has(building.token) : isMarkAlive(building, bench.clock);
}

export async function stateNow(
  bench: Workbench,
  name: WorkspaceName,
  signal?: AbortSignal,
): Promise<WorkspaceState> {
  const parts = await bench.observer.one(name, signal);
  return stateOf(reportOf(parts, await observed(bench, parts, signal)));
}

/** The parts of a workspace that there is something of; else 'not-found'. */
export async function existing(bench: Workbench, name: WorkspaceName, signal?: AbortSignal): Promise<Parts> {
  const parts = await bench.observer.one(name, signal);
  if (parts.container || parts.record || parts.building) return parts;
  throw new BerthError(l10n.t('There is no workspace “{0}” on this target.', name), { code: 'not-found' });
}

/** Its container, which has to run; else 'conflict' that says so. */
export async function runningContainer(
  bench: Workbench,
  name: WorkspaceName,
  signal?: AbortSignal,
): Promise<ContainerReport & { readonly parts: Parts }> {
  const parts = await existing(bench, name, signal);
  if (parts.container?.status === 'running') return { ...parts.container, parts };
  throw new BerthError(l10n.t('“{0}” is not running. Start it first.', name), { code: 'conflict' });
}

/** Refuses while somebody else is creating it, or where a stranger's container has its name. */
export function refuseIfTaken(bench: Workbench, parts: Parts): void {
  const { name, foreign, building } = parts;
  if (foreign) {
    throw new BerthError(
      l10n.t(
        'A container named {0} that is not Berth’s stands in the way of “{1}”. Rename or remove that container.',
        foreign.name,
        name,
      ),
      { code: 'conflict' },
    );
  }
  if (building && isBuilding(bench, parts)) {
    throw new BerthError(
      l10n.t('“{0}” is being created by {1}. Wait until that is done.', name, building.maker.identity),
      { code: 'conflict' },
    );
  }
}
