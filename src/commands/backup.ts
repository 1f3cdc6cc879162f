/** The data of workspaces: cloned, backed up to a file, restored from one, and given more room. */
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type Backup, openBackup, verifyBackup } from '../backup/backupReader.ts';
import { TargetArgument, WorkspaceArgument } from '../views/nodes.ts';
import { askModally, askText, pick } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { BerthError, isBerthError } from '../workspace/error.ts';
import { WorkspaceName } from '../workspace/name.ts';
import { isStoppable } from '../workspace/state.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { chooseWorkspace } from './choose.ts';
import { atRisk, followAll } from './following.ts';
import { editQuestion, readHomeQuestion, replaceHomeQuestion } from './loss.ts';
import type { Commands, Parts } from './parts.ts';

/** How backups are called: a tar, which any program opens. */
const suffix = 'berth.tar';
/** Dialogs know endings of one word only, and would add one of two to what has it. */
const extension = 'tar';

export function backupCommands(parts: Parts): Commands {
  const proven = new ProvenChunks(parts.context.globalState);
  return {
    clone: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Clone'));
      if (!workspace || !(await mayRead(parts, workspace, 'clone'))) return;
      const { target, name } = workspace;
      const home = { kind: 'workspace' as const, target, name };
      await parts.pages.openForm({ mode: 'duplicate', workspace: { target, name }, home });
    },
    backUp: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Back Up'));
      if (!workspace || !(await mayRead(parts, workspace, 'back-up'))) return;
      const path = await chooseFileToWrite(workspace);
      if (path === undefined) return;
      const madeBy = `Berth ${String(parts.context.extension.packageJSON.version)}`;
      await followAll(parts, [workspace], async () => {
        const activity = parts.operations.backUp(workspace, path, madeBy);
        void activity.finished.then(() => {
          if (activity.state === 'done') void offerToShow(workspace.name, path);
        });
        return activity;
      });
    },
    restore: async (...args) => {
      const path = await chooseFileToRead(l10n.t('Restore'));
      if (path === undefined) return;
      const backup = await openBackup(path);
      switch (await chooseHow(args)) {
        case 'new':
          await restoreNew(parts, args, backup);
          break;
        case 'into':
          await restoreInto(parts, args, backup);
      }
    },
    verifyBackup: async () => {
      const path = await chooseFileToRead(l10n.t('Verify'));
      if (path === undefined) return;
      const backup = await openBackup(path);
      await verify(backup, proven);
    },
    growDisk: async (...args) => {
      const canGrow = ({ target }: Workspace) => parts.fleet.target(target)?.target.kind === 'kubernetes';
      const workspace = await chooseWorkspace(parts, args, l10n.t('Grow the Disk'), canGrow);
      if (!workspace) return;
      if (!canGrow(workspace)) {
        throw new BerthError(
          l10n.t(
            'The disk of “{0}” is that of its engine: it has as much room as is free there.',
            workspace.name,
          ),
          { code: 'unsupported' },
        );
      }
      const question = editQuestion(await atRisk(parts, workspace));
      if (question && (await askModally(question)) === undefined) return;
      const engine = await parts.fleet.engine(workspace.target);
      const { settings, revision } = await engine.record(workspace.name);
      const diskGiB = await askForSize(workspace.name, settings.diskGiB);
      if (diskGiB === undefined) return;
      await followAll(parts, [workspace], () =>
        parts.operations.edit(workspace, { ...settings, diskGiB }, { revision }),
      );
    },
  };
}

async function mayRead(parts: Parts, workspace: Workspace, what: 'clone' | 'back-up'): Promise<boolean> {
  const question = readHomeQuestion(await atRisk(parts, workspace), what);
  return question === undefined || (await askModally(question)) !== undefined;
}

/** In the menu of a workspace it is its home, in that of a target a new one; from the palette it is asked. */
async function chooseHow(args: readonly unknown[]): Promise<'new' | 'into' | undefined> {
  if (WorkspaceArgument.safeParse(args[0]).success) return 'into';
  if (TargetArgument.safeParse(args[0]).success) return 'new';
  return await pick(
    [
      {
        label: l10n.t('$(add) A New Workspace…'),
        detail: l10n.t('The form opens, filled in from the backup'),
        value: 'new' as const,
      },
      {
        label: l10n.t('$(replace-all) The Home of a Workspace That Is There…'),
        detail: l10n.t('What is in that home is lost'),
        value: 'into' as const,
      },
    ],
    l10n.t('Restore'),
  );
}

