/** The person's catalogues, with the one that Berth brings along. */
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { CatalogueReader } from '../image/catalogue/reader.ts';
import { Shelf } from '../image/catalogue/shelf.ts';
import type { Personal } from '../vscode/personal.ts';
import { proxySettings } from '../vscode/registrySettings.ts';

/** In the place of an address: a catalogue of this name is part of the extension. */
const starter = 'berth:starter';

export class CatalogueShelf extends Shelf implements Disposable {
  readonly #reader: CatalogueReader;

  constructor(context: vscode.ExtensionContext, personal: Personal) {
    const reader = new CatalogueReader({
      folder: join(context.globalStorageUri.fsPath, 'catalogues'),
      // As they are set when a catalogue is read.
      get network() {
        return proxySettings();
      },
      builtIn: new Map([[starter, join(context.extensionPath, 'media', 'catalogue')]]),
    });
    super(reader, personal, { builtIn: [starter] });
    this.#reader = reader;
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }
}
