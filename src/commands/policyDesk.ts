/** What organisations allow: read from where the settings, the machine and the targets have it, kept, and shown. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Fleet } from '../engine/fleet.ts';
import { placeOf } from '../policy/listedPlace.ts';
import { machinePolicyFile } from '../policy/machineFile.ts';
import { filePlace } from '../policy/places.ts';
import { type Held, Policies, type Reading } from '../policy/policies.ts';
import { policyReport } from '../policy/policyReport.ts';
import { PolicyStore } from '../policy/policyStore.ts';
import { configuration } from '../vscode/configuration.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import type { Log } from '../vscode/log.ts';
import { showMessage } from '../vscode/message.ts';
import { proxySettings } from '../vscode/registrySettings.ts';
import type { TargetId } from '../workspace/name.ts';
import type { Policy } from '../workspace/policy/policy.ts';
import type { Machine } from './machine.ts';

const scheme = 'berth-policy';
/** Its name is its title. */
const reportUri = vscode.Uri.from({ scheme, path: '/Policy.md' });
/** The setting that was there before policies were, and is one of them. */
const forbiddenSetting = 'berth.catalogues.forbidden';

export class PolicyDesk implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly policies: Policies;
  readonly #fleet: Fleet;
  readonly #log: Log;
  readonly #owned = new DisposableStore();
  readonly #told = new Set<string>();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;

  constructor({ ssh }: Pick<Machine, 'ssh'>, fleet: Fleet, log: Log) {
    this.#fleet = fleet;
    this.#log = log;
    const machine = filePlace(machinePolicyFile(process.platform, process.env), { isOptional: true });
    this.policies = this.#owned.add(
      new Policies({
        places: () => [machine, ...configuration.policies().map(text => placeOf(text, proxySettings))],
        own: ownPolicies,
        store: new PolicyStore(ssh.folder.policies),
        unkept: (address, cause) => log.write('warn', `no copy of the policy ${address} is kept`, cause),
      }),
    );
    this.#owned.add(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
    this.#owned.add(this.policies.onDidChange(() => this.#changed.fire(reportUri)));
    this.#owned.add(
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration('berth.policy') || event.affectsConfiguration(forbiddenSetting)) {
          void this.look();
        }
      }),
    );
    void this.look();
  }

  /** Never rejects: a target that cannot be asked has no policy of its own for now. */
  async look(target?: TargetId): Promise<Held> {
    const source = target && (await this.#sourceOf(target));
    const held = await this.policies.look(target && { id: target, source });
    for (const reading of held.readings) if (reading.kind === 'broken') this.#tell(reading);
    return held;
  }

  /** Once for each that is listed and was never read: everything else is said by what it closes. */
  #tell({ address, reason, cause, wasSeen }: Reading & { readonly kind: 'broken' }): void {
    this.#log.write('warn', `the policy ${address} cannot be read`, cause);
    const isListed = this.policies.known().readings.some(reading => reading.address === address);
    if (wasSeen || !isListed || this.#told.has(address)) return;
    this.#told.add(address);
    const show = l10n.t('Show Policy');
    void showMessage(
      'warning',
      l10n.t('The policy {0} does not count, because it was never read here: {1}', address, reason),
      show,
    ).then(chosen => (chosen === show ? this.show() : undefined));
  }

  async show(): Promise<void> {
    await this.look();
    await Promise.all(this.#fleet.targets().map(({ target }) => this.look(target.id)));
    this.#changed.fire(reportUri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', reportUri);
    } catch (error) {
      // An editor without a preview of Markdown.
      this.#log.write('debug', 'the policy is shown as it is written', error);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(reportUri));
    }
  }

  provideTextDocumentContent(): string {
    const targets = this.#fleet.targets().map(({ target }) => ({
      title: target.title,
      held: this.policies.known(target.id),
    }));
    return policyReport(this.policies.known(), targets);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async #sourceOf(target: TargetId) {
    try {
      return (await this.#fleet.engine(target)).policy;
    } catch (error) {
      this.#log.write('debug', `the target ${target} cannot be asked for its policy`, error);
      return undefined;
    }
  }
}

function ownPolicies(): readonly Policy[] {
  const forbid = [...configuration.forbidden()];
  return forbid.length === 0 ? [] : [{ name: forbiddenSetting, settings: {}, trust: { forbid } }];
}
