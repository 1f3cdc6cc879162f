/** Templates: save, create from, open, rename, delete, export, import. */
import { homedir } from 'node:os';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { applied, editsFor } from '../../image/catalogue/authoring/jsonEdit.ts';
import { type FoundTemplate, isUsable, usable } from '../../template/found.ts';
import { parseTemplate, templateFileName, templateText } from '../../template/template.ts';
import { askModally } from '../../vscode/ask.ts';
import { BerthError } from '../../workspace/error.ts';
import { chooseWorkspace } from '../choose.ts';
import type { Commands, Parts } from '../parts.ts';
import { chooseTemplate } from './choose.ts';
import { readBounded } from './library.ts';
import { sayNotUsed } from './notUsed.ts';
import { ownTemplateUri } from './ownFiles.ts';
import { askName, keepOwn, saveAsTemplate } from './save.ts';
import { agreesToKeep, useTemplate } from './use.ts';

const jsonFiles = { JSON: ['json'] };

export function templateCommands(parts: Parts): Commands {
  const { personal } = parts;
  return {
    saveAsTemplate: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Save as Template'));
      if (!workspace) return;
      const engine = await parts.fleet.engine(workspace.target);
      const { settings } = await engine.record(workspace.name);
      await saveAsTemplate(parts, workspace.target, settings);
    },
    createFromTemplate: async (...args) => {
      const found = await chooseTemplate(parts, args, l10n.t('Create from Template'));
      if (found) await useTemplate(parts, found);
    },
    openTemplate: async (...args) => {
      const found = await chooseTemplate(parts, args, l10n.t('Open Template'), () => true);
      if (found) await open(found);
    },
    renameTemplate: async (...args) => {
      const title = l10n.t('Rename Template');
      const found = await chooseTemplate(parts, args, title, isChangeable);
      if (!found || !isUsable(found)) return;
      const name = await askName(title, found.name);
      if (name === undefined || name === found.name) return;
      const { template } = found.content;
      if (found.source.kind === 'own') await personal.setTemplate(ownId(found), { ...template, name });
      else if (found.source.kind === 'folder') await renameIn(vscode.Uri.parse(found.source.uri), name);
    },
    deleteTemplate: async (...args) => {
      const found = await chooseTemplate(parts, args, l10n.t('Delete Template'), isOfPerson);
      if (!found || !isOfPerson(found)) return;
      const remove = l10n.t('Delete');
      const chosen = await askModally({
        message: l10n.t('Delete the template “{0}”?', found.name),
        detail: l10n.t('Workspaces that were made of it stay as they are.'),
        buttons: [remove],
      });
      if (chosen !== remove) return;
      if (found.source.kind === 'own') await personal.setTemplate(ownId(found), undefined);
      else if (found.source.kind === 'folder') {
        const uri = vscode.Uri.parse(found.source.uri);
        await vscode.workspace.fs.delete(uri, { useTrash: uri.scheme === 'file' });
      }
    },
    exportTemplate: async (...args) => {
      const title = l10n.t('Export Template');
      const found = await chooseTemplate(parts, args, title);
      if (!found) return;
      const { template } = usable(found).content;
      const uri = await vscode.window.showSaveDialog({
        title,
        saveLabel: l10n.t('Export'),
        filters: jsonFiles,
        defaultUri: vscode.Uri.joinPath(startFolder(), templateFileName(template)),
      });
      if (!uri) return;
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(templateText(template)));
      vscode.window.setStatusBarMessage(l10n.t('Exported “{0}”', template.name), 4_000);
    },
    importTemplate: async (...args) => {
      const [given] = args;
      const [uri] =
        given instanceof vscode.Uri
          ? [given]
          : ((await vscode.window.showOpenDialog({
              title: l10n.t('Import Template'),
              openLabel: l10n.t('Import'),
              filters: jsonFiles,
              defaultUri: startFolder(),
            })) ?? []);
      if (!uri) return;
      const what = uri.path.split('/').at(-1) ?? uri.path;
      const { template, notUsed } = parseTemplate(await readBounded(uri, what), what);
      if (!(await agreesToKeep(template, what))) return;
      if ((await keepOwn(parts, template)) !== undefined) sayNotUsed(template.name, notUsed);
    },
  };
}

/** Where a dialog begins: the open folder, else the home. */
function startFolder(): vscode.Uri {
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
}

function ownId({ id }: FoundTemplate): string {
  return id.replace(/^own:/, '');
}

function isOfPerson({ source }: FoundTemplate): boolean {
  return source.kind === 'own' || source.kind === 'folder';
}

function isChangeable(found: FoundTemplate): boolean {
  return isOfPerson(found) && isUsable(found);
}

/** A catalogue's is shown as a text that is nobody's file. */
async function open(found: FoundTemplate): Promise<void> {
  switch (found.source.kind) {
    case 'own':
      await vscode.window.showTextDocument(ownTemplateUri(ownId(found), found), { preview: false });
      return;
    case 'folder':
      await vscode.window.showTextDocument(vscode.Uri.parse(found.source.uri), { preview: false });
      return;
    default: {
      const document = await vscode.workspace.openTextDocument({
        content: templateText(usable(found).content.template),
        language: 'json',
      });
      await vscode.window.showTextDocument(document, { preview: true });
    }
  }
}

/** The file keeps its comments, and its own name: others may refer to it. */
async function renameIn(uri: vscode.Uri, name: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isDirty) {
    throw new BerthError(l10n.t('{0} has changes that are not saved: save it first.', document.fileName), {
      code: 'conflict',
    });
  }
  const text = document.getText();
  await vscode.workspace.fs.writeFile(
    uri,
    new TextEncoder().encode(applied(text, editsFor(text, ['name'], name))),
  );
}
