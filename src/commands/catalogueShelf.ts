/** The person's catalogues (`berth.catalogues`), with the one that Berth brings along. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { CatalogueReader } from '../image/catalogue/reader.ts';
import { type Kept, Shelf } from '../image/catalogue/shelf.ts';
import { configuration } from '../vscode/configuration.ts';
import type { Personal } from '../vscode/personal.ts';
import { proxySettings } from '../vscode/registrySettings.ts';

/** In the place of an address: the catalogue that comes with Berth, in the setting's default. */
const starter = 'berth:starter';

export class CatalogueShelf extends Shelf implements vscode.Disposable {
  readonly #reader: CatalogueReader;
  readonly #watch: vscode.Disposable;

  constructor(context: vscode.ExtensionContext, personal: Personal) {
    const reader = new CatalogueReader({
      folder: join(context.globalStorageUri.fsPath, 'catalogues'),
      // As they are set when a host is asked for the first time, or again after they have changed.
      get network() {
        return proxySettings();
      },
      builtIn: new Map([[starter, join(context.extensionPath, 'media', 'catalogue')]]),
    });
    super(
      reader,
      {
        catalogues: () => configuration.catalogues(),
        setCatalogues: writeSetting,
        approvals: () => personal.approvals(),
        setApprovals: approvals => personal.setApprovals(approvals),
        uses: () => personal.uses(),
        setUses: uses => personal.setUses(uses),
      },
      { builtIn: [starter] },
    );
    this.#reader = reader;
    this.#watch = vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('http')) reader.reconnect();
      if (event.affectsConfiguration('berth.catalogues')) this.changed();
    });
  }

  dispose(): void {
    this.#watch.dispose();
    this.#reader[Symbol.dispose]();
  }
}

async function writeSetting(catalogues: readonly Kept[]): Promise<void> {
  await vscode.workspace
    .getConfiguration('berth')
    .update('catalogues', catalogues, vscode.ConfigurationTarget.Global);
}
