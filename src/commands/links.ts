/** Links that open the form filled in, and the badge that carries one. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { readCatalogueLink } from '../workspace/catalogueLink.ts';
import { badge, createLink, readCreateLink } from '../workspace/createLink.ts';
import { addCatalogue } from './catalogues.ts';
import { chooseWorkspace } from './choose.ts';
import type { Commands, Parts } from './parts.ts';

export function linkCommands(parts: Parts): Commands {
  return {
    openLink: async (...args) => {
      const [uri] = args;
      if (!(uri instanceof vscode.Uri)) return;
      const link = readCatalogueLink(uri.path, uri.query);
      if (link) {
        const catalogue = await addCatalogue(parts, link.catalogue);
        if (catalogue === undefined) return;
        await parts.pages.openGallery({ catalogue, ...(link.entry !== undefined && { entry: link.entry }) });
        return;
      }
      const values = readCreateLink(uri.path, uri.query);
      await parts.pages.openForm({ mode: 'create', given: [{ by: 'link', values }] });
    },
    copyBadge: async (...args) => {
      const workspace = await chooseWorkspace(
        parts,
        args,
        l10n.t('Copy a Badge That Opens the Form Like This'),
      );
      if (!workspace) return;
      const engine = await parts.fleet.engine(workspace.target);
      const { settings } = await engine.record(workspace.name);
      await vscode.env.clipboard.writeText(badge(createLink(settings)));
      vscode.window.setStatusBarMessage(l10n.t('Copied the badge as Markdown'), 4_000);
    },
  };
}