async function restoreNew(parts: Parts, args: readonly unknown[], { manifest, path }: Backup): Promise<void> {
  const target = TargetArgument.safeParse(args[0]).data?.target;
  const name = WorkspaceName.safeParse(manifest.workspace.name).data;
  await parts.pages.openForm({
    mode: 'create',
    ...(target && { target }),
    given: [{ by: 'backup', values: { ...manifest.settings, ...(name && { name }) } }],
    home: { kind: 'backup', path },
  });
}

async function restoreInto(parts: Parts, args: readonly unknown[], backup: Backup): Promise<void> {
  const workspace = await chooseWorkspace(parts, args, l10n.t('Restore'));
  if (!workspace) return;
  const { manifest } = backup;
  const from = {
    name: manifest.workspace.name,
    madeAt: new Date(manifest.madeAt).toLocaleString(vscode.env.language),
  };
  const question = replaceHomeQuestion(await atRisk(parts, workspace), from);
  if ((await askModally(question)) === undefined) return;
  await followAll(parts, [workspace], () =>
    parts.operations.restore(workspace, backup.path, { startAgain: isStoppable(workspace.state) }),
  );
}

async function verify(backup: Backup, proven: ProvenChunks): Promise<void> {
  const { sums, path } = backup;
  const { chunks, chunkBytes, bytes } = sums.data;
  const from = proven.of(backup);
  let count = from;
  try {
    await withNotification(l10n.t('Verifying {0}', basename(path)), async (report, signal) => {
      await verifyBackup(backup, {
        from,
        signal,
        proven: chunks => {
          count = chunks;
          report({ kind: 'home', current: Math.min(bytes, chunks * chunkBytes), total: bytes });
        },
      });
    });
  } catch (error) {
    // What is proven need not be read again: the next try goes on from there.
    await proven.note(backup, isBerthError(error, 'invalid') ? 0 : count);
    throw error;
  }
  await proven.note(backup, 0);
  const again = from > 0 ? l10n.t(' {0} of its {1} pieces were proven before.', from, chunks.length) : '';
  await showMessage(
    'information',
    l10n.t('{0} is whole: all of it is what its checksums say.{1}', basename(path), again),
  );
}

/** How far a check has come that was cancelled, by file as it was then. */
class ProvenChunks {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  of(backup: Backup): number {
    const known: unknown = this.#state.get(this.#key(backup));
    return typeof known === 'number' && known < backup.sums.data.chunks.length ? known : 0;
  }

  async note(backup: Backup, chunks: number): Promise<void> {
    await this.#state.update(this.#key(backup), chunks === 0 ? undefined : chunks);
  }

  #key({ path, identity: { bytes, modified } }: Backup): string {
    return `berth.proven:${path}:${bytes}:${modified}`;
  }
}

async function chooseFileToWrite({ name }: Workspace): Promise<string | undefined> {
  const day = new Date().toISOString().slice(0, 10);
  const chosen = await vscode.window.showSaveDialog({
    title: l10n.t('Back Up {0}', name),
    saveLabel: l10n.t('Back Up'),
    defaultUri: vscode.Uri.file(join(homedir(), `${name}-${day}.${suffix}`)),
    filters: { [l10n.t('Backups')]: [extension] },
  });
  return chosen?.fsPath;
}

async function chooseFileToRead(label: string): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: l10n.t('Which backup?'),
    openLabel: label,
    canSelectMany: false,
    defaultUri: vscode.Uri.file(homedir()),
    filters: { [l10n.t('Backups')]: [extension] },
  });
  return chosen?.[0]?.fsPath;
}

async function offerToShow(name: string, path: string): Promise<void> {
  const show = l10n.t('Show in Folder');
  const chosen = await showMessage('information', l10n.t('{0} is backed up to {1}', name, path), show);
  if (chosen === show) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(path));
}

async function askForSize(name: string, now: number): Promise<number | undefined> {
  const typed = await askText({
    title: l10n.t('Grow the Disk of {0}', name),
    prompt: l10n.t('In GiB. It has {0} now, and never shrinks.', now),
    value: String(now * 2),
    validateInput: text => {
      const size = Number(text.trim());
      return Number.isInteger(size) && size > now && size <= 65_536
        ? undefined
        : l10n.t('A whole number above {0}', now);
    },
  });
  return typed === undefined ? undefined : Number(typed.trim());
}
