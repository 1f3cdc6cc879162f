/** What stands behind one form: fills it in, answers its questions, keeps its secrets, begins what it was filled in for. */
import { isDeepStrictEqual } from 'node:util';
import * as l10n from '@vscode/l10n';
import { countProblem, imageProblem, refusals, refuse } from '../policy/refusal.ts';
import { withAppSecret } from '../workspace/appSignIn.ts';
import { asksAnew } from '../workspace/asksAnew.ts';
import {
  type Draft,
  draftOf,
  draftValue,
  type FormKey,
  formFields,
  type Origin,
  startDraft,
} from '../workspace/draft.ts';
import { BerthError, type ErrorCode, isBerthError } from '../workspace/error.ts';
import { type EngineKind, offerKinds } from '../workspace/field.ts';
import type { HomeOrigin } from '../workspace/homeOrigin.ts';
import { defaultsFor, type InheritedValues, inheritedFor } from '../workspace/inherited.ts';
import { generateName, type TargetId, WorkspaceName } from '../workspace/name.ts';
import { allowedPresets } from '../workspace/policy/apply.ts';
import type { Bounds } from '../workspace/policy/bounds.ts';
import { smallestPreset } from '../workspace/presets.ts';
import { cifsKey, withoutSecrets, withSecretsOf } from '../workspace/secrets.ts';
import { type WorkspaceForm, WorkspaceSettings } from '../workspace/settings.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { Attempt } from './attempt.ts';
import { Channel, type Handlers } from './channel.ts';
import type { Desk } from './desk.ts';
import { imageFacts } from './imageFacts.ts';
import { ImageSearch } from './imageSearch.ts';
import {
  type FormSetup,
  formProtocol,
  type HostMessage,
  type ImageFacts,
  type Result,
  type TargetInfo,
} from './messages.ts';
import type {
  ActivityView,
  FormRequest,
  GivenValues,
  PageServices,
  TargetStatus,
  WorkspaceRef,
} from './services.ts';

type Choices = Result<typeof formProtocol, 'choices'>;
type Given = Partial<Record<FormKey, readonly [unknown, Origin]>>;

/** What fields of the form may be chosen from. */
const formOffers = offerKinds.filter(kind => kind !== 'namespace');

/** Of a registry that was asked: there is no such image, or none for that platform. */
const certainCodes: ReadonlySet<ErrorCode> = new Set(['not-found', 'unsupported', 'invalid']);

/** How long a list of volumes, or a registry, may take before the form goes on without it. */
const listTimeoutMs = 15_000;

/** How long a form waits for a policy before it shows itself. */
const policyPatienceMs = 3_000;

export class FormSession implements Disposable {
  readonly #services: PageServices;
  readonly #desk: Desk;
  readonly #request: FormRequest;
  readonly #channel: Channel<typeof formProtocol>;
  readonly #open = new DisposableStack();
  /** Edit and duplicate: as in the record, secrets included. */
  #record: { readonly settings: WorkspaceSettings; readonly revision: number } | undefined;
  /** Secrets typed into the page so far; gone with this object. */
  #typed: WorkspaceSettings | undefined;
  /** As last sent to be saved, secrets included. */
  #sent: WorkspaceSettings | undefined;
  readonly #attempt: Attempt;
  readonly #search: ImageSearch;
  #lookup: AbortController | undefined;
  /** As whom workspaces are counted; undefined for an edit, which makes none. */
  #maker: string | undefined;

