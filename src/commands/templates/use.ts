/** From a template to the form filled in by it; one of somebody else says first what it would run, open or let in. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { GivenValues } from '../../panels/services.ts';
import { consentFor } from '../../template/consent.ts';
import {
  type FoundTemplate,
  type TemplateSource,
  type UsableTemplate,
  usable,
} from '../../template/found.ts';
import { formValues } from '../../template/fromSettings.ts';
import { reachLines } from '../../template/reach.ts';
import { readTemplate, type Template } from '../../template/template.ts';
import { placeWords } from '../../views/templateItems.ts';
import { askModally } from '../../vscode/ask.ts';
import { type FormKey, formFields } from '../../workspace/draft.ts';
import type { TargetId } from '../../workspace/name.ts';
import { WorkspaceSettings } from '../../workspace/settings.ts';
import type { Parts } from '../parts.ts';
import { sayNotUsed } from './notUsed.ts';

export interface TemplateUse {
  /** What counts more than the template. */
  readonly over?: GivenValues;
  readonly target?: TargetId;
  /** A link asks for it. */
  readonly isByLink?: boolean;
}

/** Opens the form; nothing is made by it. */
export async function useTemplate(
  parts: Parts,
  found: FoundTemplate,
  { over, target, isByLink = false }: TemplateUse = {},
): Promise<void> {
  const used = usable(found);
  const { source } = used;
  const { template, notUsed } = used.content;
  if (!(await mayUse(used, over?.values ?? {}, isByLink))) return;
  // What a link has fetched is as little the person's choice as what stands in it.
  const by = source.kind === 'link' ? 'link' : 'template';
  await parts.pages.openForm({
    mode: 'create',
    from: { name: template.name, ...(source.kind !== 'own' && { place: placeWords(source) }) },
    ...(target && { target }),
    given: [{ by, values: formValues(template) }, ...(over ? [over] : [])],
  });
  sayNotUsed(template.name, notUsed);
}

/** Asked with what the form would hold: a value of somebody else may turn the person's own template into something else. */
async function mayUse(
  { source, name, content: { template } }: UsableTemplate,
  over: GivenValues['values'],
  isByLink: boolean,
): Promise<boolean> {
  const changed = settingKeys(over);
  const consent = consentFor(source, {
    isFolderTrusted: vscode.workspace.isTrusted,
    isByLink,
    isChanged: changed.length > 0,
  });
  if (consent === 'none') return true;
  const values = Object.fromEntries(changed.map(key => [key, over[key]]));
  const whole = readTemplate({ name, settings: { ...template.settings, ...values } }, name).template;
  if (consent === 'always' && source.kind === 'folder') return await mayUseFolder(whole, source.folder);
  const from = [fromWords(source), ...(isByLink ? [byLinkWords(source, changed)] : [])];
  return await agreesTo(whole, from.filter(Boolean).join(' '), {
    message: l10n.t('Use the template “{0}”?', name),
    button: l10n.t('Fill In the Form'),
  });
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

/** The same before a file is kept among the person's own. */
export async function agreesToKeep(template: Template, file: string): Promise<boolean> {
  const message = l10n.t('Import the template “{0}”?', template.name);
  const from = l10n.t('It comes from the file {0}.', file);
  return await agreesTo(template, from, { message, button: l10n.t('Import') });
}

/** Asks where it reaches beyond plain settings. */
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

function fromWords(source: TemplateSource): string {
  switch (source.kind) {
    case 'own':
      return l10n.t('It is one of yours.');
    case 'folder':
      return l10n.t('It comes from the folder {0}.', source.folder);
    case 'catalogue':
      return l10n.t('It comes from the catalogue {0}.', source.title);
    case 'link':
      return l10n.t('It comes from {0}.', source.host);
  }
}

function byLinkWords(source: TemplateSource, changed: readonly FormKey[]): string {
  const titles = changed.map(key => l10n.t(formFields.get(key)?.title ?? key)).join(', ');
  if (titles !== '') return l10n.t('A link asks for it, and sets: {0}.', titles);
  return source.kind === 'link' ? '' : l10n.t('A link asks for it.');
}

/** Those that a template could hold. */
function settingKeys(values: GivenValues['values']): readonly FormKey[] {
  return [...formFields.keys()].filter(key => key in values && key in WorkspaceSettings.shape);
}
