/** What pages and their hosts say to each other: one table a page, zod on both sides, a missing handler is a type error. */
import * as z from 'zod';
import { Draft, Origin } from '../workspace/draft.ts';
import { offerKinds } from '../workspace/field.ts';
import { HomeOrigin } from '../workspace/homeOrigin.ts';
import { TargetId, WorkspaceName } from '../workspace/name.ts';
import { Bounds } from '../workspace/policy/bounds.ts';
import { Preset } from '../workspace/presets.ts';
import { RecentValues } from '../workspace/recent.ts';
import { EnvVariable, imageKinds, Mount, WorkspaceForm, WorkspaceSettings } from '../workspace/settings.ts';
import { stateCauses, stateKinds } from '../workspace/state.ts';
import { limits } from '../workspace/stopCodes.ts';

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
  /** What organisations allow there. */
  policy: z.object({
    bounds: Bounds,
    /** Why nothing may be made or changed. */
    refusal: z.string().optional(),
  }),
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
  /** The person's defaults for new workspaces there, by key of the form. */
  defaults: z.record(z.string(), z.unknown()),
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
  /** Which policy speaks against it, in words. */
  refused: z.string().optional(),
  /** Its registry, where that is none that the person has to do with already. */
  strange: z.string().optional(),
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
export const Translations = z.record(
  z.string(),
  z.union([z.string(), z.object({ message: z.string(), comment: z.array(z.string()) })]),
);

/** The template that a form is filled in by, and where that comes from unless it is the person's own. */
export const Filler = z.object({ name: z.string(), place: z.string().optional() });

const FormSetup = z.object({
  mode: z.enum(['create', 'edit', 'duplicate']),
  /** The workspace that is edited or duplicated. */
  source: ref.optional(),
  /** Why the form cannot be filled in, such as a record that cannot be read. */
  problem: problem.optional(),
  translations: Translations.optional(),
  from: Filler.optional(),
  targets: z.array(TargetInfo),
  presets: z.array(Preset),
  recent: RecentValues,
  /** What the form begins with where no draft was kept. */
  draft: Draft,
  /** The saved settings, without secrets, to tell what an edit costs. */
  before: WorkspaceSettings.optional(),
  kept: KeptSecrets,
  /** What the home begins with, where that is not the image's own. */
  home: HomeOrigin.optional(),
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
    /** Asks for a name and keeps the form's settings as a template. */
    saveAsTemplate: { params: z.object({ form: WorkspaceForm }), result: done },
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
        z.object({
          reference: z.string(),
          kind: z.enum(imageKinds),
          detail: z.string().optional(),
          /** No policy allows it. */
          isRefused: z.boolean().optional(),
        }),
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
  z.object({ kind: z.literal('home'), current: z.number(), total: z.number().optional() }),
  z.object({ kind: z.literal('output'), text: z.string() }),
]);
export type ProgressItem = z.infer<typeof ProgressItem>;

/** What a log is read from. */
const LogSource = z.discriminatedUnion('kind', [
  /** Everything that the workspace prints. */
  z.object({ kind: z.literal('workspace') }),
  /** Of that, boot's own lines, or those of its watchdog. */
  z.object({ kind: z.literal('boot') }),
  z.object({ kind: z.literal('watchdog') }),
  z.object({ kind: z.literal('init') }),
  z.object({ kind: z.literal('app'), id: z.string().max(100) }),
]);
export type LogSource = z.infer<typeof LogSource>;

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
  /** How long it has, as its watchdog said; times in Unix time, ms. */
  time: z
    .object({
      endsAt: z.number().optional(),
      limit: z.enum(limits).optional(),
      what: z.string(),
      isWarned: z.boolean(),
      roomMs: z.number(),
    })
    .optional(),
  createdAt: z.string(),
  createdBy: z.string(),
  /** Somebody else made it. */
  isAnothers: z.boolean(),
  favourite: z.boolean(),
  alias: z.string(),
  sshCommand: z.string(),
  /** Without secrets. */
  settings: WorkspaceSettings.optional(),
  /** A newer image under the same tag: digests. */
  update: z.object({ image: z.string(), from: z.string(), to: z.string() }).optional(),
  /** Where the settings' values came from, by key of the form. */
  origins: z.record(z.string(), z.object({ origin: Origin, detail: z.string().optional() })),
  /** Actions that make sense now. */
  actions: z.array(z.string()),
  logs: z.array(LogSource),
});
export type WorkspaceInfo = z.infer<typeof WorkspaceInfo>;

/** See workspace/usage.ts. */
const UsagePoint = z.object({
  at: z.number(),
  cpus: z.number(),
  memoryBytes: z.number(),
  memoryLimitBytes: z.number(),
  receivedPerSecond: z.number().optional(),
  sentPerSecond: z.number().optional(),
  readPerSecond: z.number().optional(),
  writtenPerSecond: z.number().optional(),
});

const GpuPoint = z.object({
  at: z.number(),
  gpus: z.array(
    z.object({
      name: z.string(),
      busy: z.number().optional(),
      memoryBytes: z.number().optional(),
      memoryTotalBytes: z.number().optional(),
    }),
  ),
});
export type GpuPoint = z.infer<typeof GpuPoint>;

/** See workspace/connections.ts. */
const ConnectionsInfo = z.object({
  ssh: z.array(
    z.object({
      user: z.string(),
      /** Whose key opened it, where that is known. */
      name: z.string().optional(),
      terminals: z.array(z.string()),
      seconds: z.number(),
    }),
  ),
  ports: z.array(z.object({ port: z.int(), count: z.int() })),
});
export type ConnectionsInfo = z.infer<typeof ConnectionsInfo>;

