/** Start, stop and everything else that changes a workspace which is there. */
import * as l10n from '@vscode/l10n';
import { askModally } from '../vscode/ask.ts';
import { isStartable, isStoppable } from '../workspace/state.ts';
import { type Workspace, workspaceAlias } from '../workspace/workspace.ts';
import { chooseWorkspace, chooseWorkspaces } from './choose.ts';
import { atRisk, followAll } from './following.ts';
import { beginStart } from './imageUpdates.ts';
import { deleteQuestion, type Question, rebuildQuestion, restartQuestion, stopQuestion } from './loss.ts';
import type { Commands, Parts } from './parts.ts';

export function lifecycleCommands(parts: Parts): Commands {
  return {
    start: async (...args) => {
      const chosen = await chooseWorkspaces(parts, args, l10n.t('Start'), ({ state }) => isStartable(state));
      const { ssh } = parts.machine;
      await Promise.all(chosen.map(workspace => ssh.markWanted(workspaceAlias(workspace))));
      await followAll(parts, chosen, workspace => beginStart(parts, workspace));
    },
    stop: (...args) => stop(parts, args, false),
    forceStop: (...args) => stop(parts, args, true),
    restart: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Restart'), canStop);
      if (!workspace || !(await confirmed(restartQuestion(await atRisk(parts, workspace))))) return;
      await followAll(parts, [workspace], () => parts.operations.restart(workspace));
    },
    rebuild: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Rebuild'));
      if (!workspace) return;
      const question = rebuildQuestion(await atRisk(parts, workspace));
      const answer = await askModally(question);
      if (answer === undefined) return;
      const pull = answer === question.buttons[1];
      await parts.pages.openWorkspace({ target: workspace.target, name: workspace.name });
      await followAll(parts, [workspace], () => parts.operations.rebuild(workspace, { pull }));
    },
    finish: async (...args) => {
      const workspace = await chooseWorkspace(
        parts,
        args,
        l10n.t('Finish an Interrupted Creation'),
        ({ state }) => state.cause === 'interrupted',
      );
      if (!workspace) return;
      await parts.pages.openWorkspace({ target: workspace.target, name: workspace.name });
      await followAll(parts, [workspace], () => parts.operations.finish(workspace));
    },
    delete: async (...args) => {
      const chosen = await chooseWorkspaces(parts, args, l10n.t('Delete'));
      if (chosen.length === 0) return;
      const question = deleteQuestion(await Promise.all(chosen.map(workspace => atRisk(parts, workspace))));
      const answer = await askModally(question);
      if (answer === undefined) return;
      const keepHome = answer === question.buttons[0];
      await followAll(parts, chosen, workspace => parts.operations.remove(workspace, { keepHome }));
    },
  };
}

async function stop(parts: Parts, args: readonly unknown[], force: boolean): Promise<void> {
  const title = force ? l10n.t('Force Stop') : l10n.t('Stop');
  // A start that is under way can be stopped too: it is cancelled.
  const isBusy = ({ target, name }: Workspace) => parts.activities.of(target, name)?.state === 'running';
  const chosen = await chooseWorkspaces(
    parts,
    args,
    title,
    workspace => canStop(workspace) || isBusy(workspace),
  );
  if (chosen.length === 0) return;
  const risks = await Promise.all(chosen.map(workspace => atRisk(parts, workspace)));
  if (!(await confirmed(stopQuestion(risks, force)))) return;
  await followAll(parts, chosen, workspace => parts.operations.stop(workspace, { force }));
}

function canStop({ state }: Workspace): boolean {
  return isStoppable(state);
}

async function confirmed(question: Question): Promise<boolean> {
  return (await askModally(question)) !== undefined;
}
