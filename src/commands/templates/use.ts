/** From a template to the form filled in by it; one of somebody else says first what it would run, open or let in. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { GivenValues } from '../../panels/services.ts';
import { type FoundTemplate, type UsableTemplate, usable } from '../../template/found.ts';
import { formValues } from '../../template/fromSettings.ts';
import { reachLines } from '../../template/reach.ts';
import type { Template } from '../../template/template.ts';
import { askModally } from '../../vscode/ask.ts';
import type { TargetId } from '../../workspace/name.ts';
import type { Parts } from '../parts.ts';
import { sayNotUsed } from './notUsed.ts';

/** Opens the form; nothing is made by it. `over`: what counts more than the template. */
export async function useTemplate(
  parts: Parts,
  found: FoundTemplate,
  { over = [], target }: { readonly over?: readonly GivenValues[]; readonly target?: TargetId } = {},
): Promise<void> {
  const usableOne = usable(found);
  if (!(await mayUse(usableOne))) return;
  const { template, notUsed } = usableOne.content;
  await parts.pages.openForm({
    mode: 'create',
    from: template.name,
    ...(target && { target }),
    given: [{ by: 'template', values: formValues(template) }, ...over],
  });
  sayNotUsed(template.name, notUsed);
}

/** The person's own are theirs; a folder that is trusted is, too. */
async function mayUse({ source, content: { template } }: UsableTemplate): Promise<boolean> {
  switch (source.kind) {
    case 'own':
      return true;
    case 'folder':
      return await mayUseFolder(template, source.folder);
    case 'catalogue':
      return await agrees(template, l10n.t('It comes from the catalogue {0}.', source.title));
    case 'link':
      return await agrees(template, l10n.t('It comes from {0}.', source.host));
  }
}

/** What a folder says that the person does not trust takes their word first. */
export async function mayUseFolder(template: Template, folder: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const [use, trust] = [l10n.t('Use It Once'), l10n.t('Manage Workspace Trust')];
  const chosen = await askModally({
    message: l10n.t('Use “{0}” of a folder that you do not trust?', template.name),
    detail: detailOf(template, l10n.t('It comes from the folder {0}.', folder)),
    buttons: [use, trust],
  });
  if (chosen === trust) await vscode.commands.executeCommand('workbench.trust.manage');
  return chosen === use;
}

/** Asks where it reaches beyond plain settings. */
async function agrees(template: Template, from: string): Promise<boolean> {
  const message = l10n.t('Use the template “{0}”?', template.name);
  return await agreesTo(template, from, { message, button: l10n.t('Fill In the Form') });
}

/** The same before a file is kept among the person's own. */
export async function agreesToKeep(template: Template, file: string): Promise<boolean> {
  const message = l10n.t('Import the template “{0}”?', template.name);
  const from = l10n.t('It comes from the file {0}.', file);
  return await agreesTo(template, from, { message, button: l10n.t('Import') });
}

async function agreesTo(
  template: Template,
  from: string,
  { message, button }: { readonly message: string; readonly button: string },
): Promise<boolean> {
  if (reachLines(template.settings).length === 0) return true;
  return (await askModally({ message, detail: detailOf(template, from), buttons: [button] })) === button;
}

/** What it would do, and that nothing is made yet. */
function detailOf(template: Template, from: string): string {
  const lines = reachLines(template.settings);
  return [
    from,
    ...(lines.length > 0
      ? [l10n.t('A workspace made of it would have:'), ...lines.map(line => `• ${line}`)]
      : []),
    l10n.t('Nothing is made before you have seen the form.'),
  ].join('\n');
}
