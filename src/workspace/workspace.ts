/** A workspace as views, commands and the ssh config see it, whatever engine it runs on. */
import { type Alias, aliasOf, type TargetId, type WorkspaceName } from './name.ts';
import type { LoginUser, Record as WorkspaceRecord } from './record.ts';
import type { WorkspaceSettings } from './settings.ts';
import type { WorkspaceState } from './state.ts';
import type { TimeLeft } from './timeLeft.ts';

export interface Workspace {
  readonly target: TargetId;
  readonly name: WorkspaceName;
  readonly state: WorkspaceState;
  readonly createdBy: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The copy in the labels, without secrets; undefined where it cannot be read (state says why). */
  readonly settings: WorkspaceSettings | undefined;
  /** The image reference, as far as known. */
  readonly image: string;
  /** What it was resolved to at the creation or the last rebuild, which every start uses; undefined until then. */
  readonly resolved?: WorkspaceRecord['image'];
  /** Public half of the host key, one OpenSSH line; undefined until the record is made. */
  readonly hostKey: string | undefined;
  readonly login: LoginUser | undefined;
  /** ISO 8601, UTC; while it runs. */
  readonly startedAt?: string;
  /** Until a limit stops it, as its watchdog last said; undefined where none will, or nobody was asked yet. */
  readonly time?: TimeLeft;
  /** ISO 8601, UTC; when it last ended, while it is not running. An editor that keeps reconnecting is told by it. */
  readonly stoppedAt?: string;
}

export function workspaceAlias(workspace: Pick<Workspace, 'name' | 'target'>): Alias {
  return aliasOf(workspace.name, workspace.target);
}

/** Stable over every change of state: trees and pages are keyed by it. */
export function workspaceKey(workspace: Pick<Workspace, 'name' | 'target'>): string {
  return `${workspace.target}/${workspace.name}`;
}
