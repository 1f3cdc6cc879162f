/** What is under way with workspaces, shown until it ends; and what one of them has to lose. */
import * as l10n from '@vscode/l10n';
import type { Activity } from '../engine/activities.ts';
import { showError } from '../vscode/errors.ts';
import { showActivity } from '../vscode/progress.ts';
import { keepsOnlyHome } from '../workspace/engineTraits.ts';
import { isStoppable } from '../workspace/state.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { AtRisk } from './loss.ts';
import type { Parts } from './parts.ts';

export async function atRisk({ fleet, me }: Parts, workspace: Workspace): Promise<AtRisk> {
  const { target, name, state, login, settings } = workspace;
  const status = fleet.target(target);
  await me.ask();
  return {
    keepsOnlyHome: status !== undefined && keepsOnlyHome(status.target.kind),
    name,
    isUp: isStoppable(state),
    home: login?.home ?? settings?.home ?? '~',
    madeBy: me.other(workspace),
  };
}

/** Each with a notification of its own; a failure is shown and holds up none of the others. */
export async function followAll(
  parts: Parts,
  workspaces: readonly Workspace[],
  begin: (workspace: Workspace) => Activity | Promise<Activity>,
): Promise<void> {
  await Promise.all(
    workspaces.map(async workspace => {
      try {
        const activity = await begin(workspace);
        await showActivity(activity);
        await activity.succeeded();
      } catch (error) {
        const { target, name } = workspace;
        showError(error, parts.log, [
          { label: l10n.t('Show Page'), command: 'berth.showPage', args: [{ target, name }] },
        ]);
      }
    }),
  );
}
