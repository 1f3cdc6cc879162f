/**
 * The one interface that drives a target. Nothing outside an engine's own folder knows which kind it is: what one
 * kind has and another has not are the optional stores at the end, found by being there.
 */
import type { Duplex, Readable } from 'node:stream';
import type { Owner } from '../backup/tarGuard.ts';
import type { BootEvent } from '../boot/bootLine.ts';
import type { StopReason } from '../boot/stopReason.ts';
import type { BuildRequest } from '../image/buildRequest.ts';
import type { Reviewed } from '../image/catalogue/review.ts';
import type { RunConfig } from '../image/imageConfig.ts';
import type { OfferKind } from '../workspace/field.ts';
import type { HistoryEntry } from '../workspace/history.ts';
import type { WorkspaceName } from '../workspace/name.ts';
import type { AuthorizedKey, HostKey, Record as WorkspaceRecord } from '../workspace/record.ts';
import type { WorkspaceSettings } from '../workspace/settings.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Adoptable } from './adoptable.ts';
import type { PullSecretRequest } from './pullSecret.ts';
import type { Target } from './target.ts';

/** What a long call tells while it works; a page, a notification and a terminal all show the same. */
export type Progress =
  /** A step begins; the message is for people. */
  | { readonly kind: 'step'; readonly step: Step; readonly message: string }
  /** A layer of a pull; bytes. */
  | {
      readonly kind: 'layer';
      readonly id: string;
      readonly status: string;
      readonly current?: number;
      readonly total?: number;
    }
  | { readonly kind: 'boot'; readonly event: BootEvent }
  /** The data of a home on its way; bytes. */
  | { readonly kind: 'home'; readonly current: number; readonly total?: number }
  /** Raw output, any number of lines. */
  | { readonly kind: 'output'; readonly text: string };
export type Step =
  | 'check'
  | 'pull'
  | 'create'
  | 'start'
  | 'boot'
  | 'ready'
  | 'stop'
  | 'remove'
  | 'save'
  | 'home'
  | 'build';
export type Report = (progress: Progress) => void;

export interface EngineFacts {
  /** Such as 'Docker 20.10.24' or 'Podman 4.3.1'. */
  readonly version: string;
  /** Image platforms that run there, such as 'linux/amd64', the native one first. */
  readonly platforms: readonly string[];
  /** Of all nodes together; undefined where nodes may not be read. */
  readonly cpus?: number;
  readonly memoryBytes?: number;
  /** What the limits of running workspaces and containers leave; undefined where it cannot be told. */
  readonly freeMemoryBytes?: number;
  /** Free bytes where images and volumes are kept; undefined where it cannot be told. */
  readonly freeDiskBytes?: number;
  readonly runtimes: readonly string[];
  readonly defaultRuntime: string;
  /** True also where it cannot be told: what is not known is not held against a workspace. */
  readonly gpus: boolean;
  /** Whether a bind mount means a folder of this very machine. */
  readonly isLocal: boolean;
  /** Whom the target takes this person for, where it tells. */
  readonly identity?: string;
  /** What this person may not do there but has to, such as 'create jobs'; empty or absent: nothing is missing. */
  readonly missingRights?: readonly string[];
  /** What is to be known before it is used, such as a connection that is not verified. */
  readonly warnings?: readonly string[];
}

/** Who makes a workspace and how they will enter it; made by commands from ssh/ and git. */
export interface Maker {
  /** `created-by`: git e-mail, else user@host, settable. */
  readonly identity: string;
  /** Host name and process id, so that a dead maker's half-made workspace is known as such. */
  readonly host: string;
  readonly pid: number;
}

export interface CreateRequest {
  readonly name: WorkspaceName;
  /** Overrides in them count only as far as `reviewed` has the same: refused otherwise. */
  readonly settings: WorkspaceSettings;
  readonly reviewed?: Reviewed;
  readonly maker: Maker;
  readonly hostKey: HostKey;
  readonly authorizedKeys: readonly AuthorizedKey[];
  readonly gitKey?: HostKey;
  /** What its home begins with; default: what the image has there. Refused ('conflict') on a home that was kept. */
  readonly home?: HomeSource;
  /** A policy's: the longest that a session may last with all its extensions. */
  readonly capHours?: number;
  /** False: add only. */
  readonly start: boolean;
}

export interface Stats {
  /** Unix time in ms. */
  readonly at: number;
  /** Cores in use, such as 1.5. */
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  /** Since the start; these four are undefined where they cannot be told. */
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
  readonly readBytes?: number;
  readonly writtenBytes?: number;
}

