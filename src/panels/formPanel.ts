/** The host of the create form. */
import type { WebviewPanel } from 'vscode';
import type { FormRequest, PageServices } from './services.ts';

/** Opens the form for a new, edited or duplicated workspace. */
export function openForm(_services: PageServices, _request: FormRequest): void {}

/** Takes over a form that the editor restored after a reload. `state` is what its page kept. */
export function restoreForm(_services: PageServices, _panel: WebviewPanel, _state: unknown): void {}
