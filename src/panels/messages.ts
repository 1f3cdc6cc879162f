/** What pages and their hosts say to each other: one table a page, zod on both sides, a missing handler is a type error. */
import * as z from 'zod';
import { Draft } from '../workspace/draft.ts';
import { offerKinds } from '../workspace/field.ts';
import { TargetId, WorkspaceName } from '../workspace/name.ts';
import { Preset } from '../workspace/presets.ts';
import { EnvVariable, imageKinds, Mount, WorkspaceForm, WorkspaceSettings } from '../workspace/settings.ts';
import { stateKinds } from '../workspace/state.ts';

/** Requests go from the page to its host and are answered; events go from the host to the page. */
export interface Protocol {
  readonly requests: Readonly<Record<string, { readonly params: z.ZodType; readonly result: z.ZodType }>>;
  readonly events: Readonly<Record<string, z.ZodType>>;
}

/** From page to host. */
export const Request = z.object({
  type: z.literal('request'),
  id: z.int().min(0),
  method: z.string(),
  params: z.unknown(),
});
/** From host to page. */
export const HostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), id: z.int(), result: z.unknown() }),
  z.object({ type: z.literal('failure'), id: z.int(), message: z.string() }),
  z.object({ type: z.literal('event'), event: z.string(), data: z.unknown() }),
]);
export type HostMessage = z.infer<typeof HostMessage>;

const nothing = z.object({});
const done = z.object({});
const ref = z.object({ target: TargetId, name: WorkspaceName });
/** A fix that an error offers: the host keeps the command, the page only the words. */
const problem = z.object({ message: z.string(), action: z.string().optional() });

const TargetInfo = z.object({
  id: TargetId,
  kind: z.enum(['docker', 'kubernetes']),
  title: z.string(),
  health: z.enum(['unknown', 'up', 'down']),
  problem: problem.optional(),
  /** Such as 'Docker 20.10.24'. */
  version: z.string().optional(),
  /** What this person may not do there but has to. */
  missingRights: z.array(z.string()),
  warnings: z.array(z.string()),
  room: z.object({
    cpus: z.number().optional(),
    memoryBytes: z.number().optional(),
    freeMemoryBytes: z.number().optional(),
    freeDiskBytes: z.number().optional(),
    platforms: z.array(z.string()).optional(),
    runtimes: z.array(z.string()).optional(),
    defaultRuntime: z.string().optional(),
    gpus: z.boolean().optional(),
    isLocal: z.boolean().optional(),
  }),
  inherited: z.object({
    env: z.array(z.object({ name: z.string(), value: z.string(), origin: z.string() })),
    labels: z.array(z.object({ name: z.string(), value: z.string(), origin: z.string() })),
  }),
});
export type TargetInfo = z.infer<typeof TargetInfo>;

const Offer = z.object({
  name: z.string(),
  note: z.string().optional(),
  isDefault: z.boolean().optional(),
});

const imageText = z.string().max(512);

/** What is known of an image before a workspace is made of it. */
const ImageFacts = z.object({
  /** Whether the target has it; undefined where it cannot tell. */
  local: z.boolean().optional(),
  platform: z.string().optional(),
  user: z.string().optional(),
  /** On the target, or to be pulled. */
  bytes: z.number().optional(),
  kind: z.enum(imageKinds),
  exposedPorts: z.array(z.int()),
  insistsOnFirst: z.boolean().optional(),
  /** What the image's own ENV tells a Studio. */
  toolPort: z.int().optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  /** Of `berth.image.requiredLabels`; undefined where its labels are not known. */
  missingLabels: z.array(z.string()).optional(),
  cpus: z.number().optional(),
  memoryMiB: z.number().optional(),
  diskGiB: z.number().optional(),
});
export type ImageFacts = z.infer<typeof ImageFacts>;

const KeptSecrets = z.object({ env: z.array(z.string()), cifs: z.array(z.string()), gitToken: z.boolean() });

