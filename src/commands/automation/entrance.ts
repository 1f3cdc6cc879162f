/**
 * What other programs find of Berth, registered at activation: empty shells, loaded at their first use. What this editor's
 * API does not have is left out.
 */
import * as vscode from 'vscode';
import type { BerthApi, BerthExtension } from '../../../media/api/berth.d.ts';
import { DisposableStore } from '../../vscode/disposables.ts';
import type { Log } from '../../vscode/log.ts';
import type { Automation } from './automation.ts';

type Load = () => Promise<Automation>;

/** What an editor that is not VS Code, or an older one, may lack. */
type Reach = { readonly [Name in 'lm' | 'tasks']?: (typeof vscode)[Name] };

export function openEntrance(context: vscode.ExtensionContext, load: Load): DisposableStore {
  const owned = new DisposableStore();
  const { lm, tasks }: Reach = vscode;
  if (lm?.registerTool) {
    for (const name of declaredTools(context)) {
      owned.add(
        lm.registerTool<unknown>(name, {
          prepareInvocation: async ({ input }, token) => (await load()).tools.prepare(name, input, token),
          invoke: async ({ input }, token) => (await load()).tools.invoke(name, input, token),
        }),
      );
    }
  }
  if (tasks?.registerTaskProvider) {
    owned.add(
      tasks.registerTaskProvider('berth', {
        // What there is to run stands in tasks.json.
        provideTasks: () => [],
        resolveTask: task => resolved(task, load),
      }),
    );
  }
  // Also missing in the types of no editor, but in some editors.
  if ('registerTerminalProfileProvider' in vscode.window) {
    owned.add(
      vscode.window.registerTerminalProfileProvider('berth.workspace', {
        provideTerminalProfile: async () => (await load()).terminalProfile(),
      }),
    );
  }
  return owned;
}

/** What `activate` answers with. */
export function exported(load: Load, log: Log): BerthExtension {
  const api: BerthApi = {
    version: 1,
    list: async () => (await load()).api.list(),
    get: async workspace => (await load()).api.get(workspace),
    create: async (settings, token) => (await load()).api.create(settings, token),
    start: async (workspace, token) => (await load()).api.start(workspace, token),
    stop: async (workspace, token) => (await load()).api.stop(workspace, token),
    connect: async (workspace, options) => (await load()).api.connect(workspace, options),
    onDidChangeWorkspaces: (listener, self, disposables) => {
      const watch = new DisposableStore();
      load().then(
        ({ api }) => watch.add(api.watch(() => listener.call(self))),
        (error: unknown) => log.write('error', 'workspaces are not watched', error),
      );
      disposables?.push(watch);
      return watch;
    },
  };
  return {
    getApi: version => {
      if (version !== 1) throw new Error(`Berth has an API of version 1, and none of version ${version}.`);
      return api;
    },
  };
}

function resolved(task: vscode.Task, load: Load): vscode.Task {
  const { definition, scope, name } = task;
  const run = new vscode.CustomExecution(async definition => (await load()).taskTerminal(definition));
  return new vscode.Task(definition, scope ?? vscode.TaskScope.Workspace, name, 'berth', run);
}

/** package.json is the one list of tools. */
function declaredTools({ extension }: vscode.ExtensionContext): readonly string[] {
  const { contributes } = extension.packageJSON as {
    contributes: { languageModelTools: { name: string }[] };
  };
  return contributes.languageModelTools.map(({ name }) => name);
}
