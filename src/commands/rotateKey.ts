/** A new key for this machine in all its workspaces; what could not be reached then gets it when it answers. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Fleet } from '../engine/fleet.ts';
import { KeyRotation, type Place, type Rotated } from '../ssh/keyRotation.ts';
import { askModally } from '../vscode/ask.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import type { Log } from '../vscode/log.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { BerthError } from '../workspace/error.ts';
import type { TargetId } from '../workspace/name.ts';
import type { Machine } from './machine.ts';
import type { Commands, Parts } from './parts.ts';

/** A target where it failed is not tried at every change of its list. */
const againMs = 5 * 60_000;
const backgroundMs = 10 * 60_000;

export function rotationCommands(parts: Parts): Commands {
  return {
    rotateKey: async () => {
      const { ssh } = parts.machine;
      if (ssh.hasChosen()) {
        throw new BerthError(
          l10n.t(
            'This machine enters with a key of your own (berth.ssh.identity), which Berth does not change. Clear the setting to go back to Berth’s key.',
          ),
          { code: 'unsupported' },
        );
      }
      await parts.fleet.load();
      const rotation = new KeyRotation(ssh);
      const isBegun = (await rotation.state()).kind === 'adding';
      const rotate = isBegun ? l10n.t('Go On') : l10n.t('Rotate');
      const chosen = await askModally({
        message: isBegun ? l10n.t('Go on with the rotation of Berth’s key?') : l10n.t('Rotate Berth’s key?'),
        detail: l10n.t(
          'A new key is made and put into every workspace that this machine’s key may enter, running or not; then it is tried, and the old key is taken out. Open connections stay. A target that does not answer gets the new key as soon as it does.',
        ),
        buttons: [rotate],
      });
      if (chosen !== rotate) return;
      const result = await withNotification(l10n.t('Rotating the key'), (report, signal) =>
        rotation.run(placesOf(parts.fleet), report, signal),
      ).catch(error => {
        if (error instanceof vscode.CancellationError) void sayCancelled(rotation);
        throw error;
      });
      void showMessage('information', resultWords(result));
    },
  };
}

/** One of the two keys enters, however far it came: which is said. */
async function sayCancelled(rotation: KeyRotation): Promise<void> {
  const { kind } = await rotation.state();
  if (kind === 'none') return;
  await showMessage(
    'information',
    kind === 'adding'
      ? l10n.t('Not rotated: the old key stays the one that counts. “Berth: Rotate Key…” goes on from here.')
      : l10n.t('The new key counts already. The old one is taken out of the rest by and by.'),
  );
}

function resultWords({ changed, tried, pending }: Rotated): string {
  const words = l10n.t(
    'Workspaces with the new key: {0}. It was tried in those that run: {1}.',
    changed,
    tried,
  );
  if (pending.length === 0) return words;
  const titles = pending.map(({ title }) => title).join(', ');
  return `${words} ${l10n.t('Until {0} answers, the old key is kept for it.', titles)}`;
}

function placesOf(fleet: Fleet): Place[] {
  return fleet.targets().map(({ target }) => ({ target, engine: () => fleet.engine(target.id) }));
}

/** Brings to its end what a rotation had to leave, and says once that one was cut off. */
export class RotationUpkeep implements Disposable {
  readonly #fleet: Fleet;
  readonly #rotation: KeyRotation;
  readonly #log: Log;
  readonly #owned = new DisposableStore();
  readonly #end = new AbortController();
  readonly #triedAt = new Map<TargetId, number>();
  #hasAsked = false;

  constructor(fleet: Fleet, { ssh }: Machine, log: Log) {
    this.#fleet = fleet;
    this.#rotation = new KeyRotation(ssh);
    this.#log = log;
    this.#owned.add(
      fleet.onDidChange(id => {
        if (id === undefined || fleet.target(id)?.health !== 'up') return;
        this.#follow(id).catch((error: unknown) =>
          log.write('warn', `the old key could not be taken out of ${id}`, error),
        );
      }),
    );
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    this.#owned.dispose();
  }

  async #follow(id: TargetId): Promise<void> {
    const { kind, isAbandoned } = await this.#rotation.state();
    if (kind === 'none') return;
    if (kind === 'adding') return isAbandoned ? await this.#offerToGoOn() : undefined;
    const now = performance.now();
    if (now - (this.#triedAt.get(id) ?? Number.NEGATIVE_INFINITY) < againMs) return;
    this.#triedAt.set(id, now);
    const places = placesOf(this.#fleet);
    if (!(await this.#rotation.isWanted(places, id))) return;
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(backgroundMs)]);
    if (!(await this.#rotation.goOn(places, id, signal))) return;
    this.#log.write('info', `the workspaces of ${id} have the new key alone`);
  }

  async #offerToGoOn(): Promise<void> {
    if (this.#hasAsked) return;
    this.#hasAsked = true;
    const goOn = l10n.t('Go On…');
    const words = l10n.t(
      'The rotation of Berth’s key was cut off. The old key is the one that counts until it is done.',
    );
    if ((await showMessage('warning', words, goOn)) === goOn) {
      await vscode.commands.executeCommand('berth.rotateKey');
    }
  }
}