/** What the form was sent for, and how it goes: the form stays until that has ended well. */
const AttemptInfo = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  /** With the activity's title once it has begun. */
  z.object({ kind: z.literal('running'), title: z.string().optional() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type AttemptInfo = z.infer<typeof AttemptInfo>;

/** The l10n bundle, as `vscode.l10n.bundle` has it. */
const Translations = z.record(
  z.string(),
  z.union([z.string(), z.object({ message: z.string(), comment: z.array(z.string()) })]),
);

const FormSetup = z.object({
  mode: z.enum(['create', 'edit', 'duplicate']),
  /** The workspace that is edited or duplicated. */
  source: ref.optional(),
  /** Why the form cannot be filled in, such as a record that cannot be read. */
  problem: problem.optional(),
  translations: Translations.optional(),
  targets: z.array(TargetInfo),
  presets: z.array(Preset),
  /** What the form begins with where no draft was kept. */
  draft: Draft,
  /** The saved settings, without secrets, to tell what an edit costs. */
  before: WorkspaceSettings.optional(),
  kept: KeptSecrets,
  attempt: AttemptInfo,
});
export type FormSetup = z.infer<typeof FormSetup>;

export const formProtocol = {
  requests: {
    open: { params: nothing, result: FormSetup },
    /** Asks the target again; also answers where it is down. */
    refreshTarget: { params: z.object({ target: TargetId }), result: done },
    /** Runs the fix that the target's problem offers. */
    fixTarget: { params: z.object({ target: TargetId }), result: done },
    /** What the target has to choose from. */
    choices: {
      params: z.object({ target: TargetId }),
      result: z.object({
        volumes: z.array(z.object({ name: z.string(), driver: z.string(), homeOf: z.string().optional() })),
        /** By kind, of those that the target may be asked for. */
        offers: z.partialRecord(z.enum(offerKinds), z.array(Offer)),
        /** Kinds that it has and does not list to this person. */
        unlisted: z.array(z.enum(offerKinds)),
      }),
    },
    checkName: {
      params: z.object({ target: TargetId, name: WorkspaceName }),
      result: z.object({ use: z.enum(['free', 'taken', 'kept-home', 'unknown']), message: z.string() }),
    },
    generateName: {
      params: z.object({ target: TargetId.optional() }),
      result: z.object({ name: WorkspaceName }),
    },
    /** What the target has of the image; where it has nothing, the name alone tells. */
    checkImage: { params: z.object({ target: TargetId, image: imageText }), result: ImageFacts },
    /** What the image's registry says of it, for the platforms of the target. Takes its time. */
    lookUpImage: {
      params: z.object({ target: TargetId, image: imageText }),
      result: z.object({
        facts: ImageFacts.optional(),
        /** `isCertain`: no pull could do better. */
        problem: z.object({ message: z.string(), isCertain: z.boolean() }).optional(),
      }),
    },
    /**
     * Searches all sources of images, in the place of the search before; what is found comes as `imagesFound` events. Answers
     * when all sources are done, or another search has begun.
     */
    searchImages: {
      params: z.object({
        search: z.int(),
        target: TargetId.optional(),
        text: imageText,
        /** As chosen by the person. */
        kind: z.enum(imageKinds).optional(),
      }),
      result: done,
    },
    endImageSearch: { params: nothing, result: done },
    /** Lets the person pick a file; undefined when they cancelled. */
    readEnvFile: { params: nothing, result: z.object({ name: z.string(), text: z.string() }).optional() },
    pickFolder: { params: nothing, result: z.object({ path: z.string() }).optional() },
    copy: { params: z.object({ text: z.string().max(1_000_000) }), result: done },
    /** Puts what grants the rights that are missing there on the clipboard. */
    copyRole: { params: z.object({ target: TargetId }), result: done },
    /** What the target would be given to make it; secrets are not in it. */
    preview: {
      params: z.object({ form: WorkspaceForm }),
      result: z.object({ language: z.string(), text: z.string() }),
    },
    /** The same in an editor of its own. */
    openPreview: { params: z.object({ form: WorkspaceForm }), result: done },
    /** Secrets typed so far: the host keeps them while the page is hidden, and never gives them back. */
    keepSecrets: {
      params: z.object({
        env: z.array(EnvVariable),
        mounts: z.array(Mount),
        gitToken: z.string().optional(),
      }),
      result: done,
    },
    submit: {
      params: z.object({
        form: WorkspaceForm,
        favourite: z.boolean(),
        /** Create: false adds only. */
        start: z.boolean(),
        /** Edit: what follows the save. */
        next: z.enum(['restart', 'rebuild']).optional(),
      }),
      result: done,
    },
    /** Shows the page of the workspace that the form was sent for. */
    showPage: { params: nothing, result: done },
    /** Ends what the form was sent for; closes the form where nothing is under way. */
    cancel: { params: nothing, result: done },
  },
  events: {
    /** Health, room and inherited values as they change. */
    targets: z.array(TargetInfo),
    /** What one source found; more of it may follow. */
    imagesFound: z.object({
      search: z.int(),
      source: z.string(),
      title: z.string(),
      images: z.array(
        z.object({ reference: z.string(), kind: z.enum(imageKinds), detail: z.string().optional() }),
      ),
    }),
    /** Names were taken or given free: check again. */
    workspacesChanged: nothing,
    attempt: AttemptInfo,
  },
} as const satisfies Protocol;

const ActivityInfo = z.object({
  id: z.string(),
  title: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** Unix time in ms. */
  startedAt: z.number(),
  problem: problem.optional(),
});
export type ActivityInfo = z.infer<typeof ActivityInfo>;

/** An engine's Progress, as it goes to a page. */
const ProgressItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('step'), step: z.string(), message: z.string() }),
  z.object({
    kind: z.literal('layer'),
    id: z.string(),
    status: z.string(),
    current: z.number().optional(),
    total: z.number().optional(),
  }),
  z.object({
    kind: z.literal('boot'),
    event: z.object({ stage: z.string(), event: z.string(), message: z.string() }),
  }),
  z.object({ kind: z.literal('output'), text: z.string() }),
]);
export type ProgressItem = z.infer<typeof ProgressItem>;

