/** The repository that an open folder is a clone of, out of git's own files: no git is run in a folder that may not be trusted. */
import * as vscode from 'vscode';
import { remoteIn } from '../template/gitRemote.ts';

/** More than git itself ever writes there. */
const mostBytes = 1024 * 1024;

/** Where a workspace can clone it from; undefined where there is no such place. */
export async function remoteOf(folder: vscode.Uri): Promise<string | undefined> {
  const dot = vscode.Uri.joinPath(folder, '.git');
  const config = (await read(vscode.Uri.joinPath(dot, 'config'))) ?? (await configOfWorktree(folder, dot));
  return config === undefined ? undefined : remoteIn(config);
}

/** Of a worktree or submodule `.git` is a file that says where the rest is; a worktree shares the config of its main one. */
async function configOfWorktree(folder: vscode.Uri, dot: vscode.Uri): Promise<string | undefined> {
  const [, place] = /^gitdir: (.+)$/m.exec((await read(dot)) ?? '') ?? [];
  if (place === undefined) return undefined;
  const git = within(folder, place.trim());
  const common = (await read(vscode.Uri.joinPath(git, 'commondir')))?.trim();
  return await read(vscode.Uri.joinPath(common ? within(git, common) : git, 'config'));
}

function within(folder: vscode.Uri, path: string): vscode.Uri {
  return /^(?:\/|[A-Za-z]:)/.test(path)
    ? folder.with({ path: vscode.Uri.file(path).path })
    : vscode.Uri.joinPath(folder, path);
}

async function read(uri: vscode.Uri): Promise<string | undefined> {
  try {
    // A folder may have anything there: what has no end, or is of no use, is not read.
    const { type, size } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.File) === 0 || size > mostBytes) return undefined;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    // It is not there, or no file.
    return undefined;
  }
}
