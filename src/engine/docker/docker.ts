/** The Docker engine (Podman's too): each call is an operation on the workbench, its failures told in Berth's words. */
import type { Duplex } from 'node:stream';
import * as l10n from '@vscode/l10n';
import { plainAccess } from '../../image/registryAccess.ts';
import { completed, type HistoryEntry } from '../../workspace/history.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Adoptable } from '../adoptable.ts';
import { Calls, clearLeftovers } from '../calls.ts';
import type {
  Builder,
  CreateRequest,
  EditRequest,
  Engine,
  EngineFacts,
  ExecOptions,
  ExecResult,
  HomeStore,
  LogOptions,
  Report,
  Stats,
  StopOptions,
} from '../engine.ts';
import { homeStore } from '../homeStore.ts';
import type { EngineHost } from '../host.ts';
import type { DockerTarget } from '../target.ts';
import { mapWide } from '../waiting.ts';
import { ContainerAdoption } from './adoption.ts';
import { buildImage } from './build.ts';
import { type ConnectOptions, connect } from './connection.ts';
import { createWorkspace } from './creation.ts';
import { dialPort } from './dial.ts';
import { editWorkspace } from './editing.ts';
import { engineError, engineFault } from './errors.ts';
import { execToEnd } from './exec.ts';
import { probe } from './facts.ts';
import { historyOf } from './history.ts';
import { keptBytesOf, keptHomesOf, readHomeOf, replaceHome } from './homes.ts';
import { DockerImageStore } from './images.ts';
import { inspectParts } from './inspection.ts';
import { fileLogOf, logOf } from './log.ts';
import { LoginUsers } from './login.ts';
import { Observer } from './observe.ts';
import { factsOf, workspaceOf } from './parts.ts';
import { rebuildWorkspace } from './rebuild.ts';
import { RecordStore } from './recordStore.ts';
import { removeWorkspace } from './removal.ts';
import { startWorkspace } from './starting.ts';
import { statsOf } from './stats.ts';
import { stopWorkspace } from './stopping.ts';
import { DockerVolumeStore } from './volumes.ts';
import { EngineWatch } from './watch.ts';
import { existing, observed, runningContainer, type Workbench } from './workbench.ts';

/** Of all engine objects: the same engine may be two targets, or be removed from the list and added again. */
const creationsHere = new Set<string>();

export class DockerEngine implements Engine {
  readonly target: DockerTarget;
  readonly images: DockerImageStore;
  readonly builder: Builder;
  readonly volumes: DockerVolumeStore;
  readonly adoptable: Adoptable;
  readonly homes: HomeStore;
  readonly #bench: Workbench;
  readonly #calls = new Calls(engineError);
  #isUnsettled = false;