export interface ExecOptions {
  /** Default: the login user. */
  readonly user?: string;
  /** Beside what the workspace has. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the engine's, which may be any. */
  readonly folder?: string;
  /** With all rights on the host (Docker); Kubernetes has nothing of the kind, and refuses it. */
  readonly privileged?: boolean;
  readonly stdin?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LogOptions {
  readonly follow: boolean;
  /** Lines from the end; default: all that is kept. */
  readonly tail?: number;
  /** Of boot's own, relative to the record's folder, such as an app's log; default: what the workspace prints. */
  readonly file?: string;
}

export interface StopOptions {
  /** Kills at once. */
  readonly force: boolean;
  /** What is noted, where nobody inside has written down another reason; default: a person stopped it. */
  readonly why?: StopReason;
}

export interface EditRequest {
  /** Complete; secrets left out are kept (secrets.ts). */
  readonly settings: WorkspaceSettings;
  /** Needed where the overrides are others than the record's, or go with another image. */
  readonly reviewed?: Reviewed;
  /** The revision the edit was made on: an older one than the record's is refused with the code 'stale'. */
  readonly revision: number;
  readonly authorizedKeys?: readonly AuthorizedKey[];
  /** As in CreateRequest; absent: as it was. */
  readonly capHours?: number;
}

/** Every call may throw BerthError; long ones take a signal and reject with the code 'cancelled' once it aborts. */
export interface Engine extends Disposable {
  readonly target: Target;
  readonly images?: ImageStore;
  readonly builder?: Builder;
  readonly volumes?: VolumeStore;
  readonly offers?: Offers;
  readonly pullSecrets?: PullSecretStore;
  readonly adoptable?: Adoptable;
  readonly homes?: HomeStore;
  readonly policy?: PolicySource;

  /** Bounded at 3 s; throws 'unreachable'. */
  probe(signal?: AbortSignal): Promise<EngineFacts>;
  list(signal?: AbortSignal): Promise<Workspace[]>;
  /** One of them, without a look at the others; undefined where there is nothing of it. */
  find(name: WorkspaceName, signal?: AbortSignal): Promise<Workspace | undefined>;
  /** Calls when the list may have changed, at most every 100 ms; the engine's events are hints. Backs off while down. */
  watch(onChange: () => void): Disposable;

  /** Refuses a taken name ('conflict'). Cancelled or failed, it leaves nothing behind but a home that was there before. */
  create(request: CreateRequest, report: Report, signal: AbortSignal): Promise<void>;
  /** Returns once boot is ready. Cancelled: the home stays and the workspace goes Off. Running already: returns. */
  start(name: WorkspaceName, report: Report, signal: AbortSignal): Promise<void>;
  stop(name: WorkspaceName, options: StopOptions, report: Report, signal: AbortSignal): Promise<void>;
  remove(
    name: WorkspaceName,
    options: { readonly keepHome: boolean },
    report: Report,
    signal: AbortSignal,
  ): Promise<void>;
  /** A new container from the record, home kept; `pull` takes the image's newest digest. Running before: running after. */
  rebuild(
    name: WorkspaceName,
    options: { readonly pull: boolean },
    report: Report,
    signal: AbortSignal,
  ): Promise<void>;
  /** Saves and applies what is live; restart and rebuild are the caller's next step (editCost.ts). */
  edit(name: WorkspaceName, request: EditRequest, report: Report, signal: AbortSignal): Promise<void>;
  /** The record, secrets included: never shown as it is, never logged. */
  record(name: WorkspaceName, signal?: AbortSignal): Promise<WorkspaceRecord>;

