/** Stand-ins for the fleet, the activities and the editor's window, for the sessions behind the pages. */

import type {
  Engine,
  EngineFacts,
  ImageDetails,
  LocalImage,
  Offer,
  Progress,
  Stats,
  Volume,
} from '../../../src/engine/engine.ts';
import type { ImageSource } from '../../../src/image/imageSource.ts';
import { localImages, recentImages, recommendedImages } from '../../../src/image/imageSources.ts';
import type { ImageUpdate } from '../../../src/image/imageUpdate.ts';
import { strangeRegistry } from '../../../src/image/strangeRegistry.ts';
import type { Desk } from '../../../src/panels/desk.ts';
import type { DescribedImage } from '../../../src/panels/imageFacts.ts';
import type {
  ActivityView,
  FormRequest,
  PageServices,
  TargetStatus,
  WorkspaceRef,
} from '../../../src/panels/services.ts';
import { BerthError } from '../../../src/workspace/error.ts';
import type { OfferKind } from '../../../src/workspace/field.ts';
import type { HistoryEntry } from '../../../src/workspace/history.ts';
import type { Defaults } from '../../../src/workspace/inherited.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { boundsOf, noBounds } from '../../../src/workspace/policy/bounds.ts';
import { Policy } from '../../../src/workspace/policy/policy.ts';
import { type SettingsInput, WorkspaceForm, WorkspaceSettings } from '../../../src/workspace/settings.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';

export const local = TargetId.parse('local');
const far = TargetId.parse('build-box');
export const cluster = TargetId.parse('kind-dev');

const GiB = 2 ** 30;

/** Calls that began something, in their order. */
export interface Call {
  readonly what: string;
  readonly args: readonly unknown[];
}

export class FakeActivity implements ActivityView {
  readonly id: string;
  readonly target: TargetId;
  readonly name: WorkspaceName;
  readonly title: string;
  readonly startedAt = Date.now();
  state: ActivityView['state'] = 'running';
  error: BerthError | undefined;
  progress: Progress[] = [];
  cancelled = 0;
  readonly #reports = new Set<(progress: Progress) => void>();
  readonly #changes = new Set<() => void>();

  constructor(id: string, { target, name }: WorkspaceRef, title: string) {
    this.id = id;
    this.target = target;
    this.name = name;
    this.title = title;
  }

