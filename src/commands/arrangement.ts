/** The order and choice of the tree's rows: favourites, filter, sort. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { SortOrder } from '../views/arrange.ts';
import { askText, pick } from '../vscode/ask.ts';
import { chooseWorkspaces } from './choose.ts';
import type { Commands, Parts } from './parts.ts';

export function arrangementCommands(parts: Parts): Commands {
  const { personal } = parts;
  return {
    toggleFavourite: async (...args) => {
      for (const workspace of await chooseWorkspaces(parts, args, l10n.t('Favourite'))) {
        await personal.setFavourite(workspace, !personal.isFavourite(workspace));
      }
    },
    filter: async () => {
      const typed = await askText({
        title: l10n.t('Filter Workspaces'),
        prompt: l10n.t('Words of the name, image, description, state or maker. Empty shows all.'),
        value: personal.arrangement().filter,
      });
      if (typed !== undefined) personal.setFilter(typed.trim());
    },
    clearFilter: () => personal.setFilter(''),
    sort: async () => {
      const { order } = personal.arrangement();
      const row = (value: SortOrder, label: string) => ({
        label,
        value,
        ...(value === order && { description: l10n.t('now') }),
      });
      const chosen = await pick<SortOrder>(
        [
          row('name', l10n.t('Name')),
          row('state', l10n.t('State: what runs first')),
          row('newest', l10n.t('Age: the newest first')),
          row('image', l10n.t('Image')),
        ],
        l10n.t('Sort Workspaces'),
        l10n.t('Favourites always come first'),
      );
      if (chosen) await personal.setOrder(chosen);
    },
    clearRecent: async () => {
      await personal.forgetRecent();
      vscode.window.setStatusBarMessage(
        l10n.t('Images and values that were used before are forgotten'),
        4_000,
      );
    },
  };
}
