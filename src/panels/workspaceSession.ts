/** What stands behind one workspace's page: tells it the state, the running activity and the log as they come. */
import type { Progress } from '../engine/engine.ts';
import { hasManifests } from '../workspace/engineTraits.ts';
import { isBerthError } from '../workspace/error.ts';
import type { EngineKind } from '../workspace/field.ts';
import { inheritedFor } from '../workspace/inherited.ts';
import { isAnothers } from '../workspace/ownership.ts';
import { settingOrigins } from '../workspace/settingOrigins.ts';
import { isStartable, isStoppable } from '../workspace/state.ts';
import { type Workspace, workspaceAlias } from '../workspace/workspace.ts';
import { Channel, type Handlers } from './channel.ts';
import type { Desk } from './desk.ts';
import { FollowedLog, logSourcesOf } from './followedLog.ts';
import { copyOf, Live } from './live.ts';
import {
  type ActivityInfo,
  type HostMessage,
  type ProgressItem,
  type WorkspaceInfo,
  workspaceProtocol,
} from './messages.ts';
import {
  type ActivityView,
  type PageServices,
  type WorkspaceAction,
  type WorkspaceRef,
  workspaceActions,
} from './services.ts';
import { Folders } from './workspaceFolders.ts';

/** Reports and log lines are sent to the page in batches of this age. */
const batchMs = 50;

export class WorkspaceSession implements Disposable {
  readonly #services: PageServices;
  readonly #desk: Desk;
  readonly #ref: WorkspaceRef;
  readonly #channel: Channel<typeof workspaceProtocol>;
  readonly #open = new DisposableStack();
  /** The last that was seen of it, for the page of one that is gone. */
  #last: Workspace | undefined;
  #activity: ActivityView | undefined;
  #following: DisposableStack | undefined;
  #batch: ProgressItem[] = [];
  #batchTimer: NodeJS.Timeout | undefined;
  readonly #log: FollowedLog;
  readonly #live: Live;
  /** The editor shows the panel, and the page says that it can be seen. */
  #isShown = true;
  #isSeen = false;
  #me: string | undefined;
  #identity: { readonly name: string; readonly email: string } | undefined;
  readonly #folders: Folders;
  readonly #end = new AbortController();