/** What is measured while somebody looks; `problem` says why a part of it is missing. */
const LiveInfo = z.object({
  usage: z.array(UsagePoint),
  gpus: z.array(GpuPoint),
  connections: ConnectionsInfo.optional(),
  usageProblem: z.string(),
  connectionsProblem: z.string(),
});
export type LiveInfo = z.infer<typeof LiveInfo>;

const FolderInfo = z.object({
  path: z.string(),
  /** What is mounted there, such as 'volume datasets'; '' for the home. */
  source: z.string(),
  readOnly: z.boolean(),
  usedBytes: z.number().optional(),
  freeBytes: z.number().optional(),
  totalBytes: z.number().optional(),
});
export type FolderInfo = z.infer<typeof FolderInfo>;

/** See workspace/history.ts. */
const HistoryInfo = z.object({
  kind: z.enum(['start', 'stop']),
  at: z.number().optional(),
  cause: z.enum(stateCauses).optional(),
  words: z.string(),
});
export type HistoryInfo = z.infer<typeof HistoryInfo>;

export const workspaceProtocol = {
  requests: {
    open: {
      params: nothing,
      result: z.object({
        translations: Translations.optional(),
        workspace: WorkspaceInfo,
        activity: ActivityInfo.optional(),
        progress: z.array(ProgressItem),
        live: LiveInfo,
      }),
    },
    /** Nothing is measured while nobody can see it. */
    look: { params: z.object({ isVisible: z.boolean() }), result: done },
    /** The home and what is mounted, with sizes where it runs; `again`: not those of before. */
    folders: {
      params: z.object({ again: z.boolean() }),
      result: z.object({ folders: z.array(FolderInfo), problem: z.string() }),
    },
    /** The last starts and stops, the oldest first. */
    history: { params: nothing, result: z.array(HistoryInfo) },
    run: { params: z.object({ action: z.string() }), result: done },
    cancelActivity: { params: z.object({ id: z.string() }), result: done },
    /** Runs the fix that the activity's problem offers. */
    fix: { params: z.object({ id: z.string() }), result: done },
    openPort: { params: z.object({ port: z.int() }), result: done },
    setFavourite: { params: z.object({ favourite: z.boolean() }), result: done },
    copy: { params: z.object({ text: z.string().max(10_000_000) }), result: done },
    /** Begins a log, sent as `log` events, in the place of the one before; undefined ends that. */
    followLog: { params: z.object({ source: LogSource.optional() }), result: done },
  },
  events: {
    workspace: WorkspaceInfo,
    activity: ActivityInfo,
    progress: z.object({ activity: z.string(), items: z.array(ProgressItem) }),
    /** `reset`: the log begins again; `ended`: no more comes until it is asked for. */
    log: z.object({ text: z.string(), reset: z.boolean(), ended: z.boolean() }),
    /** About once a second while it runs and somebody looks. */
    usage: UsagePoint,
    gpus: GpuPoint,
    connections: ConnectionsInfo,
    /** Why a part of it cannot be told; '' once it can. */
    liveProblem: z.object({ part: z.enum(['usage', 'connections']), problem: z.string() }),
  },
} as const satisfies Protocol;

const JsonPath = z.array(z.union([z.string().max(1000), z.int().min(0)])).max(32);

/** An entry of a catalogue as its author's file has it, and what is to be said of it. */
const EntryView = z.object({
  /** undefined where the file is no JSON: the form cannot be used then. */
  value: z.record(z.string(), z.unknown()).optional(),
  problems: z.array(
    z.object({ severity: z.enum(['error', 'warning']), path: JsonPath, message: z.string() }),
  ),
  /** What whoever installs it is asked or told, the most dangerous first. */
  grants: z.array(
    z.object({
      level: z.enum(['blocked', 'warned', 'shown', 'safe']),
      words: z.string(),
      value: z.string(),
    }),
  ),
  leftOut: z.array(z.object({ key: z.string(), words: z.string(), value: z.string() })),
  /** File names beside it that its icon may be. */
  icons: z.array(z.string()),
});
export type EntryView = z.infer<typeof EntryView>;

export const entryProtocol = {
  requests: {
    open: {
      params: nothing,
      result: z.object({
        translations: Translations.optional(),
        /** JSON Schema of an entry: the form's fields. */
        schema: z.unknown(),
        file: z.string(),
        entry: EntryView,
      }),
    },
    /** `value` left out takes the property, or the item, out. */
    set: { params: z.object({ path: JsonPath.min(1), value: z.unknown().optional() }), result: done },
    /** Lets the person pick a picture, which is put beside the file; its name. */
    pickIcon: { params: nothing, result: z.object({ name: z.string() }).optional() },
    openAsText: { params: nothing, result: done },
  },
  events: { entry: EntryView },
} as const satisfies Protocol;

export type RequestName<P extends Protocol> = keyof P['requests'] & string;
export type Params<P extends Protocol, M extends RequestName<P>> = z.infer<P['requests'][M]['params']>;
export type Result<P extends Protocol, M extends RequestName<P>> = z.infer<P['requests'][M]['result']>;
export type EventName<P extends Protocol> = keyof P['events'] & string;
export type EventData<P extends Protocol, E extends EventName<P>> = z.infer<P['events'][E]>;
