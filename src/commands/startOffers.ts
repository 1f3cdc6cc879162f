/** 'Start Again' for a workspace that the proxy was not allowed to start: a window kept reconnecting after a stop. */
import { type FSWatcher, watch } from 'node:fs';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Fleet } from '../engine/fleet.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import type { Log } from '../vscode/log.ts';
import { showMessage } from '../vscode/message.ts';
import { type Alias, aliasOf, parseAlias } from '../workspace/name.ts';
import { stateLabel } from '../workspace/words.ts';
import { workspaceKey } from '../workspace/workspace.ts';
import type { Machine } from './machine.ts';
import type { Ref } from './operations.ts';
import { isNewsOf } from './startOffer.ts';

/** What the proxy leaves behind when it refuses a start. */
const refusedFile = /^(.+)\.refused$/;

export class StartOffers implements vscode.Disposable {
  readonly #fleet: Fleet;
  readonly #machine: Machine;
  readonly #log: Log;
  /** The workspace of this window; such a window hears of no other. */
  readonly #here: Ref | undefined;
  readonly #owned = new DisposableStore();
  readonly #seen = new Map<Alias, number>();
  /** Offers that wait for an answer. */
  readonly #open = new Set<string>();
  #watcher: FSWatcher | undefined;

  constructor(fleet: Fleet, machine: Machine, log: Log, here: Ref | undefined) {
    this.#fleet = fleet;
    this.#machine = machine;
    this.#log = log;
    this.#here = here;
    this.#watch();
    // The folder comes with the first connection, perhaps after this.
    this.#owned.add(fleet.onDidChange(() => this.#watch()));
    if (here) this.#look(here);
  }

  /** Says it, unless the same is being said, and starts the workspace when told to. */
  async offer(ref: Ref, message: string): Promise<void> {
    const key = workspaceKey(ref);
    if (this.#open.has(key)) return;
    this.#open.add(key);
    const isHere = this.#here !== undefined && workspaceKey(this.#here) === key;
    const again = l10n.t('Start Again');
    const back = l10n.t('Back to Local');
    const chosen = await showMessage('warning', message, again, ...(isHere ? [back] : []));
    this.#open.delete(key);
    if (chosen === again)
      await vscode.commands.executeCommand(isHere ? 'berth.startAgain' : 'berth.start', ref);
    if (chosen === back) await vscode.commands.executeCommand('workbench.action.remote.close');
  }

  /** It runs again: what was said before is over, answered or not, and is said anew the next time. */
  settle(ref: Ref): void {
    this.#open.delete(workspaceKey(ref));
  }

  dispose(): void {
    this.#watcher?.close();
    this.#owned.dispose();
  }

  #watch(): void {
    if (this.#watcher) return;
    try {
      this.#watcher = watch(this.#machine.ssh.folder.marks, { persistent: false }, (_event, file) => {
        const ref = parseAlias(refusedFile.exec(file ?? '')?.[1] ?? '');
        if (ref && (!this.#here || workspaceKey(this.#here) === workspaceKey(ref))) this.#look(ref);
      });
      this.#watcher.on('error', () => {
        this.#watcher?.close();
        this.#watcher = undefined;
      });
    } catch {
      // Nobody has connected from this machine yet: there is nothing to refuse either.
    }
  }

  #look(ref: Ref): void {
    this.#decide(ref).catch((error: unknown) =>
      this.#log.write('warn', `a refused start of ${workspaceKey(ref)} was not told`, error),
    );
  }

  async #decide(ref: Ref): Promise<void> {
    const alias = aliasOf(ref.name, ref.target);
    const refusedAt = (await this.#machine.ssh.refusedAt(alias))?.getTime();
    const seenAt = this.#seen.get(alias);
    // A mark that is gone was taken back by Berth's own command: the next refusal is a new one.
    if (refusedAt === undefined) this.#seen.delete(alias);
    else this.#seen.set(alias, refusedAt);
    const refusal = { now: Date.now(), refusedAt, seenAt };
    if (refusedAt === undefined || !isNewsOf({ ...refusal, state: { kind: 'Off', reason: '' } })) return;
    await this.#fleet.refresh(ref.target);
    const state = this.#fleet.workspace(ref.target, ref.name)?.state;
    if (!state || !isNewsOf({ ...refusal, state })) return;
    const reason = state.reason || stateLabel(state.kind);
    this.#log.write('info', `the proxy refused to start ${alias}: ${reason}`);
    await this.offer(ref, l10n.t('{0} stays off though a window reconnects to it: {1}', ref.name, reason));
  }
}