  report(...items: Progress[]): void {
    for (const item of items) {
      this.progress.push(item);
      for (const listener of this.#reports) listener(item);
    }
  }

  end(state: 'done' | 'failed' | 'cancelled', error?: BerthError): void {
    this.state = state;
    this.error = error;
    for (const listener of this.#changes) listener();
  }

  cancel(): void {
    this.cancelled++;
    this.end('cancelled');
  }

  onDidReport(listener: (progress: Progress) => void): Disposable {
    return subscribe(this.#reports, listener);
  }
  onDidChange(listener: () => void): Disposable {
    return subscribe(this.#changes, listener);
  }
}

/** A whole small world that tests change by hand. */
export class World {
  readonly calls: Call[] = [];
  readonly opened: unknown[] = [];
  readonly copied: string[] = [];
  isClosed = false;
  shown = 0;
  targets: TargetStatus[] = [up(local, 'This machine'), down(far, 'Build box')];
  workspaces: Workspace[] = [];
  images: (LocalImage & Partial<ImageDetails>)[] = [
    image('debian:bookworm', 117, {}),
    image('ghcr.io/acme/dev:2025.11', 1834, { 'berth.memory-mib': '4096' }),
    image('quay.io/jupyter/scipy-notebook:latest', 4210, {}, [8888]),
    image('alpine:3.20', 8, {}),
    { ...image('arm64v8/debian:bookworm', 110, {}), platform: 'linux/arm64/v8' },
  ];
  volumes: Volume[] = [
    { name: 'datasets', driver: 'local' },
    { name: 'berth-old-heron-home', driver: 'local', homeOf: WorkspaceName.parse('old-heron') },
  ];
  /** What a cluster lists; a kind that is absent may not be listed. */
  offers: Partial<Record<OfferKind, readonly Offer[]>> = {
    storageClass: [
      { name: 'standard', isDefault: true, note: 'rancher.io/local-path' },
      { name: 'fast-ssd' },
    ],
    priorityClass: [{ name: 'batch-low' }],
    serviceAccount: [{ name: 'default' }, { name: 'builder' }],
    pullSecret: [{ name: 'ghcr' }, { name: 'harbor' }],
    gpuResource: [{ name: 'nvidia.com/gpu', note: '4 in all' }],
    nodeLabel: [{ name: 'topology.kubernetes.io/zone=eu-1' }, { name: 'disk=ssd' }],
    configMap: [{ name: 'app-config' }],
  };
  records = new Map<string, { settings: WorkspaceSettings; revision: number }>();
  defaults: Defaults = {};
  requiredLabels: readonly string[] = [];
  /** What an organisation allows: everywhere, whatever the target. */
  policy: unknown;
  /** Why nothing may be made, as where a policy cannot be read. */
  refusal: BerthError | undefined;
  recent: Readonly<Record<string, string[]>> = {};
  settle: (settings: WorkspaceSettings) => WorkspaceSettings | undefined = settings => settings;
  /** Other sources of images, such as registries. */
  sources: ImageSource[] = [];
  /** What registries were asked for. */
  readonly described: string[] = [];
  /** What the registry of an image says of it. */
  describe: (reference: string, signal: AbortSignal) => Promise<DescribedImage> = async reference => {
    throw new BerthError(`The registry of ${reference} does not answer.`, { code: 'unreachable' });
  };
  /** Newer images, by the name of a workspace; and whose were asked about. */
  updates = new Map<string, ImageUpdate>();
  readonly asked: string[] = [];
  /** By the name, where something was adopted under it. */
  nameProblems = new Map<string, string>();
  envFile: { name: string; text: string } | undefined;
  favourites = new Set<string>();
  activities: FakeActivity[] = [];
  /** Of the workspace's own log: what follows is up to the test. */
  log: AsyncIterable<string> = (async function* () {})();
  /** Logs of files, by their path. */
  fileLogs = new Map<string, string>();
  /** What the workspace uses, for whoever asks. */
  stats: (signal: AbortSignal) => AsyncIterable<Stats> = async function* () {};
  /** What a program that is run in it prints. */
  exec: (argv: readonly string[]) => string = () => 'up 1000\n';
  history: HistoryEntry[] = [];
  readonly #changes = new Set<() => void>();
  readonly #activityChanges = new Set<() => void>();

  changed(): void {
    for (const listener of this.#changes) listener();
  }

  begin(workspace: WorkspaceRef, title: string): FakeActivity {
    const activity = new FakeActivity(`a${this.activities.length + 1}`, workspace, title);
    this.activities.push(activity);
    for (const listener of this.#activityChanges) listener();
    return activity;
  }

  readonly services: PageServices = {
    extensionUri: undefined as never,
    fleet: {
      targets: () => this.targets,
      workspaces: () => this.workspaces,
      onDidChange: listener => subscribe(this.#changes, listener),
      look: () => ({ [Symbol.dispose]: () => undefined }),
      refresh: async target => {
        this.calls.push({ what: 'refresh', args: [target] });
      },
      engine: async target => {
        const status = this.targets.find(other => other.target.id === target);
        if (status?.health === 'down') throw status.problem;
        return (status?.target.kind === 'kubernetes' ? this.#cluster : this.#engine) as Engine;
      },
    },
    updates: {
      of: ({ name }) => this.updates.get(name),
      ask: async workspaces => {
        this.asked.push(...workspaces.map(({ name }) => name));
      },
      onDidChange: listener => subscribe(this.#changes, listener),
    },
    images: {
      strangeRegistry: reference =>
        strangeRegistry(reference, { registries: ['docker.io'], images: ['ghcr.io/acme/dev:2025.11'] }),
      sources: (target, kind) => [
        recentImages(['ghcr.io/acme/dev:2025.11', 'python:3.13']),
        recommendedImages('debian:bookworm', kind),
        ...(target === cluster ? [] : [localImages(async () => this.images)]),
        ...this.sources,
      ],
      describe: async (reference, platforms, signal) => {
        this.described.push(`${reference} for ${platforms.join(', ')}`);
        return await this.describe(reference, signal);
      },
    },
    activities: {
      list: () => this.activities,
      onDidChange: listener => subscribe(this.#activityChanges, listener),
    },
    operations: {
      create: (form, options) => {
        this.calls.push({ what: 'create', args: [form, options] });
        return this.begin(form, `Creating ${form.name}`);
      },
      edit: (workspace, settings, options) => {
        this.calls.push({ what: 'edit', args: [workspace, settings, options] });
        return this.begin(workspace, `Saving ${workspace.name}`);
      },
      settleTrust: async settings => {
        if (settings.overrides) this.calls.push({ what: 'settleTrust', args: [settings] });
        return this.settle(settings);
      },
      nameProblem: async ({ name }) => this.nameProblems.get(name),
      preview: async form => {
        this.calls.push({ what: 'preview', args: [form] });
        return { language: 'yaml', text: `kind: Job\nmetadata:\n  name: berth-${form.name}\n` };
      },
      run: async (action, workspace) => {
        this.calls.push({ what: action, args: [workspace] });
      },
      saveAsTemplate: async (target, settings) => {
        this.calls.push({ what: 'saveAsTemplate', args: [target, settings] });
      },
      openPort: async (workspace, port) => {
        this.calls.push({ what: 'openPort', args: [workspace, port] });
      },
      runAction: async (command, args) => {
        this.calls.push({ what: command, args });
      },
    },
    configuration: {
      defaultImage: () => 'debian:bookworm',
      requiredLabels: () => this.requiredLabels,
      presets: () => [
        { name: 'Regular', cpus: 2, memoryGiB: 2 },
        { name: 'Medium', cpus: 2, memoryGiB: 4 },
        { name: 'Large', cpus: 2, memoryGiB: 8 },
        { name: '2XLarge', cpus: 4, memoryGiB: 32 },
      ],
      defaults: () => this.defaults,
    },
    personal: {
      isFavourite: ({ target, name }) => this.favourites.has(`${target}/${name}`),
      setFavourite: async ({ target, name }, favourite) => {
        if (favourite) this.favourites.add(`${target}/${name}`);
        else this.favourites.delete(`${target}/${name}`);
      },
      recentValues: () => this.recent,
    },
    identity: async () => 'dev@example.com',
    policy: {
      known: () => this.#held(),
      look: async () => this.#held(),
      onDidChange: listener => subscribe(this.#changes, listener),
    },
    gitIdentity: async () => ({ name: 'A Developer', email: 'dev@example.com' }),
    log: () => undefined,
  };

  readonly desk: Desk = {
    openTextFile: async () => this.envFile,
    pickFolder: async () => '/srv/projects',
    copy: async text => {
      this.copied.push(text);
    },
    openText: async (text, language) => {
      this.opened.push({ text, language });
    },
    openLink: async url => {
      this.opened.push(url);
    },
    openNewForm: request => this.opened.push(request),
    openForm: (mode, workspace) => this.opened.push({ mode, workspace }),
    openWorkspacePage: workspace => this.opened.push(workspace),
    show: () => {
      this.shown++;
    },
    close: () => {
      this.isClosed = true;
    },
    translations: () => undefined,
  };

  #held() {
    return {
      bounds: this.policy ? boundsOf(Policy.parse(this.policy)) : noBounds,
      refusal: this.refusal,
    };
  }

  #inside(): Pick<Engine, 'log' | 'stats' | 'exec' | 'history'> {
    return {
      log: (_name, { file }) => {
        if (file === undefined) return this.log;
        const text = this.fileLogs.get(file) ?? '';
        return (async function* () {
          yield text;
        })();
      },
      stats: (_name, signal) => {
        this.calls.push({ what: 'stats', args: [] });
        return this.stats(signal);
      },
      exec: async (_name, argv) => {
        this.calls.push({ what: 'exec', args: argv });
        return { exitCode: 0, stdout: this.exec(argv), stderr: '' };
      },
      history: async () => this.history,
    };
  }

  readonly #engine: Partial<Engine> = {
    images: {
      list: async () => this.images,
      details: async reference => this.images.find(other => other.reference === reference) as ImageDetails,
      pull: async () => undefined,
      remove: async () => undefined,
      tag: async () => undefined,
      push: async () => undefined,
    },
    volumes: { list: async () => this.volumes, removeKeptHome: async () => undefined },
    record: async name => this.#record(name),
    ...this.#inside(),
  };

  readonly #cluster: Partial<Engine> = {
    volumes: { list: async () => this.volumes, removeKeptHome: async () => undefined },
    offers: { list: async kind => this.offers[kind] },
    record: async name => this.#record(name),
    ...this.#inside(),
  };

  #record(name: string): Awaited<ReturnType<Engine['record']>> {
    const record = this.records.get(name);
    if (!record) throw new BerthError(`There is no ${name}.`, { code: 'not-found' });
    return record as Awaited<ReturnType<Engine['record']>>;
  }
}

/** A namespace of a cluster that lets its nodes be read, unless the facts say otherwise. */
export function upCluster(facts: Partial<EngineFacts> = {}): TargetStatus {
  return {
    target: {
      kind: 'kubernetes',
      id: cluster,
      title: 'Team cluster',
      endpoint: { type: 'kubernetes', context: 'kind-dev', namespace: 'team-a' },
      origin: 'by hand',
    },
    health: 'up',
    facts: {
      version: 'Kubernetes v1.34.1',
      platforms: ['linux/amd64'],
      cpus: 32,
      memoryBytes: 128 * GiB,
      runtimes: [],
      defaultRuntime: '',
      gpus: true,
      isLocal: false,
      ...facts,
    },
  };
}

export function up(id: TargetId, title: string): TargetStatus {
  return {
    target: {
      kind: 'docker',
      id,
      title,
      endpoint: { type: 'unix', path: '/var/run/docker.sock' },
      origin: 'test',
    },
    health: 'up',
    facts: {
      version: 'Docker 20.10.24',
      platforms: ['linux/amd64'],
      cpus: 4,
      memoryBytes: 16 * GiB,
      freeMemoryBytes: 9.4 * GiB,
      freeDiskBytes: 80 * GiB,
      runtimes: ['runc', 'runsc'],
      defaultRuntime: 'runc',
      gpus: false,
      isLocal: true,
    },
  };
}

export function down(id: TargetId, title: string): TargetStatus {
  return {
    target: { kind: 'docker', id, title, endpoint: { type: 'ssh', host: 'build' }, origin: 'test' },
    health: 'down',
    problem: new BerthError(`${title} does not answer: ssh to build was refused. Is the machine on?`, {
      code: 'unreachable',
      action: { label: 'Show log', command: 'berth.showOutput' },
    }),
  };
}

export function workspaceOf(
  name: string,
  state: Workspace['state'],
  settings: SettingsInput = { image: 'debian:bookworm' },
): Workspace {
  return {
    target: local,
    name: WorkspaceName.parse(name),
    state,
    createdBy: 'dev@example.com',
    createdAt: '2025-11-20T08:00:00.000Z',
    settings: WorkspaceSettings.parse(settings),
    image: settings.image,
    hostKey: undefined,
    login: undefined,
    ...(state.kind === 'Running' ? { startedAt: '2025-11-22T06:00:00.000Z' } : {}),
  };
}

export function refOf(name: string): WorkspaceRef {
  return { target: local, name: WorkspaceName.parse(name) };
}

export function request(mode: 'edit' | 'duplicate', name: string): FormRequest {
  return { mode, workspace: refOf(name) };
}

/** The form of the last `create` call. */
export function createdForm(world: World): WorkspaceForm {
  const call = world.calls.findLast(({ what }) => what === 'create');
  return WorkspaceForm.parse(call?.args[0]);
}

function image(
  reference: string,
  megabytes: number,
  labels: Record<string, string>,
  exposedPorts: number[] = [],
): LocalImage & Partial<ImageDetails> {
  return {
    reference,
    id: `sha256:${reference}`,
    digests: [],
    bytes: megabytes * 1e6,
    createdAt: 0,
    platform: 'linux/amd64',
    user: '',
    env: [],
    exposedPorts,
    labels,
    entrypoint: [],
    command: ['bash'],
  };
}

function subscribe<T>(listeners: Set<T>, listener: T): Disposable {
  listeners.add(listener);
  return { [Symbol.dispose]: () => void listeners.delete(listener) };
}
