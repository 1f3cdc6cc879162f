/** Making a catalogue of one's own: begin it, add and edit entries, check, build and try it. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { buildCatalogue } from '../image/catalogue/authoring/build.ts';
import { writeBuilt } from '../image/catalogue/authoring/publish.ts';
import { builderFile, isEntryName, newCatalogue, newEntry } from '../image/catalogue/authoring/scaffold.ts';
import { entriesFolder, entryFile, readSource } from '../image/catalogue/authoring/source.ts';
import { askText, pick } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { BerthError } from '../workspace/error.ts';
import { WorkspaceSettings } from '../workspace/settings.ts';
import { chooseCatalogue } from './catalogueFolder.ts';
import type { Commands, Parts } from './parts.ts';

const editorType = 'berth.catalogueEntry';

export function catalogueAuthoringCommands(parts: Parts): Commands {
  return {
    newCatalogue: () => beginCatalogue(parts),
    newCatalogueEntry: (...args) => addEntry(args),
    editCatalogueEntry: (...args) => editEntry(args),
    validateCatalogue: (...args) => validate(parts, args),
    buildCatalogue: (...args) => build(parts, args),
    tryCatalogue: (...args) => tryOut(parts, args),
    stopTryingCatalogue: () => parts.catalogueTrial.stop(),
  };
}

async function beginCatalogue({ context }: Parts): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: l10n.t('New Catalogue: the Folder'),
      openLabel: l10n.t('Begin Here'),
      canSelectFiles: false,
      canSelectFolders: true,
      ...(vscode.workspace.workspaceFolders?.[0] && { defaultUri: vscode.workspace.workspaceFolders[0].uri }),
    })) ?? [];
  if (!folder) return;
  const name = await askText({
    title: l10n.t('New Catalogue: the Name'),
    prompt: l10n.t('What people see it called'),
    validateInput: text =>
      text.trim() === '' || text.length > 200 ? l10n.t('1 to 200 characters') : undefined,
  });
  if (name === undefined) return;
  const builder = vscode.Uri.joinPath(context.extensionUri, 'dist', 'buildCatalogue.cjs');
  const files = new Map(newCatalogue({ name: name.trim(), description: '' }));
  files.set(builderFile, await vscode.workspace.fs.readFile(builder));
  await writeNew(folder, files);
  const isOpen = vscode.workspace.getWorkspaceFolder(folder) !== undefined;
  if (isOpen) {
    await openEntry(vscode.Uri.joinPath(folder, entriesFolder, 'Python', entryFile));
    return;
  }
  const open = l10n.t('Open the Folder');
  if (
    (await showMessage('information', l10n.t('The catalogue stands in {0}', folder.fsPath), open)) === open
  ) {
    await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true });
  }
}

/** All of them, or none where one is there already. */
async function writeNew(root: vscode.Uri, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  const taken: string[] = [];
  for (const path of files.keys()) {
    const isThere = await vscode.workspace.fs.stat(vscode.Uri.joinPath(root, path)).then(
      () => true,
      () => false,
    );
    if (isThere) taken.push(path);
  }
  if (taken.length > 0) {
    throw new BerthError(
      l10n.t(
        'Nothing was written to {0}, because it has files of these names: {1}',
        root.fsPath,
        taken.join(', '),
      ),
      { code: 'conflict' },
    );
  }
  for (const [path, content] of files) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(root, path), bytes);
  }
}

async function addEntry(args: readonly unknown[]): Promise<void> {
  const title = l10n.t('New Catalogue Entry');
  const root = await chooseCatalogue(args, title);
  if (!root) return;
  const name = await askText({
    title,
    prompt: l10n.t('The name that people see; it becomes a folder too'),
    validateInput: text =>
      isEntryName(text.trim())
        ? undefined
        : l10n.t('1 to 100 letters, digits, spaces and . _ ( ) + -, with a letter or digit first'),
  });
  if (name === undefined) return;
  const image = await askText({
    title,
    prompt: l10n.t('Its image, with a tag'),
    placeHolder: 'docker.io/library/debian:bookworm',
    validateInput: text =>
      WorkspaceSettings.shape.image.safeParse(text).success
        ? undefined
        : l10n.t('An image reference has no spaces and at most 512 characters'),
  });
  if (image === undefined) return;
  const entry = { description: name.trim(), image: image.trim(), tags: [], sizeMB: 0 };
  await writeNew(root, new Map(newEntry(name.trim(), entry)));
  await openEntry(vscode.Uri.joinPath(root, entriesFolder, name.trim(), entryFile));
}

async function editEntry(args: readonly unknown[]): Promise<void> {
  const [given] = args;
  if (given instanceof vscode.Uri && given.path.endsWith(`/${entryFile}`)) {
    await openEntry(given);
    return;
  }
  const title = l10n.t('Edit Catalogue Entry');
  const root = await chooseCatalogue(args, title);
  if (!root) return;
  const file = await pick(
    readSource(root.fsPath).then(({ entries }) =>
      entries.map(({ name, file }) => ({ label: name, description: file, value: file })),
    ),
    title,
  );
  if (file !== undefined) await openEntry(vscode.Uri.joinPath(root, file));
}

async function openEntry(file: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', file, editorType);
}

async function validate({ catalogueProblems }: Parts, args: readonly unknown[]): Promise<void> {
  const root = await chooseCatalogue(args, l10n.t('Validate Catalogue'));
  if (!root) return;
  const { source, errors, warnings } = await catalogueProblems.check(root);
  if (errors + warnings === 0) {
    await showMessage('information', l10n.t('Nothing is wrong. Entries: {0}.', source.entries.length));
    return;
  }
  await vscode.commands.executeCommand('workbench.actions.view.problems');
  await showMessage(
    errors > 0 ? 'error' : 'warning',
    l10n.t('Errors: {0}. Warnings: {1}.', errors, warnings),
  );
}

async function build(parts: Parts, args: readonly unknown[]): Promise<void> {
  const root = await chooseCatalogue(args, l10n.t('Build Catalogue'));
  if (!root) return;
  const { source } = await parts.catalogueProblems.check(root);
  const folder = await writeBuilt(root.fsPath, buildCatalogue(source));
  const [show, trial] = [l10n.t('Show the Folder'), l10n.t('Try It')];
  const message = l10n.t(
    'Built in {0}. Publish that folder as it is. Entries: {1}.',
    folder,
    source.entries.length,
  );
  const chosen = await showMessage('information', message, show, trial);
  if (chosen === show) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(folder));
  if (chosen === trial) await tryOut(parts, [vscode.Uri.joinPath(root, 'catalogue.json')]);
}

async function tryOut(parts: Parts, args: readonly unknown[]): Promise<void> {
  const root = await chooseCatalogue(args, l10n.t('Try Catalogue'));
  if (!root) return;
  const address = await parts.catalogueTrial.start(root);
  const [page, copy] = [l10n.t('Open the Page'), l10n.t('Copy the Address')];
  const message = l10n.t(
    'The catalogue is at {0}, for this machine alone and until you stop it. Add it to Berth as others would.',
    address,
  );
  const chosen = await showMessage('information', message, page, copy);
  if (chosen === page) await vscode.env.openExternal(vscode.Uri.parse(address));
  if (chosen === copy) await vscode.env.clipboard.writeText(address);
}
