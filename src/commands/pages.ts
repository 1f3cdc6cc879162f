/** The way to the pages: their bundle is loaded when the first one is opened, or restored after a reload. */
import type * as vscode from 'vscode';
import type { Shelf } from '../image/catalogue/shelf.ts';
import type { FormRequest, GalleryRequest, PageServices } from '../panels/services.ts';
import type { Ref } from './operations.ts';

export class Pages {
  readonly #services: () => PageServices;
  readonly #shelf: Shelf;

  constructor(services: () => PageServices, shelf: Shelf) {
    this.#services = services;
    this.#shelf = shelf;
  }

  async openForm(request: FormRequest): Promise<void> {
    (await import('../panels/panels.ts')).openForm(this.#services(), request);
  }

  async openWorkspace(workspace: Ref): Promise<void> {
    (await import('../panels/panels.ts')).openWorkspacePage(this.#services(), workspace);
  }

  async openGallery(request: GalleryRequest = {}): Promise<void> {
    (await import('../panels/panels.ts')).openGallery(this.#services(), this.#shelf, request);
  }

  /** Takes over a page that the editor restored; `state` is what the page kept. */
  async restore(
    page: 'form' | 'workspace' | 'gallery',
    panel: vscode.WebviewPanel,
    state: unknown,
  ): Promise<void> {
    const panels = await import('../panels/panels.ts');
    if (page === 'gallery') {
      panels.restoreGallery(this.#services(), this.#shelf, panel);
      return;
    }
    const restore = page === 'form' ? panels.restoreForm : panels.restoreWorkspacePage;
    restore(this.#services(), panel, state);
  }

  /** Fills the editor that was opened for the file of a catalogue entry. */
  async openEntryEditor(document: vscode.TextDocument, panel: vscode.WebviewPanel): Promise<void> {
    (await import('../panels/panels.ts')).openEntryEditor(this.#services(), document, panel);
  }
}
