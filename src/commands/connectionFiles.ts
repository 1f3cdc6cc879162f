/** Telling others where a workspace is, by a small file; and taking such a file, which is checked before it is believed. */
import { open, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Engine } from '../engine/engine.ts';
import { openEngine } from '../engine/load.ts';
import { unlisted } from '../engine/targets.ts';
import {
  type ConnectionFile,
  connectionSuffix,
  formatConnection,
  mostConnectionBytes,
  parseConnection,
  type SharedEndpoint,
} from '../ssh/connectionFile.ts';
import { askModally } from '../vscode/ask.ts';
import { configuration } from '../vscode/configuration.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { type Workspace, workspaceAlias } from '../workspace/workspace.ts';
import { chooseTls } from './addTarget.ts';
import { chooseWorkspace } from './choose.ts';
import { engineHost } from './engineHost.ts';
import { importQuestion } from './loss.ts';
import { entryDecision } from './mayEnter.ts';
import type { Commands, Parts } from './parts.ts';
import { connectionTo, type Taker, takeConnection } from './takeConnection.ts';

export function connectionCommands(parts: Parts): Commands {
  return {
    exportConnection: async (...args) => {
      const title = l10n.t('Export a Connection File');
      const workspace = await chooseWorkspace(parts, args, title, ({ hostKey }) => hostKey !== undefined);
      if (workspace) await exportConnection(parts, workspace);
    },
    importConnection: () => importConnection(parts),
  };
}

/** Asks where to, and writes it. */
export async function exportConnection(parts: Parts, workspace: Workspace): Promise<void> {
  const target = parts.fleet.target(workspace.target)?.target;
  if (!target) return;
  const connection = await connectionTo(workspace, target, configuration.kubeconfig());
  const name = `${workspace.name}.${target.id}${connectionSuffix}`;
  const file = await vscode.window.showSaveDialog({
    title: l10n.t('Export a Connection File'),
    saveLabel: l10n.t('Export'),
    defaultUri: vscode.Uri.file(join(homedir(), name)),
    filters: { [l10n.t('Connection files')]: ['json'] },
  });
  if (!file) return;
  await writeFile(file.fsPath, formatConnection(connection));
  await showMessage(
    'information',
    l10n.t(
      'A colleague imports {0} with “Berth: Import a Connection File…”. It gives nobody access: add their key too.',
      basename(file.fsPath),
    ),
  );
}

async function importConnection(parts: Parts): Promise<void> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: l10n.t('Import a Connection File'),
      openLabel: l10n.t('Import'),
      filters: { [l10n.t('Connection files')]: ['json'] },
    })) ?? [];
  if (!file) return;
  const connection = parseConnection(await boundedText(file.fsPath), basename(file.fsPath));
  const target = await takeConnection(connection, takerOf(parts, connection));
  if (target === undefined) return;
  await parts.fleet.refresh(target);
  await parts.upkeep.follow(target);
  const workspace = parts.fleet.workspace(target, connection.workspace);
  if (workspace) await welcome(parts, workspace);
}

/** One byte more than it may have is enough to refuse it. */
async function boundedText(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(mostConnectionBytes + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

function takerOf(parts: Parts, connection: ConnectionFile): Taker {
  const { workspace, endpoint: shared } = connection;
  const look = (engine: Engine) =>
    withNotification(l10n.t('Looking for {0}', workspace), (_report, signal) =>
      engine.find(workspace, signal),
    );
  return {
    targets: parts.machine.targets,
    kubeconfig: configuration.kubeconfig(),
    chooseTls,
    mayAdd: async () => (await askModally(importQuestion(connection, endpointWords(shared)))) !== undefined,
    find: async at => {
      if ('known' in at) {
        await parts.fleet.load();
        return await look(await parts.fleet.engine(at.known));
      }
      using engine = await openEngine(
        unlisted(at.endpoint),
        await engineHost(parts.context, parts.log, parts.desk.access),
      );
      return await look(engine);
    },
  };
}

/** The place in one line, for the question whether to go there. */
function endpointWords(endpoint: SharedEndpoint): string {
  switch (endpoint.type) {
    case 'unix':
      return `unix://${endpoint.path}`;
    case 'npipe':
      return `npipe:${endpoint.path}`;
    case 'tcp':
      return endpoint.tls
        ? `tcp://${endpoint.host}:${endpoint.port} (TLS)`
        : l10n.t('tcp://{0}:{1} WITHOUT TLS', endpoint.host, endpoint.port);
    case 'ssh': {
      const user = endpoint.user === undefined ? '' : `${endpoint.user}@`;
      const port = endpoint.port === undefined ? '' : `:${endpoint.port}`;
      return `ssh://${user}${endpoint.host}${port}${endpoint.socket ?? ''}`;
    }
    case 'kubernetes':
      return l10n.t('{0}, namespace {1}', endpoint.server, endpoint.namespace);
  }
}

/** What comes next: going there, or asking to be let in. */
async function welcome(parts: Parts, workspace: Workspace): Promise<void> {
  const alias = workspaceAlias(workspace);
  const engine = await parts.fleet.engine(workspace.target);
  const [{ publicKey }, me, record] = await Promise.all([
    parts.machine.ssh.identity(),
    parts.me.ask(),
    engine.record(workspace.name).catch(() => undefined),
  ]);
  if (record && entryDecision(record, publicKey, me).kind === 'refuse') {
    const copy = l10n.t('Copy My Public Key');
    const words = l10n.t(
      '{0} is in the list. To enter it your key has to be added: send it to {1}.',
      alias,
      workspace.createdBy,
    );
    if ((await showMessage('information', words, copy)) === copy)
      await vscode.env.clipboard.writeText(publicKey);
    return;
  }
  const connect = l10n.t('Connect');
  const chosen = await showMessage('information', l10n.t('{0} is in the list.', alias), connect);
  if (chosen === connect) {
    await vscode.commands.executeCommand('berth.connect', { target: workspace.target, name: workspace.name });
  }
}
