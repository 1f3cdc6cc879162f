/** A window that is in a workspace: its name and state in the status bar, stop, start again, and the way back. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { placeWords } from '../adopt/adopted.ts';
import type { Fleet } from '../engine/fleet.ts';
import { type AdoptedNow, adoptedStateWords } from '../views/adoptedItems.ts';
import { pick } from '../vscode/ask.ts';
import type { ContextKeys } from '../vscode/contextKeys.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import { aliasOf, parseAlias } from '../workspace/name.ts';
import { isStartable, isStoppable, type WorkspaceState } from '../workspace/state.ts';
import { stopWords, timeLeftWords } from '../workspace/timeLeft.ts';
import { duration, stateLabel } from '../workspace/words.ts';
import type { Adoptions } from './adoptions.ts';
import { ensureRunning } from './connect.ts';
import type { Ref } from './operations.ts';
import type { Commands, Parts } from './parts.ts';
import type { StartOffers } from './startOffers.ts';
import { aliasOfWindow } from './thisWindow.ts';

/** The workspace that this window is in, by the authority of its folder. */
export function workspaceOfWindow(): Ref | undefined {
  const alias = aliasOfWindow();
  return alias === undefined ? undefined : parseAlias(alias);
}

/** At once, or once the folders are there: an editor may read a list of them after it has started its extensions. */
export function whenInWorkspace(enter: (ref: Ref) => vscode.Disposable): vscode.Disposable {
  const owned = new DisposableStore();
  let isIn = false;
  const look = () => {
    const ref = workspaceOfWindow();
    if (!ref || isIn) return;
    isIn = true;
    owned.add(enter(ref));
  };
  owned.add(vscode.workspace.onDidChangeWorkspaceFolders(look));
  look();
  return owned;
}

export class RemoteWindow implements vscode.Disposable {
  readonly #ref: Ref;
  readonly #fleet: Fleet;
  readonly #adoptions: Adoptions;
  readonly #offers: StartOffers;
  readonly #owned = new DisposableStore();
  readonly #item: vscode.StatusBarItem;
  #last: WorkspaceState | undefined;

  constructor(ref: Ref, fleet: Fleet, adoptions: Adoptions, keys: ContextKeys, offers: StartOffers) {
    this.#ref = ref;
    this.#fleet = fleet;
    this.#adoptions = adoptions;
    this.#offers = offers;
    keys.set('berth.inWorkspace', true);
    this.#item = this.#owned.add(
      vscode.window.createStatusBarItem('berth.workspace', vscode.StatusBarAlignment.Left, 90),
    );
    this.#item.name = l10n.t('Berth Workspace');
    this.#item.command = 'berth.windowMenu';
    // As long as the window is there: it is what the item shows.
    this.#owned.add(fleet.look(ref.target));
    this.#owned.add(adoptions.look());
    this.#owned.add(fleet.onDidChange(() => this.#show()));
    this.#owned.add(adoptions.onDidChange(() => this.#show()));
    // Before this window, perhaps, and the reason why it does not come up.
    offers.look(ref);
    this.#show();
    this.#item.show();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #show(): void {
    const adopted = this.#adoptions.find(this.#ref);
    if (adopted) {
      this.#showAdopted(adopted);
      return;
    }
    const workspace = this.#fleet.workspace(this.#ref.target, this.#ref.name);
    const health = this.#fleet.target(this.#ref.target)?.health ?? 'unknown';
    if (!workspace && health === 'unknown') {
      this.#item.text = `$(vm) ${this.#ref.name}`;
      return;
    }
    const state: WorkspaceState = workspace?.state ?? { kind: 'Unknown', reason: l10n.t('it is not there') };
    const label = stateLabel(state.kind);
    const up =
      state.kind === 'Running' && workspace?.startedAt
        ? l10n.t('up {0}', duration(Date.now() - Date.parse(workspace.startedAt)))
        : '';
    const left = timeLeftWords(workspace?.time, Date.now());
    const now = left ? `${label}, ${left}` : label;
    this.#item.text = `${state.kind === 'Running' ? '$(vm-running)' : '$(vm-outline)'} ${this.#ref.name}: ${now}`;
    this.#item.tooltip = [
      l10n.t('Berth workspace {0}', this.#ref.name),
      state.reason || label,
      up,
      stopWords(workspace?.time, Date.now()),
    ]
      .filter(Boolean)
      .join('\n');
    this.#item.accessibilityInformation = {
      label: l10n.t('Workspace {0}, {1}. Press for its menu.', this.#ref.name, now),
    };
    const isEnding = workspace?.time?.endsAt !== undefined && workspace.time.isWarned;
    this.#item.backgroundColor =
      isStartable(state) || isEnding ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#offerStart(state);
  }

  #showAdopted({ adopted: { name, place }, state }: AdoptedNow): void {
    const words = adoptedStateWords(state);
    this.#item.text = `$(link) ${name}: ${words}`;
    this.#item.tooltip = l10n.t('{0}, adopted: Berth did not make it, and never stops it', placeWords(place));
    this.#item.accessibilityInformation = {
      label: l10n.t('{0}, adopted, {1}. Press for its menu.', name, words),
    };
  }

  /** When it went off, or was off as the window opened: the proxy does not start it for a window that reconnects. */
  #offerStart(state: WorkspaceState): void {
    const before = this.#last;
    this.#last = state;
    if (state.kind === 'Running') this.#offers.settle(this.#ref);
    if (!isStartable(state) || (before && isStartable(before))) return;
    const reason = state.reason || stateLabel(state.kind);
    void this.#offers.offer(this.#ref, l10n.t('{0} is off: {1}', this.#ref.name, reason));
  }
}

