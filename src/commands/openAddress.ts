/** Has a workspace open an address in itself, where its catalogue's entry says how (`exec_config.go`). */
import * as l10n from '@vscode/l10n';
import { go } from '../engine/moments.ts';
import { askText } from '../vscode/ask.ts';
import { withNotification } from '../vscode/progress.ts';
import { isWebAddress } from '../workspace/catalogueLink.ts';
import { chooseWorkspace } from './choose.ts';
import type { Commands, Parts } from './parts.ts';

export function addressCommands(parts: Parts): Commands {
  return {
    openAddress: async (...args) => {
      const title = l10n.t('Open an Address in a Workspace');
      const workspace = await chooseWorkspace(
        parts,
        args,
        title,
        ({ state, settings }) => state.kind === 'Running' && settings?.overrides?.go !== undefined,
      );
      if (!workspace) return;
      const url = await askText({
        title,
        prompt: l10n.t('{0} opens it by the command of its catalogue’s entry', workspace.name),
        placeHolder: 'https://example.org',
        validateInput: text =>
          isWebAddress(text.trim()) ? undefined : l10n.t('An address begins with http:// or https://'),
      });
      if (url === undefined) return;
      const engine = await parts.fleet.engine(workspace.target);
      const run = { name: workspace.name, overrides: workspace.settings?.overrides };
      await withNotification(l10n.t('Opening {0} in {1}', url, workspace.name), (report, signal) =>
        go(
          engine,
          run,
          url.trim(),
          progress => {
            report(progress);
            if (progress.kind === 'output')
              parts.log.write('info', `${workspace.name}: ${progress.text.trimEnd()}`);
          },
          signal,
        ),
      );
    },
  };
}
