/** The host of a workspace's page. */
import type { WebviewPanel } from 'vscode';
import type { PageServices, WorkspaceRef } from './services.ts';

/** Opens the page of a workspace, or shows the one that is open. */
export function openWorkspacePage(_services: PageServices, _workspace: WorkspaceRef): void {}

/** Takes over a page that the editor restored after a reload. `state` is what the page kept. */
export function restoreWorkspacePage(_services: PageServices, _panel: WebviewPanel, _state: unknown): void {}
