/** Activation: registers views, commands and pages, all empty shells; Berth itself is loaded when one is first used. */
import * as vscode from 'vscode';
import type { BerthExtension } from '../media/api/berth.d.ts';
import { exported, openEntrance } from './commands/automation/entrance.ts';
import type { Berth, Shell } from './commands/berth.ts';
import { watchRepositories } from './commands/repositoryLook.ts';
import { tendSsh } from './commands/tendSsh.ts';
import { isWorkspaceWindow } from './commands/thisWindow.ts';
import { LazyTree } from './views/lazyTree.ts';
import { ContextKeys } from './vscode/contextKeys.ts';
import { DisposableStore } from './vscode/disposables.ts';
import { LazyFiles } from './vscode/lazyFiles.ts';
import { Log } from './vscode/log.ts';
import { setUpTranslations } from './vscode/translations.ts';

export function activate(context: vscode.ExtensionContext): BerthExtension {
  const began = performance.now();
  setUpTranslations();
  const owned = new DisposableStore();
  context.subscriptions.push(owned);

  let berth: Promise<Berth> | undefined;
  const load = () => {
    berth ??= import('./commands/berth.ts').then(({ Berth }) => owned.add(new Berth(shell)));
    return berth;
  };
  const shell: Shell = {
    context,
    log: owned.add(new Log()),
    keys: new ContextKeys(),
    workspaces: owned.add(
      new LazyTree('berth.workspaces', true, async () => (await load()).parts.workspacesTree),
    ),
    images: owned.add(new LazyTree('berth.images', false, async () => (await load()).parts.imagesTree)),
  };

  for (const command of declaredCommands(context)) {
    const id = command.replace(/^berth\./, '');
    owned.add(
      vscode.commands.registerCommand(command, async (...args: unknown[]) => (await load()).run(id, args)),
    );
  }
  for (const page of ['form', 'workspace', 'gallery'] as const) {
    owned.add(
      vscode.window.registerWebviewPanelSerializer(`berth.${page}`, {
        deserializeWebviewPanel: async (panel, state: unknown) =>
          (await load()).parts.pages.restore(page, panel, state),
      }),
    );
  }

  owned.add(
    vscode.window.registerCustomEditorProvider('berth.catalogueEntry', {
      resolveCustomTextEditor: async (document, panel) =>
        (await load()).parts.pages.openEntryEditor(document, panel),
    }),
  );
  owned.add(new LazyFiles('berth-template', async () => (await load()).parts.templateFiles));
  // Only an entry of a catalogue is worth loading Berth for.
  owned.add(
    vscode.workspace.onDidSaveTextDocument(async ({ uri }) => {
      if (!berth && !/\/workspaces\/[^/]+\/workspace\.json$/.test(uri.path)) return;
      await (await load()).parts.catalogueProblems.saved(uri);
    }),
  );
  owned.add(
    vscode.window.registerUriHandler({
      handleUri: async uri => (await load()).run('openLink', [uri]),
    }),
  );

  const automation = async () => (await load()).automation;
  owned.add(openEntrance(context, automation));
  owned.add(watchRepositories(async () => (await load()).run('offerRepository', [])));
  owned.add(tendSsh(context, shell.log, async () => (await load()).parts.upkeep));
  const enter = () => {
    if (isWorkspaceWindow()) void load();
  };
  owned.add(vscode.workspace.onDidChangeWorkspaceFolders(enter));
  const took = performance.now() - began;
  enter();
  // Opening the log is no part of it, and nobody waits for the line.
  setImmediate(() => shell.log.write('info', `Activated in ${took.toFixed(1)} ms`));
  return exported(automation, shell.log);
}

/** package.json is the one list of commands. */
function declaredCommands({ extension }: vscode.ExtensionContext): readonly string[] {
  const { contributes } = extension.packageJSON as { contributes: { commands: { command: string }[] } };
  return contributes.commands.map(({ command }) => command);
}