  constructor(
    services: PageServices,
    desk: Desk,
    request: FormRequest,
    post: (message: HostMessage) => void,
  ) {
    this.#services = services;
    this.#desk = desk;
    this.#request = request;
    const log = (message: string, error?: unknown) => services.log('warn', message, error);
    this.#channel = this.#open.use(new Channel(formProtocol, this.#handlers(), { post, log }));
    this.#attempt = this.#open.use(
      new Attempt({
        changed: attempt => this.#channel.send('attempt', attempt),
        done: () => desk.close(),
        failed: async state => {
          await this.#takeOwnRevision();
          this.#channel.send('workspacesChanged', {});
          if (state === 'failed') desk.show();
        },
      }),
    );
    this.#search = this.#open.use(new ImageSearch((message, error) => services.log('debug', message, error)));
    this.#open.defer(() => this.#lookup?.abort());
    this.#open.use(services.fleet.look());
    this.#open.use(services.policy.onDidChange(() => this.#channel.send('targets', this.#targets())));
    this.#open.use(
      services.fleet.onDidChange(() => {
        this.#channel.send('targets', this.#targets());
        this.#channel.send('workspacesChanged', {});
      }),
    );
  }

  /** Takes whatever the page posted. */
  receive(message: unknown): Promise<void> {
    return this.#channel.receive(message);
  }

  [Symbol.dispose](): void {
    this.#open.dispose();
  }

  #handlers(): Handlers<typeof formProtocol> {
    const { fleet, operations, images, configuration, policy } = this.#services;
    return {
      open: () => this.#setup(),
      refreshTarget: async ({ target }) => {
        await Promise.all([fleet.refresh(target), policy.look(target)]);
        this.#channel.send('targets', this.#targets());
        return {};
      },
      fixTarget: async ({ target }) => {
        const action = this.#status(target)?.problem?.action;
        if (action) await operations.runAction(action.command, action.args ?? []);
        return {};
      },
      choices: ({ target }) => this.#choices(target),
      checkName: ({ target, name }) => this.#checkName(target, name),
      generateName: ({ target }) => ({ name: this.#freeName(target) }),
      checkImage: async ({ target, image }) => {
        const details = await this.#imageDetails(target, image);
        const local = details === null ? undefined : details !== undefined;
        const known = { local, image: details ?? undefined };
        const facts = imageFacts(image, known, configuration.requiredLabels());
        return this.#withRefusal(target, image, { ...facts, strange: images.strangeRegistry(image) });
      },
      lookUpImage: ({ target, image }) => this.#lookUp(target, image),
      searchImages: async ({ search, target, text, kind }) => {
        await this.#search.begin(images.sources(target, kind), text, ({ source, images }) =>
          this.#channel.send('imagesFound', {
            search,
            source: source.id,
            title: source.title,
            images: images.map(found => ({
              ...found,
              isRefused: this.#imageProblem(target, found.reference) !== undefined,
            })),
          }),
        );
        return {};
      },
      endImageSearch: () => {
        this.#search.end();
        return {};
      },
      readEnvFile: () => this.#desk.openTextFile(),
      pickFolder: async () => {
        const path = await this.#desk.pickFolder();
        return path === undefined ? undefined : { path };
      },
      copy: async ({ text }) => {
        await this.#desk.copy(text);
        return {};
      },
      copyRole: async ({ target }) => {
        await operations.runAction('berth.copyRole', [{ target }]);
        return {};
      },
      preview: ({ form }) => this.#preview(form),
      openPreview: async ({ form }) => {
        const { text, language } = await this.#preview(form);
        await this.#desk.openText(text, language);
        return {};
      },
      keepSecrets: ({ env, mounts, gitToken }) => {
        const secrets = {
          env: env.filter(({ secret }) => secret),
          mounts,
          ...(gitToken ? { gitToken } : {}),
        };
        const next = WorkspaceSettings.parse({ image: '-', gitAccess: 'token', ...secrets });
        this.#keep(next);
        return {};
      },
      submit: async ({ form, favourite, start, next }) => {
        await this.#attempt.make(() => this.#submit(form, favourite, start, next));
        return {};
      },
      saveAsTemplate: async ({ form: { target, name: _, ...settings } }) => {
        await operations.saveAsTemplate(target, settings);
        return {};
      },
      showPage: () => {
        const { activity } = this.#attempt;
        if (activity) this.#desk.openWorkspacePage({ target: activity.target, name: activity.name });
        return {};
      },
      cancel: () => {
        if (!this.#attempt.cancel()) this.#desk.close();
        return {};
      },
    };
  }

  async #setup(): Promise<FormSetup> {
    const { configuration } = this.#services;
    const translations = this.#desk.translations();
    if (this.#request.mode !== 'edit') this.#maker = await this.#services.identity();
    const base = {
      mode: this.#request.mode,
      ...(translations ? { translations } : {}),
      targets: this.#targets(),
      ...(this.#request.mode === 'create' &&
        this.#request.from !== undefined && { from: this.#request.from }),
      presets: [...configuration.presets()],
      recent: this.#services.personal.recentValues(),
      attempt: this.#attempt.info,
      ...(this.#home && { home: this.#home }),
    };
    if (this.#request.mode === 'create')
      return { ...base, draft: await this.#newDraft(this.#request), kept: this.#kept() };
    const { mode, workspace } = this.#request;
    await this.#lookAtPolicies(workspace.target);
    try {
      const engine = await this.#services.fleet.engine(workspace.target);
      const record = await engine.record(workspace.name, AbortSignal.timeout(listTimeoutMs));
      this.#record ??= record;
    } catch (error) {
      this.#services.log('error', `the record of ${workspace.name} cannot be read`, error);
      const message = isBerthError(error) ? error.message : l10n.t('{0} cannot be read.', workspace.name);
      const draft = startDraft({}, this.#engineKind(workspace.target));
      return { ...base, source: workspace, problem: { message }, draft, kept: this.#kept() };
    }
    const before = withoutSecrets(this.#record.settings);
    return {
      ...base,
      source: workspace,
      before,
      draft: this.#filledDraft(mode, workspace, before),
      kept: this.#kept(),
    };
  }

  /** Create: the smallest preset, the default image, this machine's git identity, a free readable name. */
  async #newDraft(request: FormRequest & { mode: 'create' }): Promise<Draft> {
    const { configuration, fleet } = this.#services;
    const targets = fleet.targets();
    const target = request.target ?? (targets.find(({ health }) => health === 'up') ?? targets[0])?.target.id;
    await this.#lookAtPolicies(target);
    const { bounds } = this.#services.policy.known(target);
    const presets = allowedPresets(configuration.presets(), bounds, this.#engineKind(target));
    const preset = smallestPreset(presets);
    const git = await this.#services.gitIdentity();
    const given: Given = {
      target: [target ?? '', request.target ? 'typed' : 'default'],
      name: [this.#freeName(target), 'generated'],
      gitUserName: [git.name, 'machine'],
      gitUserEmail: [git.email, 'machine'],
      ...(preset
        ? { cpus: [preset.cpus, 'preset'], memoryMiB: [Math.round(preset.memoryGiB * 1024), 'preset'] }
        : {}),
      ...configured(this.#defaults(target)),
      ...(request.image && { image: [request.image, 'typed'] }),
      ...givenValues(request.given),
    };
    return startDraft(given, this.#engineKind(target));
  }

  get #home(): HomeOrigin | undefined {
    return this.#request.mode === 'edit' ? undefined : this.#request.home;
  }

  /** The form begins with those of its target, unless they take their time; the others come as they are read. */
  async #lookAtPolicies(first: TargetId | undefined): Promise<void> {
    const { fleet, policy } = this.#services;
    const others = fleet.targets().filter(({ target }) => target.id !== first);
    for (const { target } of others) void policy.look(target.id);
    const patience = new Promise<void>(resolve => setTimeout(resolve, policyPatienceMs).unref());
    await Promise.race([policy.look(first), patience]);
  }

  #imageProblem(target: TargetId | undefined, image: string): string | undefined {
    return imageProblem(image, this.#services.policy.known(target).bounds);
  }

  #withRefusal(target: TargetId, image: string, facts: ImageFacts): ImageFacts {
    const refused = this.#imageProblem(target, image);
    return refused === undefined ? facts : { ...facts, refused };
  }

  #filledDraft(mode: 'edit' | 'duplicate', source: WorkspaceRef, settings: WorkspaceSettings): Draft {
    const inherited = this.#inherited(source.target);
    const { isFavourite } = this.#services.personal;
    const given: Given = {
      target: [source.target, 'workspace'],
      name: mode === 'edit' ? [source.name, 'workspace'] : [this.#copyName(source), 'generated'],
    };
    const draft = draftOf(settings, given, this.#engineKind(source.target));
    // What the source has of its own stays its own: a changed default must not slip into an edit.
    const absent = (part: 'env' | 'labels') => {
      const names = new Set(settings[part].map(({ name }) => name));
      return inherited[part].map(({ name }) => name).filter(name => !names.has(name));
    };
    return {
      ...draft,
      leftOut: { env: absent('env'), labels: absent('labels') },
      favourite: mode === 'edit' && isFavourite.call(this.#services.personal, source),
    };
  }

  #kept(): FormSetup['kept'] {
    const known = [this.#record?.settings, this.#typed].filter(settings => settings !== undefined);
    const env = known.flatMap(settings =>
      settings.env.filter(({ secret, value }) => secret && value !== undefined).map(({ name }) => name),
    );
    const cifs = known.flatMap(settings =>
      settings.mounts.flatMap(mount => (mount.type === 'cifs' && mount.password ? [cifsKey(mount)] : [])),
    );
    return {
      env: [...new Set(env)],
      cifs: [...new Set(cifs)],
      gitToken: known.some(settings => Boolean(settings.gitToken)),
    };
  }

  async #submit(
    form: WorkspaceForm,
    favourite: boolean,
    start: boolean,
    next: 'restart' | 'rebuild' | undefined,
  ): Promise<ActivityView> {
    const { target, name, ...typed } = form;
    const wanted = withAppSecret(this.#withKeptSecrets(typed));
    this.#keep(wanted);
    const settings = await this.#settled(wanted, target);
    this.#sent = settings;
    const { operations, personal } = this.#services;
    if (this.#request.mode === 'edit') {
      const { workspace } = this.#request;
      if (!this.#record)
        throw new BerthError(l10n.t('{0} was not read: open the form again.', workspace.name));
      const { revision } = this.#record;
      const engine = await this.#services.fleet.engine(workspace.target);
      const now = await engine.record(workspace.name, AbortSignal.timeout(listTimeoutMs));
      if (now.revision !== revision)
        throw new BerthError(
          l10n.t(
            '{0} was changed elsewhere since this form was opened. Nothing was saved: close the form and edit again.',
            workspace.name,
          ),
          { code: 'stale' },
        );
      this.#refuseIfClosed();
      // biome-ignore lint/suspicious/noThenProperty: an option of a plain call, never awaited
      const activity = operations.edit(workspace, settings, { revision, then: next });
      await personal.setFavourite(workspace, favourite);
      this.#desk.openWorkspacePage(workspace);
      return activity;
    }
    const { bounds, refusal } = await this.#services.policy.look(target);
    if (refusal) throw refusal;
    refuse(l10n.t('Cannot create “{0}”', name), refusals(settings, bounds, this.#engineKind(target)));
    const free = await this.#checkName(target, name);
    if (free.use === 'taken') throw new BerthError(free.message, { code: 'conflict' });
    this.#refuseIfClosed();
    const options = { start, ...(this.#home && { home: this.#home }) };
    const activity = operations.create({ target, name, ...settings }, options);
    if (favourite) await personal.setFavourite({ target, name }, true);
    this.#desk.openWorkspacePage({ target, name });
    return activity;
  }

  /** What an edit leaves as it was has been asked about before. */
  async #settled(settings: WorkspaceSettings, target: TargetId): Promise<WorkspaceSettings> {
    const isEdit = this.#request.mode === 'edit' && this.#record;
    if (isEdit && !asksAnew(isEdit.settings, settings)) return settings;
    const settled = await this.#services.operations.settleTrust(settings, target);
    if (settled) return settled;
    throw new BerthError(l10n.t('Nothing was sent.'), { code: 'cancelled' });
  }

  /** A form that was closed while its questions were out begins nothing. */
  #refuseIfClosed(): void {
    if (this.#open.disposed) throw new BerthError(l10n.t('The form was closed.'), { code: 'cancelled' });
  }

  /** Remembers secrets for as long as the form is open; what is not named again stays. */
  #keep(next: WorkspaceSettings): void {
    const before = this.#typed;
    if (!before) {
      this.#typed = next;
      return;
    }
    const { env, mounts, gitToken = before.gitToken } = withSecretsOf(before, next);
    const names = new Set(env.map(({ name }) => name));
    this.#typed = {
      ...next,
      env: [...before.env.filter(({ name }) => !names.has(name)), ...env],
      mounts: [
        ...before.mounts.filter(old => !mounts.some(mount => isDeepStrictEqual(mount, old))),
        ...mounts,
      ],
      ...(gitToken === undefined ? {} : { gitToken }),
    };
  }

  /** An edit may be saved though what came after it failed: sent again, it must not take itself for another's. */
  async #takeOwnRevision(): Promise<void> {
    if (this.#request.mode !== 'edit' || !this.#sent) return;
    const { target, name } = this.#request.workspace;
    try {
      const engine = await this.#services.fleet.engine(target);
      const now = await engine.record(name, AbortSignal.timeout(listTimeoutMs));
      if (isDeepStrictEqual(now.settings, this.#sent)) this.#record = now;
    } catch (error) {
      this.#services.log('debug', `the record of ${name} cannot be read`, error);
    }
  }

  /** What was typed last wins, then what was typed before the page was hidden, then the record. */
  #withKeptSecrets(settings: WorkspaceSettings): WorkspaceSettings {
    return [this.#typed, this.#record?.settings].reduce<WorkspaceSettings>(
      (edited, kept) => (kept ? withSecretsOf(kept, edited) : edited),
      settings,
    );
  }

  /** The form as it would be sent: with the secrets that it does not hold itself, so that what is missing is not shown as such. */
  async #preview({ target, name, ...typed }: WorkspaceForm) {
    const { language, text } = await this.#services.operations.preview({
      target,
      name,
      ...this.#withKeptSecrets(typed),
    });
    return { language, text };
  }

  /** What the target has to choose from. A list that it does not give leaves the others as they are. */
  async #choices(target: TargetId): Promise<Choices> {
    const signal = AbortSignal.timeout(listTimeoutMs);
    const engine = await this.#services.fleet.engine(target);
    const orNothing = <T>(what: string, list: Promise<T> | undefined): Promise<T | undefined> =>
      Promise.resolve(list).catch((error: unknown) => {
        this.#services.log('debug', `${what} of ${target} cannot be listed`, error);
        return undefined;
      });
    const [volumes = [], ...offered] = await Promise.all([
      orNothing('volumes', engine.volumes?.list(signal)),
      ...formOffers.map(kind => orNothing(kind, engine.offers?.list(kind, signal))),
    ]);
    const listed = formOffers.flatMap((kind, index) => {
      const offers = offered[index];
      return offers ? [[kind, offers.map(({ name, note, isDefault }) => ({ name, note, isDefault }))]] : [];
    });
    return {
      volumes: volumes.map(({ name, driver, homeOf }) => ({ name, driver, homeOf })),
      offers: Object.fromEntries(listed),
      unlisted: engine.offers ? formOffers.filter((_, index) => offered[index] === undefined) : [],
    };
  }

  async #checkName(target: TargetId, name: WorkspaceName) {
    const isOwn = this.#attempt.activity?.target === target && this.#attempt.activity.name === name;
    if (this.#request.mode === 'edit' || isOwn) return { use: 'free' as const, message: '' };
    const other = this.#workspaceOf(target, name);
    if (other)
      return {
        use: 'taken' as const,
        message: l10n.t('{0} is there already ({1}).', name, other.state.kind),
      };
    try {
      const problem = await this.#services.operations.nameProblem({ target, name });
      if (problem !== undefined) return { use: 'taken' as const, message: problem };
      const engine = await this.#services.fleet.engine(target);
      const volumes = (await engine.volumes?.list(AbortSignal.timeout(listTimeoutMs))) ?? [];
      const isKept = volumes.some(({ homeOf }) => homeOf === name);
      if (isKept && this.#home) {
        return {
          use: 'taken' as const,
          message: l10n.t(
            'The home of a deleted {0} was kept: choose another name, or delete that home first.',
            name,
          ),
        };
      }
      return isKept
        ? {
            use: 'kept-home' as const,
            message: l10n.t('The home of a deleted {0} was kept: the workspace continues on it.', name),
          }
        : { use: 'free' as const, message: '' };
    } catch (error) {
      this.#services.log('debug', `the name ${name} cannot be checked`, error);
      return { use: 'unknown' as const, message: l10n.t('The target cannot be asked whether it is free.') };
    }
  }

  /** Of the last image alone: what was asked before is of no interest any more. */
  async #lookUp(target: TargetId, image: string): Promise<Result<typeof formProtocol, 'lookUpImage'>> {
    this.#lookup?.abort();
    const lookup = new AbortController();
    this.#lookup = lookup;
    const platforms = this.#status(target)?.facts?.platforms ?? [];
    const signal = AbortSignal.any([lookup.signal, AbortSignal.timeout(listTimeoutMs)]);
    try {
      const described = await this.#services.images.describe(image, platforms, signal);
      const required = this.#services.configuration.requiredLabels();
      const facts = imageFacts(image, { local: undefined, image: described }, required);
      return { facts: this.#withRefusal(target, image, facts) };
    } catch (error) {
      this.#services.log('debug', `the registry of ${image} cannot be asked`, error);
      const isCertain = isBerthError(error) && certainCodes.has(error.code);
      const message = isBerthError(error)
        ? error.message
        : l10n.t('The registry of the image cannot be asked.');
      return { problem: { message, isCertain } };
    }
  }

  /** null: the target cannot tell. */
  async #imageDetails(target: TargetId, image: string) {
    try {
      const engine = await this.#services.fleet.engine(target);
      return engine.images ? await engine.images.details(image, AbortSignal.timeout(listTimeoutMs)) : null;
    } catch (error) {
      this.#services.log('debug', `the image ${image} cannot be looked at`, error);
      return null;
    }
  }

  #workspaceOf(target: TargetId, name: string): Workspace | undefined {
    return this.#services.fleet
      .workspaces()
      .find(workspace => workspace.target === target && workspace.name === name);
  }

  #freeName(target: TargetId | undefined): WorkspaceName {
    const workspaces = this.#services.fleet.workspaces().filter(workspace => workspace.target === target);
    return generateName(new Set(workspaces.map(({ name }) => name)));
  }

  #copyName({ target, name }: WorkspaceRef): WorkspaceName {
    for (let number = 2; number < 100; number++) {
      const copy = WorkspaceName.safeParse(`${name.slice(0, 37).replace(/-\d+$|-+$/, '')}-${number}`);
      if (copy.success && !this.#workspaceOf(target, copy.data)) return copy.data;
    }
    return this.#freeName(target);
  }

  #status(target: TargetId): TargetStatus | undefined {
    return this.#services.fleet.targets().find(status => status.target.id === target);
  }

  #engineKind(target: TargetId | undefined): EngineKind {
    return (target && this.#status(target)?.target.kind) ?? 'docker';
  }

  #inherited(target: TargetId): InheritedValues {
    return inheritedFor(this.#services.configuration.defaults(), target);
  }

  /** The person's own for new workspaces of that target, by key of the form. */
  #defaults(target: TargetId | undefined): Readonly<Record<string, unknown>> {
    const { configuration } = this.#services;
    return { image: configuration.defaultImage(), ...defaultsFor(configuration.defaults(), target ?? '') };
  }

  /** Why one more may not be made there. That which this form makes is not counted. */
  #countProblem({ id, title }: TargetStatus['target'], bounds: Bounds): string | undefined {
    const { activity } = this.#attempt;
    const own = this.#services.fleet
      .workspaces()
      .filter(({ target, createdBy }) => target === id && createdBy === this.#maker)
      .filter(({ name }) => activity?.target !== id || activity.name !== name);
    return this.#maker === undefined ? undefined : countProblem(own.length, title, bounds);
  }

  #targets(): TargetInfo[] {
    return this.#services.fleet.targets().map(status => this.#targetInfo(status));
  }

  #targetInfo({ target, health, problem, facts }: TargetStatus): TargetInfo {
    const { env, labels } = this.#inherited(target.id);
    const { bounds, refusal } = this.#services.policy.known(target.id);
    return {
      id: target.id,
      kind: target.kind,
      title: target.title,
      health,
      problem: problem && { message: problem.message, action: problem.action?.label },
      version: facts?.version,
      missingRights: [...(facts?.missingRights ?? [])],
      warnings: [...(facts?.warnings ?? [])],
      policy: { bounds, refusal: refusal?.message ?? this.#countProblem(target, bounds) },
      room: facts
        ? {
            cpus: facts.cpus,
            memoryBytes: facts.memoryBytes,
            freeMemoryBytes: facts.freeMemoryBytes,
            freeDiskBytes: facts.freeDiskBytes,
            platforms: [...facts.platforms],
            runtimes: [...facts.runtimes],
            defaultRuntime: facts.defaultRuntime,
            gpus: facts.gpus,
            isLocal: facts.isLocal,
          }
        : {},
      inherited: { env: [...env], labels: [...labels] },
      defaults: this.#defaults(target.id),
    };
  }
}

function configured(defaults: Readonly<Record<string, unknown>>): Given {
  return Object.fromEntries(
    [...formFields.keys()]
      .filter(key => Object.hasOwn(defaults, key))
      .map(key => [key, [draftValue(key, defaults[key]), 'configuration']]),
  );
}

/** What comes later wins: a link over its template. */
function givenValues(given: readonly GivenValues[] = []): Given {
  return Object.fromEntries(
    given.flatMap(({ by, values }) => Object.entries(values).map(([key, value]) => [key, [value, by]])),
  );
}
