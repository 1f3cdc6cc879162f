/** A workspace's settings kept as a template: among the person's own, or as a file of an open folder. */
import { randomUUID } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { templateOf } from '../../template/fromSettings.ts';
import { type Template, TemplateName, templateFileName, templateText } from '../../template/template.ts';
import { askModally, askText, pick } from '../../vscode/ask.ts';
import { configuration } from '../../vscode/configuration.ts';
import { inheritedFor } from '../../workspace/inherited.ts';
import type { TargetId } from '../../workspace/name.ts';
import type { WorkspaceSettings } from '../../workspace/settings.ts';
import { gitIdentity } from '../identity.ts';
import type { Parts } from '../parts.ts';
import { templateFolder } from './library.ts';

/** Asks for a name, and where; false where the person left. */
export async function saveAsTemplate(
  parts: Parts,
  target: TargetId,
  settings: WorkspaceSettings,
): Promise<boolean> {
  const title = l10n.t('Save as Template');
  const name = await askName(title, '');
  if (name === undefined) return false;
  const description = await askText({
    title,
    prompt: l10n.t('What it is for, in a sentence. May be left empty.'),
    value: settings.description,
    validateInput: text => (text.length > 500 ? l10n.t('At most 500 characters') : undefined),
  });
  if (description === undefined) return false;
  const template = templateOf({ name, description: description.trim() }, settings, {
    engine: parts.fleet.target(target)?.target.kind ?? 'docker',
    inherited: inheritedFor(configuration.defaults(), target),
    identity: await gitIdentity(),
  });
  return await keepTemplate(parts, template, title);
}

/** Asks for the name that people see. */
export async function askName(title: string, value: string): Promise<string | undefined> {
  const typed = await askText({
    title,
    prompt: l10n.t('The name of the template'),
    value,
    validateInput: text =>
      text.trim() === '' || TemplateName.safeParse(text).success
        ? undefined
        : l10n.t('One line of at most 80 characters'),
  });
  return typed?.trim() || undefined;
}

async function keepTemplate(parts: Parts, template: Template, title: string): Promise<boolean> {
  const folder = await choosePlace(title);
  if (folder === undefined) return false;
  if (folder !== 'own') return await writeTemplateFile(folder, template);
  return (await keepOwn(parts, template)) !== undefined;
}

async function choosePlace(title: string): Promise<vscode.WorkspaceFolder | 'own' | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) return 'own';
  return await pick<vscode.WorkspaceFolder | 'own'>(
    [
      {
        label: l10n.t('$(account) My Templates'),
        detail: l10n.t('Kept by the editor, on all your machines where it synchronises'),
        value: 'own',
      },
      ...folders.map(folder => ({
        label: l10n.t('$(repo) The Folder {0}', folder.name),
        detail: l10n.t('A file in {0}, for everybody who has the repository', templateFolder),
        value: folder,
      })),
    ],
    title,
    l10n.t('Where is it kept?'),
  );
}

/** Its id. One of the same name is replaced, or stays beside it; undefined where the person left. */
export async function keepOwn({ personal }: Parts, template: Template): Promise<string | undefined> {
  const same = personal.templates().find(other => other.template.name === template.name);
  const [replace, both] = [l10n.t('Replace'), l10n.t('Keep Both')];
  const chosen =
    same &&
    (await askModally({
      message: l10n.t('You have a template “{0}” already.', template.name),
      detail: l10n.t('What is replaced cannot be had back.'),
      buttons: [replace, both],
    }));
  if (same && chosen === undefined) return undefined;
  const id = same && chosen === replace ? same.id : randomUUID();
  await personal.setTemplate(id, template);
  vscode.window.setStatusBarMessage(l10n.t('Kept the template “{0}”', template.name), 4_000);
  return id;
}

async function writeTemplateFile({ uri }: vscode.WorkspaceFolder, template: Template): Promise<boolean> {
  const file = vscode.Uri.joinPath(uri, templateFolder, templateFileName(template));
  const isThere = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  const replace = l10n.t('Replace');
  if (
    isThere &&
    (await askModally({
      message: l10n.t('{0} is there already.', vscode.workspace.asRelativePath(file)),
      detail: l10n.t('What is replaced cannot be had back.'),
      buttons: [replace],
    })) !== replace
  )
    return false;
  await vscode.workspace.fs.createDirectory(vscode.Uri.joinPath(uri, templateFolder));
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(templateText(template)));
  await vscode.window.showTextDocument(file, { preview: true });
  return true;
}
