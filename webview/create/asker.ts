/** The form's questions to its host, and the answers that find their way into the model: name, image, choices, secrets. */
import type { EventData, formProtocol, Params, RequestName, Result } from '../../src/panels/messages.ts';
import { shortagesOf } from '../../src/workspace/capacity.ts';
import { defaultOf, isChosen } from '../../src/workspace/draft.ts';
import { kindDefaults } from '../../src/workspace/kindDefaults.ts';
import { WorkspaceName } from '../../src/workspace/name.ts';
import { allowedPresets } from '../../src/workspace/policy/apply.ts';
import { sizeFor } from '../../src/workspace/presets.ts';
import {
  EnvVariable,
  type ImageKind,
  imageKinds,
  Mount,
  WorkspaceSettings,
} from '../../src/workspace/settings.ts';
import { announce } from '../shared/announce.ts';
import { debounce } from '../shared/dom.ts';
import type { Host } from '../shared/rpc.ts';
import { type FormModel, type ImageInfo, noChoices } from './model.ts';

type Found = EventData<typeof formProtocol, 'imagesFound'>;

/** How long typing rests before the host is asked. */
const restMs = 250;
/** How long it rests before a registry is asked: some count what they are asked. */
const registryRestMs = 900;
/** How long a submit waits for answers that are due. */
const patienceMs = 3000;

export class Asker {
  readonly #host: Host<typeof formProtocol>;
  readonly #model: FormModel;
  #askedName = '';
  #askedImage = '';
  /** What the model's facts are of: those of one before must not pass for those of the next. */
  #known = '';
  #lookedUp = '';
  #askedTarget = '';
  #sentSecrets = '';
  #kind: unknown;
  readonly #pending = new Set<Promise<void>>();
  readonly #finders = new Set<(found: Found) => void>();
  #flush: () => void = () => undefined;

  constructor(host: Host<typeof formProtocol>, model: FormModel) {
    this.#host = host;
    this.#model = model;
    this.#kind = model.value('kind');
  }

  /** From now on asks whatever a change makes worth asking. */
  start(): void {
    const name = debounce(restMs, () => this.checkName());
    const image = debounce(restMs, () => this.#checkImage());
    const registry = debounce(registryRestMs, () => this.#lookUpImage());
    const secrets = debounce(restMs, () => this.#keepSecrets());
    this.#model.watch(() => {
      name();
      image();
      registry();
      secrets();
      this.#loadChoices();
      this.#followKind();
    });
    document.addEventListener('visibilitychange', () => secrets.flush());
    this.#flush = () => {
      name.flush();
      image.flush();
      registry.flush();
      secrets.flush();
    };
    this.#flush();
  }

