/**
 * Berth for other extensions, version 1. Copy this file into yours, or import it from where Berth is installed:
 *
 *     const berth = await vscode.extensions.getExtension<BerthExtension>('berth.berth')?.activate();
 *     const api = berth?.getApi(1);
 *
 * What is here stays as it is: additions are optional, and what would break gets a new number. Every call rejects with an
 * Error whose message is for people, in the editor's language; its `code` says which kind of failure it is.
 */
import type { CancellationToken, Event } from 'vscode';

/** What Berth's `activate` answers with. */
export interface BerthExtension {
  /** Throws where this Berth has no API of that version. */
  getApi(version: 1): BerthApi;
}

/**
 * Extensions run with all rights of the person, so calls are not confirmed by a dialog; they go through the same checks as
 * the form. Only a stop of somebody else's workspace asks, with their name. Nothing here deletes.
 */
export interface BerthApi {
  readonly version: 1;
  /** All workspaces of all targets, asked anew. Those of a target that does not answer are Unknown. */
  list(): Promise<readonly BerthWorkspace[]>;
  /** By its alias, or its name where no other has the same. Undefined where there is none. */
  get(workspace: string): Promise<BerthWorkspace | undefined>;
  /** Resolves once it is ready for ssh, or added where `start` is false. Cancelled, it leaves nothing behind. */
  create(settings: BerthNewWorkspace, token?: CancellationToken): Promise<BerthWorkspace>;
  /** Resolves once it is ready for ssh; at once where it is already. */
  start(workspace: string, token?: CancellationToken): Promise<BerthWorkspace>;
  /** Programs in it are asked to end; unsaved work in them is lost. */
  stop(workspace: string, token?: CancellationToken): Promise<BerthWorkspace>;
  /** Opens a window on it, as the command *Connect* does: starts it, lets this machine in, writes the ssh config. */
  connect(workspace: string, options?: { readonly newWindow?: boolean }): Promise<void>;
  /** The list is another than before: a workspace came, went, or changed its state. Berth watches while somebody listens. */
  readonly onDidChangeWorkspaces: Event<void>;
}

export interface BerthWorkspace {
  /** `<name>.<target>.berth`, the ssh host. Never changes. */
  readonly alias: string;
  readonly name: string;
  /** Id of the target that it is on. */
  readonly target: string;
  readonly state:
    | 'Off'
    | 'Building'
    | 'Initializing'
    | 'Running'
    | 'Turning off'
    | 'Deleting'
    | 'Error'
    | 'Unknown';
  /** Why it is so, in words; may be empty. */
  readonly reason: string;
  readonly image: string;
  readonly description: string;
  readonly createdBy: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC; while it runs. */
  readonly startedAt?: string;
}

/** What is left out is decided as in *Quick Create*: by the image, the person's settings and the target. */
export interface BerthNewWorkspace {
  /** Id of the target; needed where there are several. */
  readonly target?: string;
  /** Left out: a readable one is made up. */
  readonly name?: string;
  /** Left out: the person's default image. */
  readonly image?: string;
  /** False: only add it. Default: true. */
  readonly start?: boolean;
  readonly description?: string;
  readonly cpus?: number;
  readonly memoryMiB?: number;
  readonly diskGiB?: number;
  readonly gpuCount?: number;
  readonly env?: { readonly name: string; readonly value: string; readonly secret?: boolean }[];
  readonly labels?: { readonly name: string; readonly value: string }[];
  readonly ports?: {
    readonly port: number;
    readonly label?: string;
    readonly protocol?: 'http' | 'https' | 'tcp';
  }[];
  /** Shell, run at every start. */
  readonly initScript?: string;
  /** Address of a git repository that is cloned into the home once. */
  readonly repository?: string;
  readonly repositoryBranch?: string;
  /** Hours after a start until it is stopped; 0: it keeps running. */
  readonly lifespanHours?: number;
  /** Minutes without a connection, after which it is stopped; 0: never. */
  readonly idleMinutes?: number;
}
