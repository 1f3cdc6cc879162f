/** A folder to build a workspace image from: Dockerfile, .dockerignore, README and a sample, by kind. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { askModally, askText, pick } from '../vscode/ask.ts';
import { BerthError } from '../workspace/error.ts';
import type { ImageKind } from '../workspace/settings.ts';
import type { Commands, Parts } from './parts.ts';

interface NewFile {
  readonly name: string;
  readonly content: Uint8Array;
}

export function scaffoldCommands(parts: Parts): Commands {
  return {
    newImage: async () => {
      const title = l10n.t('New Workspace Image');
      const kind = await pick(kinds(), title, l10n.t('What should run in it?'));
      if (kind === undefined) return;
      const parent = await chooseParent(title);
      const name = parent && (await typeName(title, kind));
      if (!parent || name === undefined) return;
      const folder = vscode.Uri.joinPath(parent, ...name.split('/'));
      const files = await samples(join(parts.context.extensionPath, 'media', 'workspaceImages', kind));
      const chosen = await withoutKept(folder, files);
      if (!chosen) return;
      await write(folder, chosen);
      const dockerfile = vscode.Uri.joinPath(folder, 'Dockerfile');
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(dockerfile));
    },
  };
}

function kinds(): { label: string; detail: string; value: ImageKind }[] {
  return [
    {
      label: l10n.t('$(terminal) Plain'),
      detail: l10n.t('A shell, git and an ssh server on Debian'),
      value: 'ssh',
    },
    {
      label: l10n.t('$(notebook) JupyterLab'),
      detail: l10n.t('Python with notebooks in the browser'),
      value: 'jupyter',
    },
    {
      label: l10n.t('$(graph) RStudio'),
      detail: l10n.t('R with RStudio Server in the browser'),
      value: 'rstudio',
    },
    {
      label: l10n.t('$(device-desktop) Desktop'),
      detail: l10n.t('A Linux desktop in the browser, by KasmVNC'),
      value: 'desktop',
    },
    {
      label: l10n.t('$(globe) Studio'),
      detail: l10n.t('A web application of your own, in the shape of a Seqera Studio'),
      value: 'studio',
    },
  ];
}

/** A folder of this window, or another one. */
async function chooseParent(title: string): Promise<vscode.Uri | undefined> {
  const here = (vscode.workspace.workspaceFolders ?? []).map(({ name, uri }) => ({
    label: `$(folder) ${name}`,
    description: uri.fsPath,
    value: () => Promise.resolve<vscode.Uri | undefined>(uri),
  }));
  const another = async () => {
    const options = {
      title,
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: l10n.t('Create Here'),
    };
    return (await vscode.window.showOpenDialog(options))?.[0];
  };
  if (here.length === 0) return await another();
  const rows = [...here, { label: l10n.t('$(folder-opened) Another Folder…'), value: another }];
  return await (await pick(rows, title, l10n.t('Where?')))?.();
}

async function typeName(title: string, kind: ImageKind): Promise<string | undefined> {
  const typed = await askText({
    title,
    prompt: l10n.t('The name of the new folder'),
    value: kind === 'ssh' ? 'workspace-image' : `${kind}-image`,
    validateInput: text =>
      isRelative(text.trim())
        ? undefined
        : l10n.t('A name, or a path below that folder, such as images/mine'),
  });
  return typed?.trim();
}

function isRelative(path: string): boolean {
  return path.split('/').every(part => /^[^\\:*?"<>|]+$/.test(part) && part !== '.' && part !== '..');
}

async function samples(folder: string): Promise<NewFile[]> {
  const names = (await readdir(folder)).sort();
  return await Promise.all(names.map(async name => ({ name, content: await readFile(join(folder, name)) })));
}

/** Without those that are there already and that the person keeps; undefined: it was left. */
async function withoutKept(
  folder: vscode.Uri,
  files: readonly NewFile[],
): Promise<readonly NewFile[] | undefined> {
  const there = await entries(folder);
  const taken = files.filter(({ name }) => there.has(name));
  if (taken.length === 0) return files;
  const [overwrite, keep] = [l10n.t('Overwrite'), l10n.t('Keep Mine')];
  const chosen = await askModally({
    message: l10n.t('Overwrite files in {0}?', folder.fsPath),
    detail: l10n.t(
      'These are there already, and what is in them would be lost: {0}',
      taken.map(({ name }) => name).join(', '),
    ),
    buttons: [keep, overwrite],
  });
  if (chosen === overwrite) return files;
  return chosen === keep ? files.filter(file => !taken.includes(file)) : undefined;
}

async function entries(folder: vscode.Uri): Promise<ReadonlySet<string>> {
  try {
    return new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
  } catch (cause) {
    if (cause instanceof vscode.FileSystemError && cause.code === 'FileNotFound') return new Set();
    throw cannotWrite(folder, cause);
  }
}

async function write(folder: vscode.Uri, files: readonly NewFile[]): Promise<void> {
  try {
    await vscode.workspace.fs.createDirectory(folder);
    for (const { name, content } of files) {
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), content);
    }
  } catch (cause) {
    throw cannotWrite(folder, cause);
  }
}

function cannotWrite(folder: vscode.Uri, cause: unknown): BerthError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BerthError(l10n.t('Cannot write to {0}: {1}', folder.fsPath, why), { cause });
}
