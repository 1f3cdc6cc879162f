/** Newer images of workspaces: taken or offered at a start, and by a command that says first what it changes. */
import * as l10n from '@vscode/l10n';
import type { Activity } from '../engine/activities.ts';
import { orAborted } from '../engine/waiting.ts';
import { type ImageUpdate, offerKey } from '../image/imageUpdate.ts';
import { askModally } from '../vscode/ask.ts';
import { showError } from '../vscode/errors.ts';
import { showMessage } from '../vscode/message.ts';
import { shortDigest } from '../workspace/words.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { chooseWorkspace } from './choose.ts';
import { atRisk, followAll } from './following.ts';
import { updateQuestion } from './loss.ts';
import type { Commands, Parts } from './parts.ts';

/** A registry that is slow does not hold up a start for longer. */
const startMs = 5_000;

/** Offers that were made: each newer image of a workspace is offered once. */
const offered = new Set<string>();

export function imageUpdateCommands(parts: Parts): Commands {
  return {
    updateImage: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Update the Image'));
      if (!workspace) return;
      await parts.updates.ask([workspace]);
      const update = parts.updates.of(workspace);
      if (!update) {
        await showMessage('information', l10n.t('No newer image is known for {0}.', workspace.name));
        return;
      }
      if ((await askModally(updateQuestion(await atRisk(parts, workspace), update))) === undefined) return;
      await rebuild(parts, workspace);
    },
  };
}

/** A start by Berth's command: with the newer image first where the settings say so, or with an offer of it beside. */
export function beginStart(parts: Parts, workspace: Workspace): Activity {
  const isTaken = workspace.settings?.imageUpdates === 'start';
  const activity = parts.operations.start(workspace, {
    ...(isTaken && { newer: signal => newerImage(parts, workspace, signal) }),
  });
  const update = isTaken ? undefined : parts.updates.of(workspace);
  if (update) {
    offer(parts, workspace, update, activity).catch((error: unknown) => showError(error, parts.log));
  }
  return activity;
}

async function newerImage(
  parts: Parts,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<ImageUpdate | undefined> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(startMs)]);
  // What is not known in time is taken at another start.
  await orAborted(parts.updates.ask([workspace]), until).catch(() => signal.throwIfAborted());
  return parts.updates.of(workspace);
}

async function offer(
  parts: Parts,
  workspace: Workspace,
  update: ImageUpdate,
  start: Activity,
): Promise<void> {
  const key = offerKey(workspace, update);
  if (offered.has(key)) return;
  offered.add(key);
  const take = l10n.t('Update');
  const words = l10n.t(
    '{0}: there is a newer {1}. An update replaces {2} by {3}: the home is kept, everything outside it is made anew, and what runs in it ends.',
    workspace.name,
    update.image,
    shortDigest(update.from),
    shortDigest(update.to),
  );
  const chosen = await showMessage('information', words, take, l10n.t('Not Now'));
  if (chosen !== take) return;
  await start.finished;
  if (parts.me.other(workspace) !== undefined) {
    if ((await askModally(updateQuestion(await atRisk(parts, workspace), update))) === undefined) return;
  }
  await rebuild(parts, workspace);
}

async function rebuild(parts: Parts, workspace: Workspace): Promise<void> {
  const { target, name } = workspace;
  await parts.pages.openWorkspace({ target, name });
  await followAll(parts, [workspace], () => parts.operations.rebuild(workspace, { pull: true }));
}
