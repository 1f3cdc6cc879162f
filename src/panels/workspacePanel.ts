/** The panel of a workspace's page: one for each workspace. */
import type { WebviewPanel } from 'vscode';
import * as z from 'zod';
import { TargetId, WorkspaceName } from '../workspace/name.ts';
import { workspaceKey } from '../workspace/workspace.ts';
import { createPanel, type Doors, deskFor, type PageKind, servePage } from './page.ts';
import { type PageServices, pageTypes, type WorkspaceRef } from './services.ts';
import { WorkspaceSession } from './workspaceSession.ts';

const kind: PageKind = { type: pageTypes.workspace, bundle: 'workspacePage', icon: 'berth' };

/** As much of what the page kept over a reload as its host needs. */
const KeptState = z.object({ target: TargetId, name: WorkspaceName });

const panels = new Map<string, WebviewPanel>();

/** Opens the page of a workspace, or shows the one that is open. */
export function openWorkspacePage(services: PageServices, doors: Doors, workspace: WorkspaceRef): void {
  const open = panels.get(workspaceKey(workspace));
  if (open) open.reveal(undefined, true);
  else serve(services, doors, createPanel(kind, workspace.name), workspace);
}

/** Takes over a page that the editor restored after a reload. `state` is what the page kept. */
export function restoreWorkspacePage(
  services: PageServices,
  doors: Doors,
  panel: WebviewPanel,
  state: unknown,
): void {
  const kept = KeptState.safeParse(state);
  if (!kept.success) {
    panel.dispose();
    return;
  }
  panel.title = kept.data.name;
  serve(services, doors, panel, kept.data);
}

function serve(services: PageServices, doors: Doors, panel: WebviewPanel, workspace: WorkspaceRef): void {
  const key = workspaceKey(workspace);
  panels.set(key, panel);
  panel.onDidDispose(() => {
    if (panels.get(key) === panel) panels.delete(key);
  });
  const desk = deskFor(panel, doors);
  servePage(
    panel,
    kind,
    services.extensionUri,
    post => new WorkspaceSession(services, desk, workspace, post),
    (message, error) => services.log('warn', message, error),
  );
}
