/** Links that open the form filled in, and the badge that carries one. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { fetchTemplate } from '../image/templateFetch.ts';
import type { FoundTemplate } from '../template/found.ts';
import { placeWords } from '../views/templateItems.ts';
import { TemplateArgument } from '../views/templateNodes.ts';
import { askModally, pick } from '../vscode/ask.ts';
import { withNotification } from '../vscode/progress.ts';
import { proxySettings } from '../vscode/registrySettings.ts';
import { readCatalogueLink } from '../workspace/catalogueLink.ts';
import { badge, createLink, readCreateLink } from '../workspace/createLink.ts';
import { BerthError } from '../workspace/error.ts';
import { addCatalogue } from './catalogues.ts';
import { chooseWorkspace } from './choose.ts';
import type { Commands, Parts } from './parts.ts';
import { linkToTemplate } from './templates/share.ts';
import { useTemplate } from './templates/use.ts';

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
      const { values, template } = readCreateLink(uri.path, uri.query);
      const over = { by: 'link' as const, values };
      if (template === undefined) {
        await parts.pages.openForm({ mode: 'create', given: [over] });
        return;
      }
      const found = template instanceof URL ? await fetched(template) : await known(parts, template);
      if (found) await useTemplate(parts, found, { over, isByLink: true });
    },
    copyBadge: async (...args) => {
      const link = TemplateArgument.safeParse(args[0]).success
        ? await linkToTemplate(parts, args)
        : await linkToWorkspace(parts, args);
      if (link === undefined) return;
      await vscode.env.clipboard.writeText(badge(link));
      vscode.window.setStatusBarMessage(l10n.t('Copied the badge as Markdown'), 4_000);
    },
  };
}

async function linkToWorkspace(parts: Parts, args: readonly unknown[]): Promise<string | undefined> {
  const title = l10n.t('Copy a Badge That Opens the Form Like This');
  const workspace = await chooseWorkspace(parts, args, title);
  if (!workspace) return undefined;
  const engine = await parts.fleet.engine(workspace.target);
  const { settings } = await engine.record(workspace.name);
  return createLink(settings);
}

/** Once the person has agreed to ask that host. */
async function fetched(url: URL): Promise<FoundTemplate | undefined> {
  const fetch = l10n.t('Fetch Template');
  const answer = await askModally({
    message: l10n.t('Fetch a template from {0}?', url.host),
    detail: l10n.t(
      'A link asks for it: {0}\nIt only fills in the form. What a workspace made of it would run, open or let in is shown to you first, and nothing is made by itself.',
      url.href.slice(0, 500),
    ),
    buttons: [fetch],
  });
  if (answer !== fetch) return undefined;
  const content = await withNotification(
    l10n.t('Fetching a template from {0}', url.host),
    (_report, signal) => fetchTemplate(url, proxySettings(), signal),
  );
  return {
    id: `link:${url.href}`,
    source: { kind: 'link', host: url.host },
    name: content.template.name,
    content,
  };
}

/** By its name; where there are several, the person says which. */
async function known({ templates }: Parts, name: string): Promise<FoundTemplate | undefined> {
  const found = (await templates.listAll()).filter(template => template.name === name);
  if (found.length === 0) {
    throw new BerthError(
      l10n.t('A link asks for the template “{0}”, and you have none of that name.', name),
      {
        code: 'not-found',
        action: { label: l10n.t('Import Template…'), command: 'berth.importTemplate' },
      },
    );
  }
  if (found.length === 1) return found[0];
  return await pick(
    found.map(value => ({ label: value.name, description: placeWords(value.source), value })),
    l10n.t('Create from Template'),
    l10n.t('Which template?'),
  );
}