  constructor(target: DockerTarget, host: EngineHost, options: ConnectOptions = {}) {
    this.target = target;
    const connection = connect(target.endpoint, options);
    const { docker, clock } = connection;
    const { credentials } = host.registries ?? plainAccess();
    this.images = new DockerImageStore(docker, { credentials });
    this.builder = {
      build: (request, report, signal) =>
        this.#calls.change(l10n.t('Cannot build {0}', request.reference), signal, until =>
          buildImage({ docker, endpoint: target.endpoint, credentials }, request, report, until),
        ),
    };
    this.volumes = new DockerVolumeStore(docker);
    this.#bench = {
      connection,
      docker,
      clock,
      images: this.images,
      observer: new Observer(docker),
      records: new RecordStore(docker, host.bootScript),
      logins: new LoginUsers(docker),
      log: host.log,
      activities: new Map(),
      failures: new Map(),
      creations: creationsHere,
      leftovers: new Set(),
    };
    this.adoptable = new ContainerAdoption(this.#bench, this.#calls);
    this.homes = homeStore(this.#calls, target.title, {
      read: (name, until) => readHomeOf(this.#bench, name, until),
      replace: (name, source, report, until) => replaceHome(this.#bench, name, source, report, until),
      kept: until => keptHomesOf(this.#bench, until),
      keptBytes: until => keptBytesOf(this.#bench, until),
    });
  }

  [Symbol.dispose](): void {
    this.#calls[Symbol.dispose]();
    this.#bench.connection[Symbol.dispose]();
  }

  async retire(): Promise<void> {
    await this.#calls.settled();
    this[Symbol.dispose]();
  }

  async probe(signal?: AbortSignal): Promise<EngineFacts> {
    return await this.#calls.ask(l10n.t('Cannot reach {0}', this.target.title), signal, until =>
      probe(this.#bench.connection, until),
    );
  }

  async list(signal?: AbortSignal): Promise<Workspace[]> {
    return await this.#calls.ask(
      l10n.t('Cannot list the workspaces of {0}', this.target.title),
      signal,
      async until => {
        const workspaces = await mapWide(await this.#bench.observer.all(until), async parts =>
          workspaceOf(this.target.id, parts, await observed(this.#bench, parts, until), this.#bench.clock),
        );
        this.#isUnsettled = workspaces.some(({ state }) =>
          ['Building', 'Initializing', 'Turning off', 'Deleting'].includes(state.kind),
        );
        void clearLeftovers(this.#bench.leftovers);
        return workspaces.sort((a, b) => a.name.localeCompare(b.name));
      },
    );
  }

  async find(name: WorkspaceName, signal?: AbortSignal): Promise<Workspace | undefined> {
    return await this.#calls.ask(l10n.t('Cannot look for “{0}”', name), signal, async until => {
      const parts = await this.#bench.observer.one(name, until);
      const isThere = parts.container || parts.foreign || parts.record || parts.building;
      if (!isThere) return undefined;
      const seen = await observed(this.#bench, parts, until);
      return workspaceOf(this.target.id, parts, seen, this.#bench.clock);
    });
  }

  watch(onChange: () => void): Disposable {
    return new EngineWatch(this.#bench.docker, onChange, () => this.#isUnsettled);
  }

  async create(request: CreateRequest, report: Report, signal: AbortSignal): Promise<void> {
    await this.#calls.change(l10n.t('Cannot create “{0}”', request.name), signal, until =>
      createWorkspace(this.#bench, request, report, until),
    );
  }

  async start(name: WorkspaceName, report: Report, signal: AbortSignal): Promise<void> {
    await this.#calls.change(l10n.t('Cannot start “{0}”', name), signal, until =>
      this.#remembering(name, until, () => startWorkspace(this.#bench, name, report, until)),
    );
  }

  async stop(name: WorkspaceName, options: StopOptions, report: Report, signal: AbortSignal): Promise<void> {
    await this.#calls.change(l10n.t('Cannot stop “{0}”', name), signal, until =>
      stopWorkspace(this.#bench, name, options, report, until),
    );
  }

  async remove(
    name: WorkspaceName,
    options: { readonly keepHome: boolean },
    report: Report,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#calls.change(l10n.t('Cannot delete “{0}”', name), signal, until =>
      removeWorkspace(this.#bench, name, options, report, until),
    );
  }

  async rebuild(
    name: WorkspaceName,
    options: { readonly pull: boolean },
    report: Report,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#calls.change(l10n.t('Cannot rebuild “{0}”', name), signal, until =>
      rebuildWorkspace(this.#bench, name, options, report, until),
    );
  }

  async edit(name: WorkspaceName, request: EditRequest, report: Report, signal: AbortSignal): Promise<void> {
    await this.#calls.change(l10n.t('Cannot change “{0}”', name), signal, until =>
      editWorkspace(this.#bench, name, request, report, until),
    );
  }

  async record(name: WorkspaceName, signal?: AbortSignal): Promise<WorkspaceRecord> {
    return await this.#calls.ask(l10n.t('Cannot read the record of “{0}”', name), signal, async until =>
      this.#bench.records.read(await existing(this.#bench, name, until), until),
    );
  }

  async *log(name: WorkspaceName, options: LogOptions, signal: AbortSignal): AsyncIterable<string> {
    yield* this.#calls.stream(l10n.t('Cannot show the log of “{0}”', name), signal, async until => {
      if (options.file !== undefined) {
        const { id } = await runningContainer(this.#bench, name, until);
        return fileLogOf(this.#bench.docker.getContainer(id), options.file, options, until);
      }
      const { container } = await existing(this.#bench, name, until);
      return container && logOf(this.#bench.docker.getContainer(container.id), options, until);
    });
  }

  async history(name: WorkspaceName, signal?: AbortSignal): Promise<HistoryEntry[]> {
    return await this.#calls.ask(l10n.t('Cannot read the history of “{0}”', name), signal, async until => {
      const parts = await existing(this.#bench, name, until);
      const seen = await observed(this.#bench, parts, until);
      const workspace = workspaceOf(this.target.id, parts, seen, this.#bench.clock);
      return completed(await historyOf(this.#bench, parts, until), workspace);
    });
  }

  async *stats(name: WorkspaceName, signal: AbortSignal): AsyncIterable<Stats> {
    yield* this.#calls.stream(l10n.t('Cannot measure “{0}”', name), signal, async until => {
      const { id } = await runningContainer(this.#bench, name, until);
      return statsOf(this.#bench.docker.getContainer(id), until);
    });
  }

  async exec(name: WorkspaceName, argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return await this.#calls.ask(
      l10n.t('Cannot run a program in “{0}”', name),
      options.signal,
      async until => {
        const { id, parts } = await runningContainer(this.#bench, name, until);
        const { login } = factsOf(parts);
        const user = options.user ?? (login ? `${login.uid}:${login.gid}` : '0:0');
        const env = options.user === undefined && login ? [`HOME=${login.home}`, `USER=${login.name}`] : [];
        const { stdin, folder, privileged } = options;
        const more = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
        const place = { user, env: [...env, ...more], folder, privileged };
        const request = { argv, ...place, ...(stdin !== undefined && { stdin }) };
        return await execToEnd(this.#bench.docker.getContainer(id), request, until);
      },
    );
  }

  async dial(name: WorkspaceName, port: number, signal?: AbortSignal): Promise<Duplex> {
    return await this.#calls.ask(l10n.t('Cannot reach port {0} of “{1}”', port, name), signal, until =>
      dialPort(this.#bench, name, port, until),
    );
  }

  async inspect(name: WorkspaceName): Promise<unknown> {
    return await this.#calls.ask(l10n.t('Cannot inspect “{0}”', name), undefined, async until =>
      inspectParts(this.#bench.docker, await existing(this.#bench, name, until)),
    );
  }

  /** Why a start failed is shown as the state until the next try, where the engine itself keeps no trace of it. */
  async #remembering(name: WorkspaceName, signal: AbortSignal, action: () => Promise<void>): Promise<void> {
    const { failures } = this.#bench;
    failures.delete(name);
    try {
      await action();
    } catch (error) {
      const fault = signal.aborted ? undefined : engineFault(error);
      if (fault) failures.set(name, fault);
      throw error;
    }
  }
}
