/** 'Start Again' for a workspace that the proxy was not allowed to start: a window kept reconnecting after a stop. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Fleet } from '../engine/fleet.ts';
import { watchMarks } from '../ssh/markWatch.ts';
import type { Log } from '../vscode/log.ts';
import { showMessage } from '../vscode/message.ts';
import { type Alias, aliasOf } from '../workspace/name.ts';
import { stateLabel } from '../workspace/words.ts';
import { workspaceKey } from '../workspace/workspace.ts';
import type { Machine } from './machine.ts';
import type { Ref } from './operations.ts';
import { isNewsOf } from './startOffer.ts';

export class StartOffers implements vscode.Disposable {
  readonly #fleet: Fleet;
  readonly #machine: Machine;
  readonly #log: Log;
  readonly #here: () => Ref | undefined;
  readonly #watch: Disposable;
  readonly #seen = new Map<Alias, number>();
  /** Offers that wait for an answer. */
  readonly #open = new Set<string>();

  /** `here`: the workspace of this window, as of now; such a window hears of no other. */
  constructor(fleet: Fleet, machine: Machine, log: Log, here: () => Ref | undefined) {
    this.#fleet = fleet;
    this.#machine = machine;
    this.#log = log;
    this.#here = here;
    this.#watch = watchMarks(machine.ssh.folder, 'refused', ref => {
      const own = here();
      if (!own || workspaceKey(own) === workspaceKey(ref)) this.look(ref);
    });
  }

  /** Says it, unless the same is being said, and starts the workspace when told to. */
  async offer(ref: Ref, message: string): Promise<void> {
    const key = workspaceKey(ref);
    if (this.#open.has(key)) return;
    this.#open.add(key);
    const here = this.#here();
    const isHere = here !== undefined && workspaceKey(here) === key;
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
    this.#watch[Symbol.dispose]();
  }

  /** Says so where the proxy refused to start it a moment ago. */
  look(ref: Ref): void {
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
