/** The bundle of all page hosts, loaded when the first page is opened. */
import type { TextDocument, WebviewPanel } from 'vscode';
import * as entry from './entryEditor.ts';
import * as form from './formPanel.ts';
import type { Doors } from './page.ts';
import type { FormRequest, PageServices, WorkspaceRef } from './services.ts';
import * as workspacePage from './workspacePanel.ts';

/** Opens the form for a new, edited or duplicated workspace. */
export function openForm(services: PageServices, request: FormRequest): void {
  form.openForm(services, doorsOf(services), request);
}

/** Takes over a form that the editor restored after a reload. `state` is what its page kept. */
export function restoreForm(services: PageServices, panel: WebviewPanel, state: unknown): void {
  form.restoreForm(services, doorsOf(services), panel, state);
}

/** Opens the page of a workspace, or shows the one that is open. */
export function openWorkspacePage(services: PageServices, workspace: WorkspaceRef): void {
  workspacePage.openWorkspacePage(services, doorsOf(services), workspace);
}

/** Takes over a page that the editor restored after a reload. `state` is what the page kept. */
export function restoreWorkspacePage(services: PageServices, panel: WebviewPanel, state: unknown): void {
  workspacePage.restoreWorkspacePage(services, doorsOf(services), panel, state);
}

/** Fills the editor of a catalogue entry. */
export function openEntryEditor(services: PageServices, document: TextDocument, panel: WebviewPanel): void {
  entry.openEntryEditor(services, document, panel);
}

function doorsOf(services: PageServices): Doors {
  return {
    openForm: (mode, workspace) => openForm(services, { mode, workspace }),
    openWorkspacePage: workspace => openWorkspacePage(services, workspace),
  };
}
