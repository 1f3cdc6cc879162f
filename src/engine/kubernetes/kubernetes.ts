/** The Kubernetes engine: each call is an operation on objects of one namespace, its failures told in Berth's words. */
import type { Duplex } from 'node:stream';
import * as l10n from '@vscode/l10n';
import { plainAccess } from '../../image/registryAccess.ts';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import { completed, type HistoryEntry } from '../../workspace/history.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Adoptable } from '../adoptable.ts';
import { Calls, clearLeftovers } from '../calls.ts';
import type {
  CreateRequest,
  EditRequest,
  Engine,
  EngineFacts,
  ExecOptions,
  ExecResult,
  HomeStore,
  LogOptions,
  Preview,
  Report,
  Stats,
  StopOptions,
} from '../engine.ts';
import { homeStore } from '../homeStore.ts';
import type { EngineHost } from '../host.ts';
import type { KubernetesTarget } from '../target.ts';
import { PodAdoption } from './adoption.ts';
import { KubeApi } from './api.ts';
import { createWorkspace } from './creation.ts';
import { putOffDeadline } from './deadline.ts';
import { dialPort } from './dial.ts';
import { editWorkspace } from './editing.ts';
import { kubeError } from './errors.ts';
import { execToEnd } from './exec.ts';
import { Follower } from './follower.ts';
import { historyOf } from './history.ts';
import { keptBytesOf, keptHomesOf, readHomeOf, replaceHome } from './homes.ts';
import { ImageFinder } from './imageFinder.ts';
import { inspectParts, previewOf } from './inspection.ts';
import { openCluster } from './kubeconfig.ts';
import { inClusterContext } from './kubeconfigFiles.ts';
import { fileLogOf, logOf } from './log.ts';
import { allOfBerth } from './names.ts';
import { Objects } from './objects.ts';
import { ClusterOffers } from './offers.ts';
import { podUser } from './podPlan.ts';
import { PolicyMap } from './policyMap.ts';
import { probe, renewedFacts } from './probe.ts';
import { PullSecrets } from './pullSecrets.ts';
import { rebuildWorkspace } from './rebuild.ts';
import { readRecord } from './recordStore.ts';
import { registryAsker } from './registry.ts';
import { removeWorkspace } from './removal.ts';
import { startWorkspace } from './starting.ts';
import { statsOf } from './stats.ts';
import { isKubeStatus } from './status.ts';
import { endWhatStaysOff } from './staysOff.ts';
import { stopWorkspace } from './stopping.ts';
import { ClaimStore } from './volumes.ts';
import { existing, listObjects, observe, partsFrom, type Workbench, workspaceNow } from './workbench.ts';

const probeMs = 3000;
/** A server under load may take longer than what a look at its health allows. */
const patientMs = 30_000;
/** Rights and nodes change seldom, and asking takes a request for each right. */
const factsAgeMs = 10 * 60_000;
const defaultPlatform = 'linux/amd64';

export class KubernetesEngine implements Engine {
  readonly target: KubernetesTarget;
  readonly volumes: ClaimStore;
  readonly offers: ClusterOffers;
  readonly pullSecrets: PullSecrets;
  readonly adoptable: Adoptable;
  readonly homes: HomeStore;
  readonly policy: PolicyMap;
  readonly #api: KubeApi;
  readonly #bench: Workbench;
  readonly #follower: Follower;
  readonly #calls = new Calls(kubeError);
  #facts: { readonly facts: EngineFacts; readonly at: number } | undefined;

