/** Looking at a workspace: its page, its log, what the engine says of it. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { hasManifests } from '../workspace/engineTraits.ts';
import type { TargetId } from '../workspace/name.ts';
import { chooseWorkspace } from './choose.ts';
import type { Commands, Parts } from './parts.ts';

export function showCommands(parts: Parts): Commands {
  return {
    showPage: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Show the Page of a Workspace'));
      if (workspace) await parts.pages.openWorkspace({ target: workspace.target, name: workspace.name });
    },
    showLog: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Show the Log'));
      if (workspace) await parts.documents.open('log', workspace);
    },
    inspect: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Inspect'));
      if (workspace) await parts.documents.open('inspect', workspace);
    },
    previewYaml: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Preview as YAML'), ({ target }) =>
        isShownAsYaml(parts, target),
      );
      if (!workspace) return;
      const { text, language } = await parts.operations.previewExisting(workspace);
      const document = await vscode.workspace.openTextDocument({ content: text, language });
      await vscode.window.showTextDocument(document, { preview: false });
    },
    showOutput: () => parts.log.show(),
  };
}

function isShownAsYaml({ fleet }: Parts, id: TargetId): boolean {
  const status = fleet.target(id);
  return status !== undefined && hasManifests(status.target.kind);
}