const WorkspaceInfo = z.object({
  target: TargetId,
  targetTitle: z.string(),
  engine: z.enum(['docker', 'kubernetes']),
  name: WorkspaceName,
  /** False once it is deleted: the page then says so and keeps its log. */
  exists: z.boolean(),
  /** Whether its target is in the list. */
  hasTarget: z.boolean(),
  state: z.object({ kind: z.enum(stateKinds), reason: z.string() }),
  startedAt: z.string().optional(),
  createdAt: z.string(),
  createdBy: z.string(),
  favourite: z.boolean(),
  alias: z.string(),
  sshCommand: z.string(),
  /** Without secrets. */
  settings: WorkspaceSettings.optional(),
  /** A newer image under the same tag: digests. */
  update: z.object({ image: z.string(), from: z.string(), to: z.string() }).optional(),
  /** Actions that make sense now. */
  actions: z.array(z.string()),
});
export type WorkspaceInfo = z.infer<typeof WorkspaceInfo>;

export const workspaceProtocol = {
  requests: {
    open: {
      params: nothing,
      result: z.object({
        translations: Translations.optional(),
        workspace: WorkspaceInfo,
        activity: ActivityInfo.optional(),
        progress: z.array(ProgressItem),
      }),
    },
    run: { params: z.object({ action: z.string() }), result: done },
    cancelActivity: { params: z.object({ id: z.string() }), result: done },
    /** Runs the fix that the activity's problem offers. */
    fix: { params: z.object({ id: z.string() }), result: done },
    openPort: { params: z.object({ port: z.int() }), result: done },
    setFavourite: { params: z.object({ favourite: z.boolean() }), result: done },
    copy: { params: z.object({ text: z.string().max(10_000_000) }), result: done },
    /** Begins or ends the workspace's own log, sent as `log` events. */
    followLog: { params: z.object({ follow: z.boolean() }), result: done },
  },
  events: {
    workspace: WorkspaceInfo,
    activity: ActivityInfo,
    progress: z.object({ activity: z.string(), items: z.array(ProgressItem) }),
    /** `reset`: the log begins again; `ended`: no more comes until it is asked for. */
    log: z.object({ text: z.string(), reset: z.boolean(), ended: z.boolean() }),
  },
} as const satisfies Protocol;

export type RequestName<P extends Protocol> = keyof P['requests'] & string;
export type Params<P extends Protocol, M extends RequestName<P>> = z.infer<P['requests'][M]['params']>;
export type Result<P extends Protocol, M extends RequestName<P>> = z.infer<P['requests'][M]['result']>;
export type EventName<P extends Protocol> = keyof P['events'] & string;
export type EventData<P extends Protocol, E extends EventName<P>> = z.infer<P['events'][E]>;