  /** What the workspace printed, from the first byte kept, then as it comes until it stops or the signal aborts. */
  log(name: WorkspaceName, options: LogOptions, signal: AbortSignal): AsyncIterable<string>;
  /** The last starts and stops, the oldest first; the last stop is as the state has it. */
  history(name: WorkspaceName, signal?: AbortSignal): Promise<HistoryEntry[]>;
  /** About one a second while it runs. */
  stats(name: WorkspaceName, signal: AbortSignal): AsyncIterable<Stats>;
  exec(name: WorkspaceName, argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /**
   * The run does not end before `until` (Unix time, ms) by the engine's own deadline; absent where it has none. Throws where
   * this person may not change that.
   */
  putOffDeadline?(name: WorkspaceName, until: number, signal: AbortSignal): Promise<void>;
  /** Throws where a policy does not let it start, so that it is not stopped for nothing; absent where nobody keeps policies. */
  mayStart?(name: WorkspaceName, signal: AbortSignal): Promise<void>;
  /** Throws where a policy lets it have that many seconds more no longer; absent where nobody keeps policies. */
  mayExtend?(
    workspace: Pick<Workspace, 'name' | 'time' | 'startedAt'>,
    seconds: number,
    signal: AbortSignal,
  ): Promise<void>;
  /** Raw bytes to a port in the workspace. */
  dial(name: WorkspaceName, port: number, signal?: AbortSignal): Promise<Duplex>;
  /** By which pod the last dial to port 22 went, and by its own address or not: the next connection asks no more. */
  reached?(name: WorkspaceName): { readonly pod: string; readonly address: string | undefined } | undefined;
  /** The objects that a creation would make, secrets left out, as text in the engine's own language. Makes nothing. */
  preview?(request: CreateRequest, signal?: AbortSignal): Promise<Preview>;
  /** Everything the engine says of it, secrets left out, to be shown as JSON. */
  inspect(name: WorkspaceName): Promise<unknown>;

  /** Disposes of it once every creation, start, stop, deletion, rebuild and edit under way has come to its end. */
  retire(): Promise<void>;
}

export interface LocalImage {
  /** `name:tag`, or the id where it has no name. */
  readonly reference: string;
  readonly id: string;
  readonly digests: readonly string[];
  readonly bytes: number;
  /** Unix time in ms. */
  readonly createdAt: number;
}
export interface ImageDetails extends LocalImage, RunConfig {
  /** Such as 'linux/arm64/v8'. */
  readonly platform: string;
}
/** Images that a target keeps itself. */
export interface ImageStore {
  list(signal?: AbortSignal): Promise<LocalImage[]>;
  details(reference: string, signal?: AbortSignal): Promise<ImageDetails | undefined>;
  pull(reference: string, report: Report, signal: AbortSignal): Promise<void>;
  /** Throws 'conflict' naming the containers that use it. */
  remove(reference: string): Promise<void>;
  /** Gives it one more name, which is taken from whatever had it. */
  tag(reference: string, name: string, signal?: AbortSignal): Promise<void>;
  /** To the registry that its name says. Answers the digest there, where the engine tells it. */
  push(reference: string, report: Report, signal: AbortSignal): Promise<string | undefined>;
}

/** Makes images of a Dockerfile. */
export interface Builder {
  /** Reports steps and output. Cancelled or failed, it leaves nothing but the layers that the engine keeps to be faster. */
  build(request: BuildRequest, report: Report, signal: AbortSignal): Promise<void>;
}

export interface Volume {
  readonly name: string;
  readonly driver: string;
  /** The workspace whose home it is (also of a deleted one whose home was kept), or undefined. */
  readonly homeOf?: WorkspaceName;
  readonly createdAt?: string;
  /** Of a home: who made its workspace, where that is known. */
  readonly createdBy?: string;
}
export interface VolumeStore {
  /** Homes included, records left out. */
  list(signal?: AbortSignal): Promise<Volume[]>;
  /** Homes of deleted workspaces only. */
  removeKeptHome(name: WorkspaceName): Promise<void>;
}

/** Named things of a target that settings refer to. */
export interface Offer {
  readonly name: string;
  /** What is to be known of it, such as that it is the default. */
  readonly note?: string;
  readonly isDefault?: boolean;
}
export interface Offers {
  /** undefined where they may not be listed: then the name is typed. */
  list(kind: OfferKind, signal?: AbortSignal): Promise<readonly Offer[] | undefined>;
}

/** Logins that a target keeps, for its nodes to pull images with. */
export interface PullSecretStore {
  /** Refuses a taken name ('conflict') and what will not do ('invalid'). */
  create(request: PullSecretRequest, signal?: AbortSignal): Promise<void>;
}

/** The files of a home as a tar archive. */
export interface HomeTar {
  /** Ends with an error where it is not whole. Destroying it ends whatever makes it. */
  readonly tar: Readable;
  /** Whose home it is: their files become those of whoever logs in where it is unpacked. */
  readonly owner: Owner;
  /** About how many there will be; undefined where that is not known. */
  readonly bytes?: number;
}
/** Where such an archive comes from; opened once there is room for it. */
export interface TarSource {
  open(signal: AbortSignal): Promise<HomeTar>;
}
/** What a new home begins with. */
export type HomeSource =
  /** That of another workspace of the same target, which stays as it is. */
  | { readonly kind: 'workspace'; readonly name: WorkspaceName }
  | { readonly kind: 'tar'; readonly source: TarSource };

/** The home of a workspace that was deleted without it. */
export interface KeptHome {
  readonly name: WorkspaceName;
  /** ISO 8601. */
  readonly createdAt?: string;
  /** Who made the workspace, where that is known. */
  readonly createdBy?: string;
}

/** The data of workspaces, apart from what runs on it. */
export interface HomeStore {
  /** All of its home, whether the workspace runs or not. */
  read(name: WorkspaceName, signal: AbortSignal): Promise<HomeTar>;
  /** Another home in the place of the one that is there, which stays until the new one is complete. The workspace is off. */
  replace(name: WorkspaceName, source: TarSource, report: Report, signal: AbortSignal): Promise<void>;
  /** Removed by VolumeStore.removeKeptHome, used again by creating a workspace of that name. */
  kept(signal?: AbortSignal): Promise<KeptHome[]>;
  /** Bytes of kept homes by name: what they take, or may take at most where only that is known. Takes its time. */
  keptBytes(signal?: AbortSignal): Promise<ReadonlyMap<WorkspaceName, number>>;
}

/** Where a target keeps a policy for everybody who works on it. */
export interface PolicySource {
  /** For people, such as 'ConfigMap berth-policy of team-a'. */
  readonly title: string;
  /** Its text; undefined where there is none. Throws where that cannot be told. */
  read(signal?: AbortSignal): Promise<string | undefined>;
}

export interface Preview {
  /** The editor's language id. */
  readonly language: string;
  readonly text: string;
}
