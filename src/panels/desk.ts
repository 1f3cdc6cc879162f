/** What the sessions behind the pages need of the editor's window; the one part of them that knows VS Code. */
import type { FormRequest, WorkspaceRef } from './services.ts';

export interface Desk {
  /** Lets the person pick a text file of at most 1 MiB; undefined when they cancelled. */
  openTextFile(): Promise<{ readonly name: string; readonly text: string } | undefined>;
  pickFolder(): Promise<string | undefined>;
  /** In the browser, which asks first; http and https alone, anything else is left alone. */
  openLink(url: string): Promise<void>;
  copy(text: string): Promise<void>;
  /** A new editor with that text, which belongs to no file yet. `language` is the editor's id of it. */
  openText(text: string, language: string): Promise<void>;
  /** The form for a new workspace, filled in as the request says. */
  openNewForm(request: FormRequest & { readonly mode: 'create' }): void;
  openForm(mode: 'edit' | 'duplicate', workspace: WorkspaceRef): void;
  openWorkspacePage(workspace: WorkspaceRef): void;
  /** Brings this page to the front, without taking the focus. */
  show(): void;
  /** Closes this page. */
  close(): void;
  /** The l10n bundle, where the editor does not speak English. */
  translations(): Record<string, string | { message: string; comment: string[] }> | undefined;
}
