/** Whether an open folder says how it is worked on: a quick look, for which nothing of Berth is loaded. */
import * as vscode from 'vscode';
import { DisposableStore } from '../vscode/disposables.ts';
import { isWorkspaceWindow } from './thisWindow.ts';

export interface Definition {
  readonly kind: 'template' | 'devcontainer';
  readonly folder: vscode.WorkspaceFolder;
  readonly uri: vscode.Uri;
  /** From the folder, such as `.devcontainer/devcontainer.json`. */
  readonly path: string;
}

const most = 50;

/** Templates first; of devcontainers in the order in which the specification looks for them. */
export async function definitionsOf(folder: vscode.WorkspaceFolder): Promise<readonly Definition[]> {
  const define = (kind: Definition['kind'], path: string): Definition => ({
    kind,
    folder,
    path,
    uri: vscode.Uri.joinPath(folder.uri, path),
  });
  const [templates, top, inFolder] = await Promise.all(
    ['.berth', '', '.devcontainer'].map(path => entriesOf(vscode.Uri.joinPath(folder.uri, path))),
  );
  const isFile = (type: vscode.FileType) => (type & vscode.FileType.File) !== 0;
  const has = (entries: Entries | undefined, name: string) =>
    entries?.some(([other, type]) => other === name && isFile(type)) ?? false;
  const folders = (inFolder ?? [])
    .filter(([, type]) => (type & vscode.FileType.Directory) !== 0)
    .slice(0, most);
  const nested = await Promise.all(
    folders.map(async ([name]) => {
      const entries = await entriesOf(vscode.Uri.joinPath(folder.uri, '.devcontainer', name));
      return has(entries, 'devcontainer.json')
        ? [define('devcontainer', `.devcontainer/${name}/devcontainer.json`)]
        : [];
    }),
  );
  return [
    ...(templates ?? [])
      .filter(([name, type]) => name.endsWith('.json') && isFile(type))
      .slice(0, most)
      .map(([name]) => define('template', `.berth/${name}`)),
    ...(has(inFolder, 'devcontainer.json')
      ? [define('devcontainer', '.devcontainer/devcontainer.json')]
      : []),
    ...(has(top, '.devcontainer.json') ? [define('devcontainer', '.devcontainer.json')] : []),
    ...nested.flat(),
  ];
}

/** Calls once for this window, as soon as a folder with such a file is open and trusted; never in a workspace's own window. */
export function watchRepositories(found: () => Promise<void>): vscode.Disposable {
  let isDone = isWorkspaceWindow();
  const look = async () => {
    if (!vscode.workspace.isTrusted) return;
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (isDone || (await definitionsOf(folder)).length === 0 || isDone) continue;
      isDone = true;
      await found();
    }
  };
  // After activation, which nobody should wait for.
  setImmediate(() => void look());
  const watches = new DisposableStore();
  watches.add(vscode.workspace.onDidChangeWorkspaceFolders(look));
  watches.add(vscode.workspace.onDidGrantWorkspaceTrust(look));
  return watches;
}

type Entries = readonly [string, vscode.FileType][];

async function entriesOf(folder: vscode.Uri): Promise<Entries> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    // Most folders have none of these.
    return [];
  }
}
