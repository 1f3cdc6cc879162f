/** The panel of the create form. One form for each workspace that is edited; as many new ones as a person opens. */
import * as vscode from 'vscode';
import * as z from 'zod';
import { HomeOrigin } from '../workspace/homeOrigin.ts';
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
  home: HomeOrigin.optional(),
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
  const { mode, source, home } = kept.success ? kept.data : { mode: 'create' as const };
  const begins = home && { home };
  const request: FormRequest =
    mode === 'edit' && source
      ? { mode, workspace: source }
      : mode === 'duplicate' && source
        ? { mode, workspace: source, ...begins }
        : { mode: 'create', ...begins };
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
      return request.home ? vscode.l10n.t('Restore a backup') : vscode.l10n.t('New workspace');
    case 'edit':
      return vscode.l10n.t('Edit {0}', request.workspace.name);
    case 'duplicate':
      return request.home
        ? vscode.l10n.t('Clone {0}', request.workspace.name)
        : vscode.l10n.t('Duplicate {0}', request.workspace.name);
  }
}
