/** The form of a catalogue entry, as another editor for its file. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { TextEdit } from '../image/catalogue/authoring/jsonEdit.ts';
import { mostIconBytes } from '../image/catalogue/icon.ts';
import type { Desk } from './desk.ts';
import { type EntryDocument, EntrySession } from './entrySession.ts';
import { type PageKind, servePage } from './page.ts';
import type { PageServices } from './services.ts';

const kind: PageKind = { type: 'berth.catalogueEntry', bundle: 'entryPage', icon: 'berth' };

/** Fills the editor that was opened for a file. */
export function openEntryEditor(
  services: PageServices,
  document: vscode.TextDocument,
  panel: vscode.WebviewPanel,
): void {
  const log = (message: string, error?: unknown) => services.log('warn', message, error);
  const desk = { translations: () => vscode.l10n.bundle as ReturnType<Desk['translations']> };
  servePage(
    panel,
    kind,
    services.extensionUri,
    post => new EntrySession(documentOf(document), desk, post, log),
    log,
  );
}

function documentOf(document: vscode.TextDocument): EntryDocument {
  const folder = vscode.Uri.joinPath(document.uri, '..');
  return {
    file: vscode.workspace.asRelativePath(document.uri),
    text: () => document.getText(),
    edit: edits => editDocument(document, edits),
    icons: () => iconsIn(folder),
    pickIcon: () => pickIcon(folder),
    openAsText: async () => {
      await vscode.commands.executeCommand('vscode.openWith', document.uri, 'default');
    },
    onDidChange: listener => {
      const icons = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(folder, '*.{png,svg}'),
      );
      const owned = [
        icons,
        icons.onDidCreate(listener),
        icons.onDidChange(listener),
        icons.onDidDelete(listener),
        vscode.workspace.onDidChangeTextDocument(event => {
          if (event.document === document && event.contentChanges.length > 0) listener();
        }),
      ];
      return { [Symbol.dispose]: () => vscode.Disposable.from(...owned).dispose() };
    },
  };
}

async function editDocument(document: vscode.TextDocument, edits: readonly TextEdit[]): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  for (const { offset, length, content } of edits) {
    const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
    change.replace(document.uri, range, content);
  }
  if (!(await vscode.workspace.applyEdit(change))) {
    throw new Error(vscode.l10n.t('{0} cannot be changed.', basename(document.uri.path)));
  }
}

async function iconsIn(folder: vscode.Uri): Promise<ReadonlyMap<string, Uint8Array>> {
  const icons = new Map<string, Uint8Array>();
  for (const [name, type] of await vscode.workspace.fs.readDirectory(folder)) {
    if (type !== vscode.FileType.File || !/\.(?:png|svg)$/i.test(name) || icons.size >= 8) continue;
    const file = vscode.Uri.joinPath(folder, name);
    const { size } = await vscode.workspace.fs.stat(file);
    if (size <= mostIconBytes) icons.set(name, await vscode.workspace.fs.readFile(file));
  }
  return icons;
}

async function pickIcon(folder: vscode.Uri): Promise<string | undefined> {
  const [picked] =
    (await vscode.window.showOpenDialog({
      openLabel: vscode.l10n.t('Choose'),
      filters: { [vscode.l10n.t('Pictures')]: ['png', 'svg'] },
    })) ?? [];
  if (!picked) return undefined;
  const name = basename(picked.path);
  const place = vscode.Uri.joinPath(folder, name);
  // One that is there already under that name stays as it is.
  if (picked.toString() !== place.toString())
    await vscode.workspace.fs.copy(picked, place, { overwrite: false });
  return name;
}
