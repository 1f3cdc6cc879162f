/** Says in good time that a limit is about to stop a workspace, with more time a click away. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Fleet } from '../engine/fleet.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import { showMessage } from '../vscode/message.ts';
import { spanWords } from '../workspace/span.ts';
import { workspaceKey } from '../workspace/workspace.ts';
import type { Ref } from './operations.ts';
import { nextWarning, type Said, type Warning, warningsAt } from './warningsAt.ts';

export class TimeWarnings implements vscode.Disposable {
  readonly #fleet: Fleet;
  readonly #here: () => Ref | undefined;
  readonly #owned = new DisposableStore();
  #said: Said = new Map();
  #timer: NodeJS.Timeout | undefined;

  /** `here`: the workspace of this window, as of now; such a window hears of no other. */
  constructor(fleet: Fleet, here: () => Ref | undefined) {
    this.#fleet = fleet;
    this.#here = here;
    this.#owned.add(fleet.onDidChange(() => this.#look()));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#owned.dispose();
  }

  #look(): void {
    clearTimeout(this.#timer);
    const here = this.#here();
    const workspaces = this.#fleet
      .workspaces()
      .filter(workspace => !here || workspaceKey(workspace) === workspaceKey(here));
    const now = Date.now();
    const { due, said } = warningsAt(workspaces, now, this.#said);
    this.#said = said;
    for (const warning of due) void this.#say(warning);
    const next = nextWarning(workspaces, now, said);
    if (next !== undefined) this.#timer = setTimeout(() => this.#look(), next - now);
  }

  async #say({ ref, endsAt, what, roomMs }: Warning): Promise<void> {
    const hour = l10n.t('Extend by 1 h');
    const more = l10n.t('Extend…');
    const buttons = [...(roomMs >= 3_600_000 ? [hour] : []), ...(roomMs > 0 ? [more] : [])];
    const message = l10n.t('“{0}” stops in {1}: {2}', ref.name, spanWords(endsAt - Date.now()), what);
    const chosen = await showMessage('warning', message, ...buttons);
    if (chosen === hour) await vscode.commands.executeCommand('berth.extend', ref, 1);
    if (chosen === more) await vscode.commands.executeCommand('berth.extend', ref);
  }
}
