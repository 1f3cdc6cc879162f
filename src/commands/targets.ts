/** The places to run workspaces: adding, removing, asking again, what they grant, and the ssh config that comes of them. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { roleYaml } from '../engine/clusters.ts';
import { TargetArgument } from '../views/nodes.ts';
import { askModally } from '../vscode/ask.ts';
import { addTarget } from './addTarget.ts';
import { chooseTarget } from './choose.ts';
import { removeTargetQuestion } from './loss.ts';
import type { Commands, Parts } from './parts.ts';

export function targetCommands(parts: Parts): Commands {
  return {
    addTarget: () => addTarget(parts),
    removeTarget: async (...args) => {
      const target = await chooseTarget(parts, args, l10n.t('Remove Target'));
      if (!target) return;
      const { id, title } = target.target;
      if (!(await askModally(removeTargetQuestion(title, target.workspaces.length)))) return;
      await parts.machine.targets.remove(id);
      await parts.upkeep.forget(id);
      await parts.fleet.refresh();
    },
    refresh: async (...args) => {
      const target = TargetArgument.safeParse(args[0]).data?.target;
      await vscode.window.withProgress({ location: { viewId: 'berth.workspaces' } }, () =>
        parts.fleet.refresh(target),
      );
      parts.imagesTree.refresh(target);
    },
    copyRole: async (...args) => {
      const chosen = await chooseTarget(
        parts,
        args,
        l10n.t('Copy Role and RoleBinding'),
        ({ target }) => target.kind === 'kubernetes',
      );
      if (chosen?.target.kind !== 'kubernetes') return;
      const { namespace } = chosen.target.endpoint;
      await vscode.env.clipboard.writeText(roleYaml(namespace, chosen.facts?.identity));
      vscode.window.setStatusBarMessage(
        l10n.t('Copied: a Role and a RoleBinding for the namespace {0}', namespace),
        4_000,
      );
    },
    showSshConfig: async (...args) => {
      const target = await chooseTarget(parts, args, l10n.t('Show the ssh Config'));
      if (!target) return;
      await parts.upkeep.follow(target.target.id);
      const { ssh } = parts.machine;
      const file = vscode.Uri.file(ssh.folder.config(target.target.id));
      await vscode.window.showTextDocument(file, { preview: true });
    },
  };
}
