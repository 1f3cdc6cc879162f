/** The `when` keys of package.json, set only when they change. */
import * as vscode from 'vscode';

export type ContextKey =
  /** The targets are known. */
  | 'berth.loaded'
  | 'berth.hasTarget'
  | 'berth.hasCluster'
  | 'berth.hasWorkspace'
  /** It is certain that there is none. */
  | 'berth.noWorkspace'
  /** Something was adopted on this machine. */
  | 'berth.hasAdopted'
  /** The tree shows only some of the workspaces. */
  | 'berth.filtered'
  /** This window is in a workspace. */
  | 'berth.inWorkspace';

export class ContextKeys {
  readonly #values = new Map<ContextKey, boolean>();

  set(key: ContextKey, value: boolean): void {
    if (this.#values.get(key) === value) return;
    this.#values.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
