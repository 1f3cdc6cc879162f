/** Which template a command is about: the row that it was called on, else what the person picks. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type FoundTemplate, isUsable } from '../../template/found.ts';
import { placeWords } from '../../views/templateItems.ts';
import { TemplateArgument } from '../../views/templateNodes.ts';
import { pick } from '../../vscode/ask.ts';
import { showMessage } from '../../vscode/message.ts';
import { BerthError } from '../../workspace/error.ts';
import type { Parts } from '../parts.ts';

export async function chooseTemplate(
  { templates }: Parts,
  args: readonly unknown[],
  title: string,
  fits: (found: FoundTemplate) => boolean = isUsable,
): Promise<FoundTemplate | undefined> {
  const handed = TemplateArgument.safeParse(args[0]).data?.template;
  if (handed !== undefined) {
    const found = (await templates.list()).find(({ id }) => id === handed);
    if (found) return found;
    throw new BerthError(l10n.t('This template is gone.'), { code: 'not-found' });
  }
  const all = (await templates.listAll()).filter(fits);
  if (all.length === 0) {
    void showMessage(
      'information',
      l10n.t('{0}: there is no template for it. Save one from a workspace, or import a file.', title),
    );
    return undefined;
  }
  return await pick(
    all.map(found => ({
      label: found.name,
      description: placeWords(found.source),
      ...('template' in found.content && { detail: found.content.template.description }),
      iconPath: new vscode.ThemeIcon('file-code'),
      value: found,
    })),
    title,
    l10n.t('Which template?'),
  );
}