  constructor(
    services: PageServices,
    desk: Desk,
    workspace: WorkspaceRef,
    post: (message: HostMessage) => void,
  ) {
    this.#services = services;
    this.#desk = desk;
    this.#ref = workspace;
    const log = (message: string, error?: unknown) => services.log('warn', message, error);
    this.#channel = this.#open.use(new Channel(workspaceProtocol, this.#handlers(), { post, log }));
    this.#open.use(services.fleet.look());
    this.#open.use(services.updates.onDidChange(() => this.#channel.send('workspace', this.#info())));
    const engine = () => services.fleet.engine(workspace.target);
    this.#log = this.#open.use(
      new FollowedLog(engine, workspace.name, batchMs, piece => this.#channel.send('log', piece)),
    );
    this.#folders = new Folders(engine);
    this.#live = this.#open.use(
      new Live(engine, workspace.name, {
        usage: point => this.#channel.send('usage', point),
        gpus: point => this.#channel.send('gpus', point),
        connections: connections => this.#channel.send('connections', copyOf(connections)),
        problem: (part, problem) => this.#channel.send('liveProblem', { part, problem }),
      }),
    );
    this.#open.use(services.fleet.onDidChange(() => this.#workspaceChanged()));
    this.#open.use(services.activities.onDidChange(() => this.#followLatest()));
    this.#open.defer(() => {
      this.#following?.dispose();
      clearTimeout(this.#batchTimer);
      this.#end.abort();
    });
    services.identity().then(
      me => {
        this.#me = me;
        this.#workspaceChanged();
      },
      error => services.log('debug', 'nobody knows who sits here', error),
    );
    services.gitIdentity().then(
      identity => {
        this.#identity = identity;
        this.#workspaceChanged();
      },
      error => services.log('debug', 'the git identity is not known', error),
    );
  }

  /** Whether the editor shows the panel. */
  show(isShown: boolean): void {
    this.#isShown = isShown;
    // A page that comes back says so itself.
    if (!isShown) this.#isSeen = false;
    if (!isShown) this.#log.follow(undefined);
    this.#measure();
  }

  /** Takes whatever the page posted. */
  receive(message: unknown): Promise<void> {
    return this.#channel.receive(message);
  }

  [Symbol.dispose](): void {
    this.#open.dispose();
  }

  #handlers(): Handlers<typeof workspaceProtocol> {
    const { operations, personal } = this.#services;
    return {
      open: () => {
        const translations = this.#desk.translations();
        this.#lookForUpdate();
        this.#follow(this.#latest());
        // What is in `progress` of the answer must not come as a batch again.
        this.#batch = [];
        return {
          ...(translations ? { translations } : {}),
          workspace: this.#info(),
          ...(this.#activity ? { activity: activityInfo(this.#activity) } : {}),
          progress: (this.#activity?.progress ?? []).map(progressItem),
          live: this.#live.info,
        };
      },
      look: ({ isVisible }) => {
        this.#isSeen = isVisible;
        this.#measure();
        return {};
      },
      folders: ({ again }) => this.#folders.measured(this.#found(), again, this.#end.signal),
      history: async () => {
        const engine = await this.#services.fleet.engine(this.#ref.target);
        const entries = await engine.history(this.#ref.name, this.#end.signal);
        return entries.map(entry => ({ ...entry }));
      },
      run: async ({ action }) => {
        const known = workspaceActions.find(name => name === action);
        if (!known) throw new Error(`no such action: ${action}`);
        await this.#run(known);
        return {};
      },
      cancelActivity: ({ id }) => {
        if (this.#activity?.id === id) this.#activity.cancel();
        return {};
      },
      fix: async ({ id }) => {
        const action = this.#activity?.id === id ? this.#activity.error?.action : undefined;
        if (action) await operations.runAction(action.command, action.args ?? []);
        return {};
      },
      openPort: async ({ port }) => {
        await operations.openPort(this.#ref, port);
        return {};
      },
      setFavourite: async ({ favourite }) => {
        await personal.setFavourite(this.#ref, favourite);
        this.#channel.send('workspace', this.#info());
        return {};
      },
      copy: async ({ text }) => {
        await this.#desk.copy(text);
        return {};
      },
      followLog: ({ source }) => {
        this.#log.follow(source);
        return {};
      },
    };
  }

  /** A page asks for all of this whenever it comes into sight. */
  #lookForUpdate(): void {
    const workspace = this.#found();
    if (workspace) void this.#services.updates.ask([workspace]);
  }

  async #run(action: WorkspaceAction): Promise<void> {
    // To edit another's is asked first, which the command does.
    if (action === 'duplicate') {
      this.#desk.openForm(action, this.#ref);
      return;
    }
    // A long command ends when its activity ends: the page sees the activity, and must not wait for the answer.
    this.#services.operations.run(action, this.#ref).catch(error => {
      if (!isBerthError(error, 'cancelled'))
        this.#services.log('error', `${action} of ${this.#ref.name} failed`, error);
    });
  }

  #latest(): ActivityView | undefined {
    return this.#services.activities
      .list()
      .findLast(({ target, name }) => target === this.#ref.target && name === this.#ref.name);
  }

  #followLatest(): void {
    const latest = this.#latest();
    if (latest === this.#activity || latest === undefined) return;
    this.#follow(latest);
    this.#channel.send('activity', activityInfo(latest));
    this.#batch = latest.progress.map(progressItem);
    this.#sendBatch();
  }

  #follow(activity: ActivityView | undefined): void {
    this.#following?.dispose();
    this.#activity = activity;
    if (!activity) return;
    this.#following = new DisposableStack();
    this.#following.use(
      activity.onDidReport(progress => {
        this.#batch.push(progressItem(progress));
        this.#batchTimer ??= setTimeout(() => this.#sendBatch(), batchMs);
      }),
    );
    this.#following.use(
      activity.onDidChange(() => {
        this.#sendBatch();
        this.#channel.send('activity', activityInfo(activity));
      }),
    );
  }

  #sendBatch(): void {
    clearTimeout(this.#batchTimer);
    this.#batchTimer = undefined;
    const items = this.#batch;
    this.#batch = [];
    if (items.length > 0 && this.#activity)
      this.#channel.send('progress', { activity: this.#activity.id, items });
  }

  #workspaceChanged(): void {
    this.#channel.send('workspace', this.#info());
    this.#measure();
  }

  #found(): Workspace | undefined {
    const { target, name } = this.#ref;
    return this.#services.fleet.workspaces().find(other => other.target === target && other.name === name);
  }

  #measure(): void {
    const workspace = this.#found();
    const { apps = [], ports = [] } = workspace?.settings ?? {};
    const counted = [...apps, ...ports].flatMap(({ port }) => port ?? []);
    const isRunning = workspace?.state.kind === 'Running';
    this.#live.update(this.#isShown && this.#isSeen && isRunning, [...new Set(counted)]);
  }

  #origins(workspace: Workspace | undefined, engine: EngineKind): WorkspaceInfo['origins'] {
    if (!workspace?.settings) return {};
    const { configuration } = this.#services;
    return settingOrigins(workspace.settings, {
      engine,
      presets: configuration.presets(),
      inherited: inheritedFor(configuration.defaults(), workspace.target),
      defaultImage: configuration.defaultImage(),
      identity: this.#identity,
    });
  }

  #info(): WorkspaceInfo {
    const { fleet, personal } = this.#services;
    const { target, name } = this.#ref;
    const workspace = this.#found();
    this.#last = workspace ?? this.#last;
    const seen = this.#last;
    const status = fleet.targets().find(other => other.target.id === target);
    const alias = workspaceAlias(this.#ref);
    const update = workspace && this.#services.updates.of(workspace);
    return {
      target,
      targetTitle: status?.target.title ?? target,
      engine: status?.target.kind ?? 'docker',
      name,
      exists: workspace !== undefined,
      hasTarget: status !== undefined,
      state: workspace
        ? { kind: workspace.state.kind, reason: workspace.state.reason }
        : { kind: 'Unknown', reason: '' },
      ...(workspace?.startedAt ? { startedAt: workspace.startedAt } : {}),
      ...(workspace?.time ? { time: workspace.time } : {}),
      createdAt: seen?.createdAt ?? '',
      createdBy: seen?.createdBy ?? '',
      isAnothers: seen !== undefined && isAnothers(seen, this.#me),
      favourite: personal.isFavourite(this.#ref),
      alias,
      sshCommand: `ssh ${alias}`,
      ...(seen?.settings ? { settings: seen.settings } : {}),
      ...(update ? { update } : {}),
      origins: this.#origins(seen, status?.target.kind ?? 'docker'),
      actions: workspace ? sensibleActions(workspace, status?.target.kind, update !== undefined) : [],
      logs: logSourcesOf(seen?.settings),
    };
  }
}

/** What can be done to it now, the most likely first. */
export function sensibleActions(
  { state, settings, time }: Workspace,
  engine?: EngineKind,
  hasUpdate = false,
): WorkspaceAction[] {
  const preview: WorkspaceAction[] = engine && hasManifests(engine) && settings ? ['previewYaml'] : [];
  const always: WorkspaceAction[] = ['copySshCommand', ...preview, 'inspect'];
  const update: WorkspaceAction[] = hasUpdate ? ['updateImage'] : [];
  const changeable: WorkspaceAction[] = settings ? ['edit', 'share', 'duplicate', 'rebuild', ...update] : [];
  switch (state.kind) {
    case 'Running':
      return [
        'connect',
        'connectNewWindow',
        'openTerminal',
        ...(time && time.roomMs > 0 ? (['extend'] as const) : []),
        'stop',
        'restart',
        ...changeable,
        'forceStop',
        'delete',
        ...always,
      ];
    case 'Initializing':
      return ['connect', 'stop', 'forceStop', 'delete', ...always];
    case 'Off':
    case 'Error': {
      const finish: WorkspaceAction[] = state.cause === 'interrupted' ? ['finish'] : [];
      const start: WorkspaceAction[] =
        finish.length === 0 && isStartable(state) ? ['connect', 'connectNewWindow', 'start'] : [];
      const stop: WorkspaceAction[] = isStoppable(state) ? ['stop', 'forceStop'] : [];
      return [...finish, ...start, ...stop, ...(finish.length === 0 ? changeable : []), 'delete', ...always];
    }
    case 'Turning off':
      return ['forceStop', ...always];
    case 'Building':
    case 'Deleting':
      return always;
    case 'Unknown':
      return state.cause === 'unreadable' ? ['delete', ...always] : always;
  }
}

function activityInfo({ id, title, state, startedAt, error }: ActivityView): ActivityInfo {
  return {
    id,
    title,
    state,
    startedAt,
    ...(error ? { problem: { message: error.message, action: error.action?.label } } : {}),
  };
}

function progressItem(progress: Progress): ProgressItem {
  return progress.kind === 'boot' ? { kind: 'boot', event: { ...progress.event } } : { ...progress };
}