export function windowCommands(parts: Parts): Commands {
  const act = async (action: (ref: Ref) => Promise<unknown>) => {
    const ref = workspaceOfWindow();
    if (ref) await action(ref);
  };
  return {
    /** Starts it and joins the window to it anew. */
    startAgain: () =>
      act(async ref => {
        await parts.fleet.refresh(ref.target);
        const workspace = parts.fleet.workspace(ref.target, ref.name);
        if (!workspace) return;
        // The window reconnects by itself meanwhile: that too may start it now.
        await parts.machine.ssh.markWanted(aliasOf(ref.name, ref.target));
        if (!(await ensureRunning(parts, workspace))) return;
        await vscode.commands.executeCommand('workbench.action.reloadWindow');
      }),
    windowMenu: () =>
      act(async ref => {
        await parts.adoptions.load();
        const back = { label: l10n.t('$(close) Back to Local'), value: 'workbench.action.remote.close' };
        if (parts.adoptions.find(ref)) {
          const chosen = await pick([back], l10n.t('{0}: adopted', ref.name));
          if (chosen) await vscode.commands.executeCommand(chosen);
          return;
        }
        // Asked at once after the window opened, the first list may not be there yet.
        if (!parts.fleet.workspace(ref.target, ref.name)) await parts.fleet.refresh(ref.target);
        const { state, time } = parts.fleet.workspace(ref.target, ref.name) ?? {};
        const run = (command: string, label: string) => ({ label, value: command });
        const chosen = await pick(
          [
            ...(time && time.roomMs > 0 ? [run('berth.extend', l10n.t('$(clock) Extend'))] : []),
            ...(state && isStoppable(state) ? [run('berth.stop', l10n.t('$(debug-stop) Stop'))] : []),
            ...(state && isStoppable(state)
              ? [run('berth.restart', l10n.t('$(debug-restart) Restart'))]
              : []),
            ...(state && isStartable(state)
              ? [run('berth.startAgain', l10n.t('$(debug-start) Start Again'))]
              : []),
            run('berth.openApp', l10n.t('$(globe) Open an App in the Browser')),
            run('berth.showPage', l10n.t('$(info) Show Page')),
            run('berth.showLog', l10n.t('$(output) Show Log')),
            back,
          ],
          state ? `${ref.name}: ${stateLabel(state.kind)}` : ref.name,
        );
        if (chosen) await vscode.commands.executeCommand(chosen, ref);
      }),
  };
}