  private constructor(target: KubernetesTarget, api: KubeApi, host: EngineHost) {
    const objects = new Objects(api, target.endpoint.namespace);
    const platform = () => this.#facts?.facts.platforms[0] ?? defaultPlatform;
    const ask = registryAsker(objects, platform, host.registries ?? plainAccess());
    this.target = target;
    this.volumes = new ClaimStore(objects);
    this.offers = new ClusterOffers(objects);
    this.pullSecrets = new PullSecrets(objects);
    this.adoptable = new PodAdoption(objects, this.#calls, text => host.log('debug', text));
    this.policy = new PolicyMap(objects);
    this.#api = api;
    this.#follower = new Follower(objects, message => host.log('debug', message));
    this.#bench = {
      target,
      objects,
      images: new ImageFinder(objects, ask, message => host.log('info', message)),
      bootScript: host.bootScript,
      log: host.log,
      connect: host.connect ?? (() => 'forward'),
      reached: new Map(),
      activities: new Map(),
      ready: new Set(),
      creations: new Set(),
      ending: new Set(),
      leftovers: new Set(),
    };
    this.homes = homeStore(this.#calls, target.title, {
      read: (name, until) => readHomeOf(this.#bench, name, until),
      replace: (name, source, report, until) => replaceHome(this.#bench, name, source, report, until),
      kept: until => keptHomesOf(this.#bench, until),
      keptBytes: until => keptBytesOf(this.#bench, until),
    });
  }

  /** Reads the kubeconfig only; whether the cluster answers shows with the first call. */
  static async open(target: KubernetesTarget, host: EngineHost): Promise<KubernetesEngine> {
    const { context = inClusterContext, kubeconfig } = target.endpoint;
    const cluster = await openCluster({ context, ...(kubeconfig !== undefined && { kubeconfig }) });
    return new KubernetesEngine(target, new KubeApi(cluster), host);
  }

  [Symbol.dispose](): void {
    this.#calls[Symbol.dispose]();
    this.#follower[Symbol.dispose]();
    this.#api[Symbol.dispose]();
  }

  async retire(): Promise<void> {
    await this.#calls.settled();
    this[Symbol.dispose]();
  }

  /** What changes seldom is asked seldom; whether the server answers, each time. */
  async probe(signal?: AbortSignal): Promise<EngineFacts> {
    return await this.#calls.ask(l10n.t('Cannot reach {0}', this.target.title), signal, async until => {
      // Watches that live tell as much as a question would.
      const isWatched = this.#follower.snapshot() !== undefined;
      if (this.#facts && isWatched) {
        const { facts, at } = this.#facts;
        // Rights that are missing may be granted at any time, and whoever asked for them looks again.
        const isNew = Date.now() - at < factsAgeMs && !isRightMissing(facts);
        return isNew ? facts : await this.#askFacts(until, probeMs, facts);
      }
      return await this.#askFacts(until, probeMs);
    });
  }

  async list(signal?: AbortSignal): Promise<Workspace[]> {
    return await this.#calls.ask(
      l10n.t('Cannot list the workspaces of {0}', this.target.title),
      signal,
      async until => {
        const { objects } = this.#bench;
        const found = this.#follower.snapshot() ?? (await listObjects(objects, allOfBerth, until));
        const parts = await partsFrom(this.#bench, found, until);
        void clearLeftovers(this.#bench.leftovers);
        for (const part of parts) void endWhatStaysOff(this.#bench, part);
        return parts
          .map(part => workspaceNow(this.#bench, part))
          .sort((a, b) => a.name.localeCompare(b.name));
      },
    );
  }

  async find(name: WorkspaceName, signal?: AbortSignal): Promise<Workspace | undefined> {
    return await this.#calls.ask(l10n.t('Cannot look for “{0}”', name), signal, async until => {
      const parts = await observe(this.#bench, name, until);
      await endWhatStaysOff(this.#bench, parts);
      const isThere = parts.record ?? parts.job ?? parts.building ?? parts.foreign;
      return isThere === undefined ? undefined : workspaceNow(this.#bench, parts);
    });
  }

  watch(onChange: () => void): Disposable {
    return this.#follower.watch(onChange);
  }

  async create(request: CreateRequest, report: Report, signal: AbortSignal): Promise<void> {
    await this.#calls.change(l10n.t('Cannot create “{0}”', request.name), signal, async until => {
      report({ kind: 'step', step: 'check', message: l10n.t('Checking the target') });
      until.throwIfAborted();
      const facts = await this.#rightfulFacts(until);
      await createWorkspace(this.#bench, request, facts, report, until);
    });
  }

  async start(name: WorkspaceName, report: Report, signal: AbortSignal): Promise<void> {
    await this.#calls.change(l10n.t('Cannot start “{0}”', name), signal, until =>
      startWorkspace(this.#bench, name, report, until),
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
    return await this.#calls.ask(l10n.t('Cannot read the record of “{0}”', name), signal, async until => {
      await existing(this.#bench, name, until);
      return (await readRecord(this.#bench, name, until)).record;
    });
  }

  async *log(name: WorkspaceName, options: LogOptions, signal: AbortSignal): AsyncIterable<string> {
    yield* this.#calls.stream(l10n.t('Cannot show the log of “{0}”', name), signal, async until =>
      options.file === undefined
        ? logOf(this.#bench, name, options, until)
        : fileLogOf(this.#bench, name, options.file, options, until),
    );
  }

  async history(name: WorkspaceName, signal?: AbortSignal): Promise<HistoryEntry[]> {
    return await this.#calls.ask(l10n.t('Cannot read the history of “{0}”', name), signal, async until => {
      const parts = await existing(this.#bench, name, until);
      return completed(await historyOf(this.#bench, name, until), workspaceNow(this.#bench, parts));
    });
  }

  async *stats(name: WorkspaceName, signal: AbortSignal): AsyncIterable<Stats> {
    yield* this.#calls.stream(l10n.t('Cannot measure “{0}”', name), signal, async until =>
      statsOf(this.#bench, name, until),
    );
  }

  async exec(name: WorkspaceName, argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return await this.#calls.ask(l10n.t('Cannot run a program in “{0}”', name), options.signal, signal =>
      execToEnd(this.#bench, name, argv, { ...options, signal }),
    );
  }

  async putOffDeadline(name: WorkspaceName, until: number, signal: AbortSignal): Promise<void> {
    await this.#calls.change(l10n.t('Cannot extend “{0}”', name), signal, bound =>
      putOffDeadline(this.#bench, name, until, bound),
    );
  }

  async dial(name: WorkspaceName, port: number, signal?: AbortSignal): Promise<Duplex> {
    return await this.#calls.ask(l10n.t('Cannot reach port {0} of “{1}”', port, name), signal, until =>
      dialPort(this.#bench, name, port, until),
    );
  }

  reached(name: WorkspaceName): ReturnType<NonNullable<Engine['reached']>> {
    return this.#bench.reached.get(name);
  }

  async preview(request: CreateRequest, signal?: AbortSignal): Promise<Preview> {
    return await this.#calls.ask(
      l10n.t('Cannot show the objects of “{0}”', request.name),
      signal,
      async until => {
        const { settings } = request;
        // Only what runs the image's own command depends on the image.
        const command =
          settings.firstProcess === 'beside'
            ? (await this.#bench.images.find(settings, until)).command
            : { user: '', entrypoint: [], command: [] };
        const { bootScript, objects } = this.#bench;
        return previewOf(request, command, bootScript, objects.api.clock, record =>
          podUser(this.#bench, { record, image: command, fillsHome: true }, until).catch(error => {
            // What is refused can be read all the same, which may show why.
            if (!isKubeStatus(error) && !isBerthError(error)) throw error;
            return 'root' as const;
          }),
        );
      },
    );
  }

  async inspect(name: WorkspaceName): Promise<unknown> {
    return await this.#calls.ask(l10n.t('Cannot inspect “{0}”', name), undefined, async until =>
      inspectParts(this.#bench.objects, await existing(this.#bench, name, until)),
    );
  }

  /** Refuses where a right is missing that workspaces need, so that nothing is made that stays half done. */
  async #rightfulFacts(signal: AbortSignal): Promise<EngineFacts> {
    const known = this.#facts?.facts;
    // Somebody may have granted it since.
    const facts = known && !isRightMissing(known) ? known : await this.#askFacts(signal, patientMs);
    const missing = facts.missingRights ?? [];
    if (missing.length === 0) return facts;
    throw new BerthError(
      l10n.t(
        'You may not do all that workspaces need in the namespace {0}: {1} is missing. Whoever runs the cluster can grant it by the Role that Berth offers to copy.',
        this.target.endpoint.namespace,
        missing.join(', '),
      ),
      { code: 'failed' },
    );
  }

  /** `before`: of a while ago, to be brought up to date. */
  async #askFacts(signal: AbortSignal, timeoutMs: number, before?: EngineFacts): Promise<EngineFacts> {
    const { cluster } = this.#api;
    const { namespace } = this.target.endpoint;
    const options = {
      api: this.#api,
      namespace,
      isUnverified: cluster.isUnverified,
      signal,
      timeoutMs,
    };
    const facts = before ? await renewedFacts(options, before) : await probe(options);
    this.#facts = { facts, at: Date.now() };
    return facts;
  }
}

function isRightMissing({ missingRights = [] }: EngineFacts): boolean {
  return missingRights.length > 0;
}
