/** Which catalogue of the window's folders is meant. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { entriesFolder, entryFile, infoFile } from '../image/catalogue/authoring/source.ts';
import { pick } from '../vscode/ask.ts';
import { BerthError } from '../workspace/error.ts';

const mostFound = 200;

/** The root of the catalogue that a file belongs to, by where it lies; undefined for a file of no catalogue. */
export function catalogueOf({ path }: vscode.Uri): string | undefined {
  const [, root] =
    new RegExp(`^(.*)/${entriesFolder}/[^/]+/${entryFile}$`).exec(path) ??
    new RegExp(`^(.*)/${infoFile}$`).exec(path) ??
    [];
  return root;
}

/** The one that was pointed at, the only one there is, or one that is picked. Throws 'not-found' where there is none. */
export async function chooseCatalogue(
  args: readonly unknown[],
  title: string,
): Promise<vscode.Uri | undefined> {
  const [given] = args;
  const pointed = given instanceof vscode.Uri ? catalogueOf(given) : undefined;
  if (given instanceof vscode.Uri && pointed !== undefined) return given.with({ path: pointed });
  const files = await vscode.workspace.findFiles(
    `**/{${entriesFolder}/*/${entryFile},${infoFile}}`,
    '**/node_modules/**',
    mostFound,
  );
  const roots = new Map<string, vscode.Uri>();
  for (const file of files) {
    const path = catalogueOf(file);
    if (path !== undefined) roots.set(path, file.with({ path }));
  }
  // A file of that name may be anything: only with entries beside it is it a catalogue.
  for (const [path, root] of roots) {
    if (!(await isFolder(vscode.Uri.joinPath(root, entriesFolder)))) roots.delete(path);
  }
  const [only, ...others] = roots.values();
  if (!only) {
    throw new BerthError(
      l10n.t('There is no catalogue in this window. Open the folder of one, or begin a new one.'),
      {
        code: 'not-found',
        action: { label: l10n.t('New Catalogue…'), command: 'berth.newCatalogue', args: [] },
      },
    );
  }
  if (others.length === 0) return only;
  return await pick(
    [only, ...others].map(value => ({ label: vscode.workspace.asRelativePath(value), value })),
    title,
  );
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  return await vscode.workspace.fs.stat(uri).then(
    ({ type }) => (type & vscode.FileType.Directory) !== 0,
    () => false,
  );
}
