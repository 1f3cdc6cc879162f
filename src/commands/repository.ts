/** From an open folder to a workspace on its repository: by a template of it, or by its devcontainer.json. */
import { basename } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { repositoryFolder } from '../boot/gitConfig.ts';
import { type DevcontainerValues, devcontainerValues } from '../template/devcontainer.ts';
import { isUsable } from '../template/found.ts';
import { readTemplate } from '../template/template.ts';
import { pick, pickSeveral } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { BerthError } from '../workspace/error.ts';
import { buildFrom } from './buildImage.ts';
import { remoteOf } from './gitFolder.ts';
import type { Commands, Parts } from './parts.ts';
import { type Definition, definitionsOf } from './repositoryLook.ts';
import { folderTemplate, readBounded } from './templates/library.ts';
import { sayNotUsed } from './templates/notUsed.ts';
import { mayUseFolder, useTemplate } from './templates/use.ts';
import { isWorkspaceWindow } from './thisWindow.ts';

export function repositoryCommands(parts: Parts): Commands {
  return {
    openInWorkspace: async (...args) => {
      const definition = await choose(args);
      if (definition) await openIn(parts, definition);
    },
    offerRepository: () => offer(parts),
    askAgain: () => askAgain(parts),
  };
}

/** One quiet notification; nothing where there is no target to open it on. */
async function offer(parts: Parts): Promise<void> {
  await parts.fleet.load();
  if (parts.fleet.targets().length === 0) return;
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const [first] = await definitionsOf(folder);
    const key = (await remoteOf(folder.uri)) ?? folder.uri.toString();
    if (!first || parts.personal.quietRepositories().includes(key)) continue;
    const [open, never] = [l10n.t('Open in a Workspace'), l10n.t('Don’t Ask Again')];
    const chosen = await showMessage(
      'information',
      l10n.t('Open “{0}” in a workspace? It comes with {1}.', folder.name, first.path),
      open,
      never,
    );
    if (chosen === never) await parts.personal.setQuiet([...parts.personal.quietRepositories(), key]);
    if (chosen === open) await vscode.commands.executeCommand('berth.openInWorkspace', folder.uri);
  }
}

/** Takes 'Don’t Ask Again' back; what is open here is offered at once, unless it is in a workspace already. */
async function askAgain(parts: Parts): Promise<void> {
  const quiet = parts.personal.quietRepositories();
  if (quiet.length === 0) {
    void showMessage(
      'information',
      l10n.t('You have said “Don’t Ask Again” of no repository: each is offered when its folder is opened.'),
    );
    return;
  }
  const again = await pickSeveral(
    quiet.toReversed().map(key => ({ label: key, picked: true, value: key })),
    l10n.t('Ask Again About Repositories'),
    l10n.t('Which are offered as a workspace again when their folder is opened?'),
  );
  if (!again || again.length === 0) return;
  await parts.personal.setQuiet(quiet.filter(key => !again.includes(key)));
  if (vscode.workspace.isTrusted && !isWorkspaceWindow()) await offer(parts);
}

/** What the explorer handed over, a file or a folder; else what the person picks of all that there is. */
async function choose([given]: readonly unknown[]): Promise<Definition | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const all = (await Promise.all(folders.map(definitionsOf))).flat();
  const within =
    given instanceof vscode.Uri ? all.filter(({ folder, uri }) => isOf(given, folder, uri)) : all;
  if (within.length === 0) {
    throw new BerthError(
      l10n.t(
        'No open folder says what a workspace for it is like: there is neither a template in .berth nor a devcontainer.json.',
      ),
      { code: 'not-found' },
    );
  }
  if (within.length === 1) return within[0];
  return await pick(
    within.map(value => ({
      label: value.path,
      description: value.folder.name,
      iconPath: new vscode.ThemeIcon(value.kind === 'template' ? 'file-code' : 'package'),
      value,
    })),
    l10n.t('Open in a Workspace'),
    l10n.t('By which file?'),
  );
}

function isOf(given: vscode.Uri, folder: vscode.WorkspaceFolder, uri: vscode.Uri): boolean {
  const [one, whole, file] = [given, folder.uri, uri].map(each => each.toString());
  return one === whole || one === file;
}

async function openIn(parts: Parts, { kind, folder, uri, path }: Definition): Promise<void> {
  const repository = await remoteOf(folder.uri);
  if (kind === 'template') {
    const found = await folderTemplate(folder, basename(path));
    const hasOwn = isUsable(found) && found.content.template.settings.repository;
    const over = { by: 'template' as const, values: { repository } };
    await useTemplate(parts, found, repository !== undefined && !hasOwn ? { over } : {});
    return;
  }
  const known = devcontainerValues(await readBounded(uri, path), {
    file: path,
    workspaceFolder: folder.uri.fsPath,
    // What is this person's own is nothing for a folder that is not trusted.
    env: vscode.workspace.isTrusted ? process.env : {},
    repositoryFolder: repository === undefined ? '' : repositoryFolder(repository),
  });
  await openDevcontainer(
    parts,
    { uri, path, name: folder.name || basename(folder.uri.path), repository },
    known,
  );
}

interface Devcontainer {
  readonly uri: vscode.Uri;
  readonly path: string;
  /** Of its folder. */
  readonly name: string;
  readonly repository: string | undefined;
}

/** The image is built first where the file says how. */
async function openDevcontainer(
  parts: Parts,
  { uri, path, name, repository }: Devcontainer,
  { values, hasBuild, notUsed }: DevcontainerValues,
): Promise<void> {
  const shown = readTemplate({ name: name.slice(0, 80), settings: values }, path).template;
  if (!(await mayUseFolder(shown, name))) return;
  const built = hasBuild ? await buildFrom(parts, [uri]) : undefined;
  if (hasBuild && !built) return;
  await parts.pages.openForm({
    mode: 'create',
    from: { name: path },
    ...(built && { target: built.target }),
    given: [
      {
        by: 'template',
        values: {
          ...values,
          ...(repository !== undefined && { repository }),
          ...(built && { image: built.reference }),
        },
      },
    ],
  });
  sayNotUsed(
    path,
    repository === undefined ? [...notUsed, l10n.t('the folder itself (it has no remote)')] : notUsed,
  );
}
