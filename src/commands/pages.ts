/** The way to the pages: their bundle is loaded when the first one is opened, or restored after a reload. */
import type * as vscode from 'vscode';
import type { FormRequest, PageServices } from '../panels/services.ts';
import type { Ref } from './operations.ts';

export class Pages {
  readonly #services: () => PageServices;

  constructor(services: () => PageServices) {
    this.#services = services;
  }

  async openForm(request: FormRequest): Promise<void> {
    (await import('../panels/panels.ts')).openForm(this.#services(), request);
  }

  async openWorkspace(workspace: Ref): Promise<void> {
    (await import('../panels/panels.ts')).openWorkspacePage(this.#services(), workspace);
  }

  /** Takes over a page that the editor restored; `state` is what the page kept. */
  async restore(page: 'form' | 'workspace', panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const panels = await import('../panels/panels.ts');
    const restore = page === 'form' ? panels.restoreForm : panels.restoreWorkspacePage;
    restore(this.#services(), panel, state);
  }

  /** Fills the editor that was opened for the file of a catalogue entry. */
  async openEntryEditor(document: vscode.TextDocument, panel: vscode.WebviewPanel): Promise<void> {
    (await import('../panels/panels.ts')).openEntryEditor(this.#services(), document, panel);
  }
}