  /** Asks what is due now and waits for the answers, but not for ever: what they change belongs to what is sent. */
  async settled(): Promise<void> {
    const patience = new Promise<void>(resolve => setTimeout(resolve, patienceMs));
    const answers = async () => {
      this.#flush();
      await Promise.all(this.#pending);
      // An answer may make another question due.
      this.#flush();
      await Promise.all(this.#pending);
    };
    await Promise.race([answers(), patience]);
  }

  #await(answer: Promise<void>): void {
    const settled = answer.catch(this.report).finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }

  ask<M extends RequestName<typeof formProtocol>>(
    method: M,
    params: Params<typeof formProtocol, M>,
  ): Promise<Result<typeof formProtocol, M>> {
    return this.#host.request(method, params);
  }

  /** Calls with whatever a search for images has found. */
  onImagesFound(listener: (found: Found) => void): void {
    this.#finders.add(listener);
  }

  /** The host has found some. */
  imagesFound(found: Found): void {
    for (const listener of this.#finders) listener(found);
  }

  /** Says what failed where nothing better can be done. */
  readonly report = (error: unknown): void =>
    announce(error instanceof Error ? error.message : String(error));

  /** `again`: though nothing changed here, workspaces may have come or gone. */
  checkName(again = false): void {
    const { targetId, setup } = this.#model;
    const name = WorkspaceName.safeParse(this.#model.value('name'));
    const asked = `${targetId}/${name.data}`;
    if (setup.mode === 'edit' || (asked === this.#askedName && !again)) return;
    this.#askedName = asked;
    if (!targetId || !name.success) {
      this.#model.name = { use: 'free', message: '' };
      return;
    }
    this.#await(
      this.ask('checkName', { target: targetId, name: name.data }).then(answer => {
        if (asked !== this.#askedName) return;
        const before = this.#model.name;
        if (before.use === answer.use && before.message === answer.message) return;
        this.#model.name = answer;
        if (answer.message) announce(answer.message);
        this.#model.changed();
      }),
    );
  }

  #checkImage(): void {
    const { targetId } = this.#model;
    const image = this.#imageText();
    const asked = `${targetId} ${image}`;
    if (asked === this.#askedImage || !targetId || image === '') return;
    this.#askedImage = asked;
    this.#lookedUp = '';
    this.#await(
      this.ask('checkImage', { target: targetId, image }).then(facts => {
        if (asked !== this.#askedImage) return;
        this.#known = asked;
        this.#takeImage(image, { ...facts, isPending: !facts.local && isImage(image) });
      }),
    );
  }

  /** What the target does not have, its registry knows. */
  #lookUpImage(): void {
    const { targetId, image: known } = this.#model;
    const image = this.#imageText();
    const asked = `${targetId} ${image}`;
    if (!targetId || !known?.isPending || asked !== this.#known || asked === this.#lookedUp) return;
    if (this.#model.unaskedRegistry !== undefined) return;
    this.#lookedUp = asked;
    this.#await(
      this.ask('lookUpImage', { target: targetId, image }).then(({ facts, problem }) => {
        if (asked !== this.#askedImage) return;
        const { local } = known;
        this.#takeImage(image, {
          ...(facts ?? known),
          ...(local !== undefined && { local }),
          isPending: false,
          ...(problem && { [problem.isCertain ? 'problem' : 'unknown']: problem.message }),
        });
      }),
    );
  }

  #imageText(): string {
    return String(this.#model.draft.values.image ?? '').trim();
  }

  #takeImage(image: string, info: ImageInfo): void {
    const { setup } = this.#model;
    this.#model.image = info;
    // An edited or duplicated workspace keeps what it has until another image is chosen.
    const isSame = setup.mode !== 'create' && image === setup.draft.values.image;
    if (!isChosen(this.#model.origin('kind')) && !isSame) {
      this.#kind = info.kind;
      this.#model.set({ kind: info.kind }, 'image');
    }
    if (!isSame) {
      this.#applyKind(info.kind);
      this.#applySize(info);
    }
    this.#model.changed();
  }

  /** What the image recommends, where nobody has chosen a size or disk. */
  #applySize(info: ImageInfo): void {
    const isOwn = (key: 'cpus' | 'memoryMiB' | 'diskGiB') =>
      this.#model.touched.has(key) ||
      isChosen(this.#model.origin(key)) ||
      this.#model.origin(key) === 'configuration';
    const room = this.#model.target?.room ?? {};
    const { bounds, engine, setup } = this.#model;
    const size = sizeFor(allowedPresets(setup.presets, bounds, engine), info, room);
    const { cpus, memoryMiB } = this.#model.checked.values;
    if (size && !isOwn('cpus') && !isOwn('memoryMiB') && (size.cpus !== cpus || size.memoryMiB !== memoryMiB))
      this.#model.set(size, 'image');
    if (isOwn('diskGiB')) return;
    const usual = Number(defaultOf('diskGiB', this.#model.engine));
    const advised = Math.ceil(info.diskGiB ?? 0);
    const hasRoom = shortagesOf({ diskGiB: advised }, room).length === 0;
    const disk = hasRoom ? Math.max(usual, advised) : usual;
    if (disk !== this.#model.checked.values.diskGiB)
      this.#model.set({ diskGiB: disk }, disk > usual ? 'image' : 'default');
  }

  /** A kind chosen by hand brings its apps and ports along. */
  #followKind(): void {
    const kind = imageKinds.find(name => name === this.#model.value('kind'));
    if (kind === undefined || kind === this.#kind) return;
    this.#kind = kind;
    this.#applyKind(kind);
  }

  #applyKind(told: ImageKind): void {
    const kind = imageKinds.find(name => name === this.#model.value('kind')) ?? told;
    const defaults = kindDefaults(kind, this.#model.image);
    for (const key of ['ports', 'apps', 'firstProcess'] as const) {
      const isOwn = isChosen(this.#model.origin(key));
      if (isOwn || JSON.stringify(this.#model.value(key)) === JSON.stringify(defaults[key])) continue;
      this.#model.set({ [key]: defaults[key] }, 'image');
    }
  }

  #loadChoices(): void {
    const { targetId, target } = this.#model;
    const asked = `${targetId} ${target?.health}`;
    if (!targetId || target?.health === 'down' || asked === this.#askedTarget) return;
    this.#askedTarget = asked;
    this.ask('choices', { target: targetId })
      .then(choices => {
        if (asked !== this.#askedTarget) return;
        this.#model.choices = choices;
        this.#model.changed();
      })
      .catch(() => {
        // The target's own line says why it cannot be asked; the form goes on without suggestions.
        this.#model.choices = noChoices;
        this.#model.changed();
      });
  }

  /** The host keeps what the page's state must not: over hiding, not over a reload. */
  #keepSecrets(): void {
    const env = this.#model
      .rows('env')
      .flatMap(row => EnvVariable.safeParse(row).data ?? [])
      .filter(({ secret, value }) => secret && value);
    const mounts = (this.#model.checked.values.mounts ?? []).filter(
      mount => Mount.safeParse(mount).success && mount.type === 'cifs' && mount.password,
    );
    const gitToken = this.#model.checked.values.gitToken;
    const secrets = { env, mounts, ...(gitToken ? { gitToken } : {}) };
    const text = JSON.stringify(secrets);
    if (text === this.#sentSecrets || (env.length === 0 && mounts.length === 0 && !gitToken)) return;
    this.#sentSecrets = text;
    this.ask('keepSecrets', secrets).catch(this.report);
  }
}

function isImage(text: string): boolean {
  return WorkspaceSettings.shape.image.safeParse(text).success;
}
