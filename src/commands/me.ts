/** Who sits here, kept for what is drawn at once: the name that workspaces are marked with. */
import * as vscode from 'vscode';
import { Listeners } from '../engine/listeners.ts';
import { isAnothers } from '../workspace/ownership.ts';
import { maker } from './identity.ts';

export class Me implements Disposable {
  readonly #changes = new Listeners<void>();
  readonly #watch: vscode.Disposable;
  #identity: string | undefined;

  constructor() {
    this.#watch = vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('berth.identity')) void this.ask();
    });
    void this.ask();
  }

  /** Asked anew: the setting or git may say something else by now. */
  async ask(): Promise<string> {
    const { identity } = await maker();
    if (identity !== this.#identity) {
      this.#identity = identity;
      this.#changes.fire();
    }
    return identity;
  }

  /** Who made it, where that is somebody else; undefined also until it is known who sits here. */
  other(workspace: { readonly createdBy: string }): string | undefined {
    return isAnothers(workspace, this.#identity) ? workspace.createdBy : undefined;
  }

  onDidChange(listener: () => void): Disposable {
    return this.#changes.add(listener);
  }

  [Symbol.dispose](): void {
    this.#watch.dispose();
  }
}
