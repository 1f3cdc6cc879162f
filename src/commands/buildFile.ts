/** Which file a build begins with, and what that file says of it. */
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { suggestedName } from '../image/buildRequest.ts';
import { readDevcontainer } from '../image/devcontainer.ts';
import { isWithin } from '../image/within.ts';
import { askModally, pick } from '../vscode/ask.ts';
import { BerthError } from '../workspace/error.ts';
import type { BuildPlan } from './buildPlan.ts';

const mostFiles = 200;
const patterns = [
  'Dockerfile',
  'Containerfile',
  'Dockerfile.*',
  '*.Dockerfile',
  'devcontainer.json',
  '.devcontainer.json',
];

/** What the explorer handed over, else what the person picks; a path of this machine. */
export async function chooseBuildFile(args: readonly unknown[], title: string): Promise<string | undefined> {
  const [given] = args;
  const uri = given instanceof vscode.Uri ? given : await pickFile(title);
  if (uri === undefined || uri.scheme === 'file') return uri?.fsPath;
  throw new BerthError(
    l10n.t('{0} is not on this machine: Berth builds what lies on the machine where it runs.', uri.path),
    { code: 'unsupported' },
  );
}

async function pickFile(title: string): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(
    `**/{${patterns.join(',')}}`,
    '**/node_modules/**',
    mostFiles,
  );
  const files = found.filter(({ path }) => !path.endsWith('.dockerignore'));
  const another = async () =>
    (await vscode.window.showOpenDialog({ title, openLabel: l10n.t('Build'), canSelectMany: false }))?.[0];
  if (files.length === 0) return await another();
  const rows = files
    .map(uri => ({
      label: vscode.workspace.asRelativePath(uri),
      value: () => Promise.resolve<vscode.Uri | undefined>(uri),
    }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const chosen = await pick(
    [...rows, { label: l10n.t('$(folder-opened) Another File…'), value: another }],
    title,
    l10n.t('A Dockerfile, Containerfile or devcontainer.json'),
  );
  return await chosen?.();
}

/** Undefined: the person would rather not. */
export async function planOf(file: string): Promise<BuildPlan | undefined> {
  const folder = dirname(file);
  if (!/^\.?devcontainer\.json$/.test(basename(file))) {
    return {
      dockerfile: file,
      context: folder,
      reference: suggestedName(basename(folder)),
      args: {},
      unused: [],
    };
  }
  const workspaceFolder =
    vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file))?.uri.fsPath ?? folderOf(file);
  const text = await readFile(file, 'utf8');
  const plan = {
    ...readDevcontainer(text, { file, workspaceFolder, env: process.env }),
    reference: suggestedName(basename(workspaceFolder)),
  };
  return (await mayLeave(workspaceFolder, plan)) ? plan : undefined;
}

/** Where the project is that the file belongs to. */
function folderOf(file: string): string {
  const folder = dirname(file);
  return basename(folder) === '.devcontainer' ? dirname(folder) : folder;
}

/** What lies elsewhere is built only where the person says so. */
async function mayLeave(workspaceFolder: string, { context, dockerfile }: BuildPlan): Promise<boolean> {
  const isOutside = !(await isWithin(workspaceFolder, context));
  if (!isOutside && (await isWithin(workspaceFolder, dockerfile))) return true;
  const build = l10n.t('Build');
  const chosen = await askModally({
    message: l10n.t('Build from {0}?', isOutside ? context : dockerfile),
    detail: isOutside
      ? l10n.t(
          'The devcontainer.json names this folder, which lies outside of the one that is open. All that is in it is sent to the engine.',
        )
      : l10n.t(
          'The devcontainer.json names this file, which lies outside of the folder that is open. It is sent to the engine.',
        ),
    buttons: [build],
  });
  return chosen === build;
}
