/** Who may enter a workspace: shown, added and taken out while it runs. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { connectedNow, endSessions, type NamedSession } from '../engine/sessions.ts';
import { forgeAddress, forgeTitle } from '../ssh/forgeKeys.ts';
import { askModally, type Choice, pick } from '../vscode/ask.ts';
import { configuration } from '../vscode/configuration.ts';
import { showActivity, withNotification } from '../vscode/progress.ts';
import { keyComment } from '../workspace/keyBody.ts';
import type { Record as WorkspaceRecord } from '../workspace/record.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { type AccessRow, accessRows, withKeys, withoutKey } from './accessRows.ts';
import { chooseWorkspace } from './choose.ts';
import { exportConnection } from './connectionFiles.ts';
import { atRisk } from './following.ts';
import { accessQuestion, removeKeyQuestion } from './loss.ts';
import { fileKeys, keysAtForge, pasteKeys } from './offeredKeys.ts';
import type { Commands, Parts } from './parts.ts';

/** Who is connected must not hold up the list. */
const lookMs = 3_000;

type Wish =
  | { readonly do: 'row'; readonly row: AccessRow }
  | { readonly do: 'add'; readonly keys: (title: string) => Promise<readonly string[] | undefined> }
  | { readonly do: 'export' };

export function accessCommands(parts: Parts): Commands {
  return {
    share: async (...args) => {
      const workspace = await chooseWorkspace(
        parts,
        args,
        l10n.t('Share and Manage Access'),
        ({ settings }) => settings !== undefined,
      );
      if (!workspace) return;
      const question = accessQuestion(await atRisk(parts, workspace));
      if (question && (await askModally(question)) === undefined) return;
      // What was done shows in the list, until the person leaves it.
      for (;;) {
        const wish = await askWish(parts, workspace);
        if (!wish) return;
        if (wish.do === 'export') return await exportConnection(parts, workspace);
        await fulfil(parts, workspace, wish);
      }
    },
  };
}

async function askWish(parts: Parts, workspace: Workspace): Promise<Wish | undefined> {
  const { fleet, machine } = parts;
  const engine = await fleet.engine(workspace.target);
  const [record, { publicKey }, sessions] = await Promise.all([
    engine.record(workspace.name),
    machine.ssh.identity(),
    sessionsOf(parts, workspace),
  ]);
  const choices = choicesOf(record, accessRows(record, publicKey, sessions));
  const people = record.settings.publicKeys.length;
  return await pick(
    choices,
    l10n.t('Who may enter {0}', workspace.name),
    people === 0
      ? l10n.t('Private: only you. Give somebody access, or take a key out')
      : l10n.t('Shared. Give somebody access, or take a key out'),
  );
}

function choicesOf(record: WorkspaceRecord, rows: readonly AccessRow[]): Choice<Wish>[] {
  const separator = (label: string): Choice<Wish> => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
    value: { do: 'export' },
  });
  const add = (label: string, keys: (title: string) => Promise<readonly string[] | undefined>) => ({
    label,
    value: { do: 'add', keys } as const,
  });
  const forges = configuration.forges().flatMap(text => forgeAddress(text) ?? []);
  return [
    separator(l10n.t('May enter')),
    ...rows.map(
      (row): Choice<Wish> => ({
        label: `$(${row.by === 'machine' ? 'device-desktop' : 'person'}) ${row.name}`,
        description: [
          row.isThisMachine ? l10n.t('this machine') : row.by === 'machine' ? record.createdBy : '',
          sessionWords(row.sessions),
        ]
          .filter((words, at, all) => words !== '' && words !== row.name && all.indexOf(words) === at)
          .join(' · '),
        detail: `${row.kind} ${row.fingerprint}`.trim(),
        value: { do: 'row', row },
      }),
    ),
    separator(l10n.t('Give access')),
    add(l10n.t('$(clippy) Paste a Public Key…'), pasteKeys),
    add(l10n.t('$(file) Public Keys from a File…'), fileKeys),
    ...forges.map(forge =>
      add(l10n.t('$(globe) The Keys of a User at {0}…', forgeTitle(forge)), title =>
        keysAtForge(title, forge),
      ),
    ),
    separator(l10n.t('Tell others where it is')),
    { label: l10n.t('$(export) Export a Connection File…'), value: { do: 'export' } },
  ];
}

function sessionWords(count: number): string {
  if (count === 0) return '';
  return count === 1 ? l10n.t('connected now') : l10n.t('{0} connections now', count);
}

async function fulfil(
  parts: Parts,
  workspace: Workspace,
  wish: Exclude<Wish, { do: 'export' }>,
): Promise<void> {
  if (wish.do === 'row') return await removeKey(parts, workspace, wish.row);
  const title = l10n.t('Give access to {0}', workspace.name);
  const lines = await wish.keys(title);
  if (!lines) return;
  const activity = parts.operations.changeKeys(workspace, title, record => withKeys(record, lines));
  await showActivity(activity);
  await activity.succeeded();
  const names = [...new Set(lines.map(keyComment))].join(', ');
  vscode.window.setStatusBarMessage(l10n.t('{0} may enter {1}', names, workspace.name), 6_000);
}

async function removeKey(parts: Parts, workspace: Workspace, row: AccessRow): Promise<void> {
  const question = removeKeyQuestion(workspace.name, row);
  const answer = await askModally(question);
  if (answer === undefined) return;
  const isEnding = question.buttons.length > 1 && answer === question.buttons[0];
  const title = l10n.t('Taking {0} out of {1}', row.name, workspace.name);
  const activity = parts.operations.changeKeys(workspace, title, record => withoutKey(record, row.key));
  await showActivity(activity);
  await activity.succeeded();
  if (!isEnding) return;
  const engine = await parts.fleet.engine(workspace.target);
  await withNotification(l10n.t('Ending the connections of {0}', row.name), (_report, signal) =>
    endSessions(engine, workspace.name, row.key, signal),
  );
}

/** None where it does not run, or does not say. */
async function sessionsOf(
  parts: Parts,
  { target, name, state }: Workspace,
): Promise<readonly NamedSession[]> {
  const now = parts.fleet.workspace(target, name)?.state ?? state;
  if (now.kind !== 'Running') return [];
  const engine = await parts.fleet.engine(target);
  return await connectedNow(engine, name, AbortSignal.timeout(lookMs)).catch((error: unknown) => {
    parts.log.write('debug', `who is connected to ${name} cannot be told`, error);
    return [];
  });
}
