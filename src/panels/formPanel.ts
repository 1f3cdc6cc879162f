/** The panel of the create form. One form for each workspace that is edited; as many new ones as a person opens. */
import * as vscode from 'vscode';
import * as z from 'zod';
import { TargetId, WorkspaceName } from '../workspace/name.ts';
import { workspaceKey } from '../workspace/workspace.ts';
import { FormSession } from './formSession.ts';
import { createPanel, type Doors, deskFor, type PageKind, servePage } from './page.ts';
import { type FormRequest, type PageServices, pageTypes } from './services.ts';

const kind: PageKind = { type: pageTypes.form, bundle: 'createPage', icon: 'berth' };

/** As much of what the page kept over a reload as its host needs. */
const KeptState = z.object({
  mode: z.enum(['create', 'edit', 'duplicate']),
  source: z.object({ target: TargetId, name: WorkspaceName }).optional(),
});

const editing = new Map<string, vscode.WebviewPanel>();

/** Opens the form for a new, edited or duplicated workspace. */
export function openForm(services: PageServices, doors: Doors, request: FormRequest): void {
  const open = request.mode === 'edit' ? editing.get(workspaceKey(request.workspace)) : undefined;
  if (open) open.reveal();
  else serve(services, doors, createPanel(kind, titleOf(request)), request);
}

/** Takes over a form that the editor restored after a reload. `state` is what its page kept. */
export function restoreForm(
  services: PageServices,
  doors: Doors,
  panel: vscode.WebviewPanel,
  state: unknown,
): void {
  const kept = KeptState.safeParse(state);
  const { mode, source } = kept.success ? kept.data : { mode: 'create' as const, source: undefined };
  const request: FormRequest = mode !== 'create' && source ? { mode, workspace: source } : { mode: 'create' };
  panel.title = titleOf(request);
  serve(services, doors, panel, request);
}

function serve(services: PageServices, doors: Doors, panel: vscode.WebviewPanel, request: FormRequest): void {
  if (request.mode === 'edit') {
    const key = workspaceKey(request.workspace);
    editing.set(key, panel);
    panel.onDidDispose(() => {
      if (editing.get(key) === panel) editing.delete(key);
    });
  }
  const desk = deskFor(panel, doors);
  servePage(
    panel,
    kind,
    services.extensionUri,
    post => new FormSession(services, desk, request, post),
    (message, error) => services.log('warn', message, error),
  );
}

function titleOf(request: FormRequest): string {
  switch (request.mode) {
    case 'create':
      return vscode.l10n.t('New workspace');
    case 'edit':
      return vscode.l10n.t('Edit {0}', request.workspace.name);
    case 'duplicate':
      return vscode.l10n.t('Duplicate {0}', request.workspace.name);
  }
}
