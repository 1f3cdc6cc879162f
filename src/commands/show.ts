/** Looking at a workspace: its page, its log, what the engine says of it. */
import * as l10n from '@vscode/l10n';
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
    showOutput: () => parts.log.show(),
  };
}
