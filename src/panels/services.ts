/** What the pages ask of the rest of the extension. Made once at activation; opening a page loads nothing but panels. */
import type { Uri } from 'vscode';
import type { Engine, EngineFacts, Preview, Progress } from '../engine/engine.ts';
import type { Target } from '../engine/target.ts';
import type { ImageSource } from '../image/imageSource.ts';
import type { ImageUpdate } from '../image/imageUpdate.ts';
import type { Held } from '../policy/policies.ts';
import type { FormKey, Origin } from '../workspace/draft.ts';
import type { BerthError } from '../workspace/error.ts';
import type { HomeOrigin } from '../workspace/homeOrigin.ts';
import type { Defaults } from '../workspace/inherited.ts';
import type { TargetId, WorkspaceName } from '../workspace/name.ts';
import type { Preset } from '../workspace/presets.ts';
import type { RecentValues } from '../workspace/recent.ts';
import type { ImageKind, WorkspaceForm, WorkspaceSettings } from '../workspace/settings.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { DescribedImage } from './imageFacts.ts';

/** View types of the webview panels: whoever registers their serializers needs them before panels is loaded. */
export const pageTypes = {
  form: 'berth.form',
  workspace: 'berth.workspace',
  gallery: 'berth.gallery',
} as const;

export interface TargetStatus {
  readonly target: Target;
  readonly health: 'unknown' | 'up' | 'down';
  /** Why it is down. */
  readonly problem?: BerthError | undefined;
  /** As of the last probe. */
  readonly facts?: EngineFacts | undefined;
}

/** The fleet, as far as pages use it. */
export interface FleetView {
  targets(): readonly TargetStatus[];
  /** Of all targets, as last listed. */
  workspaces(): readonly Workspace[];
  onDidChange(listener: () => void): Disposable;
  /** Keeps targets watched while somebody looks at a page. */
  look(): Disposable;
  refresh(target?: TargetId): Promise<void>;
  engine(target: TargetId): Promise<Engine>;
}

/** A long operation, as page, notification and tree show it. */
export interface ActivityView {
  readonly id: string;
  readonly target: TargetId;
  readonly name: WorkspaceName;
  /** Such as 'Creating brave-otter'. */
  readonly title: string;
  /** Unix time in ms. */
  readonly startedAt: number;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** Where it failed. */
  readonly error?: BerthError | undefined;
  /** What was reported so far, oldest first; bounded, the oldest output goes first. */
  readonly progress: readonly Progress[];
  /** Each report as it comes, after those in `progress`. */
  onDidReport(listener: (progress: Progress) => void): Disposable;
  /** The state changed. */
  onDidChange(listener: () => void): Disposable;
  cancel(): void;
}

export interface ActivitiesView {
  /** Running and lately ended ones, oldest first. */
  list(): readonly ActivityView[];
  /** One began or ended. */
  onDidChange(listener: () => void): Disposable;
}

export interface WorkspaceRef {
  readonly target: TargetId;
  readonly name: WorkspaceName;
}

/** What a person can do to a workspace from its page; each is the command `berth.<action>`, which asks where it must. */
export const workspaceActions = [
  'connect',
  'connectNewWindow',
  'openTerminal',
  'extend',
  'start',
  'stop',
  'restart',
  'forceStop',
  'rebuild',
  'updateImage',
  'edit',
  'share',
  'duplicate',
  'delete',
  'finish',
  'copySshCommand',
  'inspect',
  'previewYaml',
] as const;
export type WorkspaceAction = (typeof workspaceActions)[number];

export interface Operations {
  /**
   * Begins a creation and answers with its activity at once; a taken name or too little room fails the activity.
   * The form is complete: inherited environment and labels are in it, secrets too. Adds the image to the recent ones.
   */
  create(
    form: WorkspaceForm,
    options: { readonly start: boolean; readonly home?: HomeOrigin | undefined },
  ): ActivityView;
  /**
   * Begins an edit; `then` is what it goes on with once saved. Secrets left out of the settings are kept (secrets.ts).
   * `revision` is the one of the record that the form showed.
   */
  edit(
    workspace: WorkspaceRef,
    settings: WorkspaceSettings,
    options: { readonly revision: number; readonly then?: 'restart' | 'rebuild' | undefined },
  ): ActivityView;
  /**
   * Asks about what the settings want of the engine and nobody has allowed: the settings as they may be sent, or undefined
   * where the person would rather not.
   */
  settleTrust(settings: WorkspaceSettings, target: TargetId): Promise<WorkspaceSettings | undefined>;
  /** Why this machine could not reach a workspace by that name, in words: something was adopted under it. */
  nameProblem(workspace: WorkspaceRef): Promise<string | undefined>;
  /** What the target would be given for that form, secrets left out. Makes nothing. Throws 'unsupported'. */
  preview(form: WorkspaceForm): Promise<Preview>;
  /** Runs `berth.<action>`; resolves when the command is done, which for a long one is when it ends. */
  run(action: WorkspaceAction, workspace: WorkspaceRef): Promise<void>;
  /** Asks for a name and keeps the settings as a template, without secrets. */
  saveAsTemplate(target: TargetId, settings: WorkspaceSettings): Promise<void>;
  /** Opens an app or port of the workspace in the browser through a forward. */
  openPort(workspace: WorkspaceRef, port: number): Promise<void>;
  /** Runs the fix that an error offers (BerthError.action). */
  runAction(command: string, args: readonly unknown[]): Promise<void>;
}

