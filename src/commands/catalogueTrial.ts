/** One catalogue at a time, shown to this machine alone until it is stopped or the window closes. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { buildCatalogue } from '../image/catalogue/authoring/build.ts';
import { CatalogueServer } from '../image/catalogue/authoring/server.ts';
import { readSource } from '../image/catalogue/authoring/source.ts';

export class CatalogueTrial implements vscode.Disposable {
  readonly #log: (message: string, error: unknown) => void;
  #isDisposed = false;
  #running: { readonly server: CatalogueServer; readonly item: vscode.StatusBarItem } | undefined;

  constructor(log: (message: string, error: unknown) => void) {
    this.#log = log;
  }

  /** The address; what is saved from then on is what is seen there. Throws where it cannot be built now. */
  async start(root: vscode.Uri): Promise<string> {
    const build = async () => buildCatalogue(await readSource(root.fsPath));
    await build();
    const server = await CatalogueServer.start(build, error =>
      this.#log('a catalogue that is tried out', error),
    );
    if (this.#isDisposed) {
      server[Symbol.dispose]();
      return server.address;
    }
    this.stop();
    const item = vscode.window.createStatusBarItem('berth.catalogueTrial', vscode.StatusBarAlignment.Left);
    item.name = l10n.t('Berth: catalogue that is tried out');
    item.text = `$(broadcast) ${l10n.t('Catalogue at {0}', server.address)}`;
    item.tooltip = l10n.t('Shown to this machine alone. Click to stop.');
    item.command = 'berth.stopTryingCatalogue';
    item.show();
    this.#running = { server, item };
    return server.address;
  }

  stop(): void {
    this.#running?.server[Symbol.dispose]();
    this.#running?.item.dispose();
    this.#running = undefined;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.stop();
  }
}