/** Images to choose from, and what they are. */
export interface ImagesView {
  /** Everywhere that images come from; `kind`: as chosen by the person. */
  sources(target: TargetId | undefined, kind: ImageKind | undefined): readonly ImageSource[];
  /** The registry of an image, where that is none that the person has to do with already. */
  strangeRegistry(reference: string): string | undefined;
  /** What the registry says of an image, for the first of the platforms that it is there for. Throws BerthError. */
  describe(reference: string, platforms: readonly string[], signal: AbortSignal): Promise<DescribedImage>;
}

/** What is set in the editor's configuration. Read at each use. */
export interface Configuration {
  /** `berth.defaultImage` */
  defaultImage(): string;
  /** `berth.image.requiredLabels` */
  requiredLabels(): readonly string[];
  /** `berth.presets` */
  presets(): readonly Preset[];
  /** `berth.defaults` */
  defaults(): Defaults;
}

/** What is this person's own, in the editor's synced state. */
export interface Personal {
  isFavourite(workspace: WorkspaceRef): boolean;
  setFavourite(workspace: WorkspaceRef, favourite: boolean): Promise<void>;
  /** What was typed into fields before. */
  recentValues(): RecentValues;
}

/** Newer images under the tags that workspaces follow. */
export interface ImageUpdatesView {
  of(workspace: Workspace): ImageUpdate | undefined;
  /** Asks about these, where that was not done lately. */
  ask(workspaces: readonly Workspace[]): Promise<void>;
  onDidChange(listener: () => void): Disposable;
}

/** What organisations allow. */
export interface PolicyView {
  /** What holds on the target, or everywhere, as last read. */
  known(target?: TargetId): Pick<Held, 'bounds' | 'refusal'>;
  /** Reads it anew, bounded. Of a target that cannot be asked, what holds everywhere. */
  look(target?: TargetId): Promise<Pick<Held, 'bounds' | 'refusal'>>;
  onDidChange(listener: () => void): Disposable;
}

export interface PageServices {
  /** Where dist/ and media/ are. */
  readonly extensionUri: Uri;
  readonly fleet: FleetView;
  readonly activities: ActivitiesView;
  readonly operations: Operations;
  readonly updates: ImageUpdatesView;
  readonly images: ImagesView;
  readonly configuration: Configuration;
  readonly personal: Personal;
  readonly policy: PolicyView;
  /** This machine's git identity, where it has one. */
  gitIdentity(): Promise<{ readonly name: string; readonly email: string }>;
  /** The name that workspaces of whoever sits here are marked with. */
  identity(): Promise<string>;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, error?: unknown): void;
}

/** What the form begins with beside the usual, and who says so. Any JSON: the form says what is wrong with it. */
export interface GivenValues {
  readonly by: Extract<Origin, 'link' | 'template' | 'catalogue' | 'backup' | 'typed'>;
  readonly values: Partial<Record<FormKey, unknown>>;
}

/** What the gallery shows at first: everything, a catalogue, or an entry of it. */
export interface GalleryRequest {
  readonly catalogue?: string;
  /** Its id; only with the catalogue. */
  readonly entry?: string;
}

/** What a form is opened for. */
export type FormRequest =
  | {
      readonly mode: 'create';
      readonly image?: string;
      readonly target?: TargetId;
      readonly given?: readonly GivenValues[];
      /** The template that it is filled in by, and where that comes from unless it is the person's own. */
      readonly from?: { readonly name: string; readonly place?: string };
      readonly home?: HomeOrigin;
    }
  | { readonly mode: 'edit'; readonly workspace: WorkspaceRef }
  /** With the data of a home it is a clone. */
  | { readonly mode: 'duplicate'; readonly workspace: WorkspaceRef; readonly home?: HomeOrigin };
