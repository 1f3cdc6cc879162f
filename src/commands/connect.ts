/** Into a workspace: a window on it, or a terminal in it. Everything that ssh needs is made sure of first. */
import { homedir } from 'node:os';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { repositoryFolder } from '../boot/gitConfig.ts';
import type { Engine } from '../engine/engine.ts';
import { askModally, pick } from '../vscode/ask.ts';
import { showActivity, withNotification } from '../vscode/progress.ts';
import {
  connectTimeout,
  raiseConnectTimeout,
  remoteConfigFile,
  remoteSshExtension,
  remoteSshToInstall,
  setRemotePlatform,
} from '../vscode/remoteSupport.ts';
import { BerthError } from '../workspace/error.ts';
import { isStartable } from '../workspace/state.ts';
import { type Workspace, workspaceAlias } from '../workspace/workspace.ts';
import { chooseWorkspace } from './choose.ts';
import { ensureEntry } from './entry.ts';
import { beginStart } from './imageUpdates.ts';
import type { Commands, Parts } from './parts.ts';

/** Long enough for a start with a pull that is nearly done; Remote-SSH's own default is 15. */
const patientSeconds = 120;
/** The look for the repository's folder must not hold up a connection. */
const folderLookMs = 2_000;

export function connectCommands(parts: Parts): Commands {
  return {
    connect: (...args) => connect(parts, args, { newWindow: false }),
    connectNewWindow: (...args) => connect(parts, args, { newWindow: true }),
    openTerminal: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Open a Terminal'), isConnectable);
      if (workspace) await openTerminal(parts, workspace);
    },
    copySshCommand: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Copy the ssh Command'));
      if (!workspace) return;
      const command = await sshCommand(parts, workspace);
      await vscode.env.clipboard.writeText(command.join(' '));
      vscode.window.setStatusBarMessage(l10n.t('Copied: {0}', command.join(' ')), 4_000);
    },
  };
}

export function isConnectable({ state }: Workspace): boolean {
  return state.kind === 'Running' || state.kind === 'Initializing' || isStartable(state);
}

async function connect(
  parts: Parts,
  args: readonly unknown[],
  { newWindow }: { readonly newWindow: boolean },
): Promise<void> {
  const workspace = await chooseWorkspace(parts, args, l10n.t('Connect'), isConnectable);
  if (!workspace) return;
  if (!remoteSshExtension() && !(await offerRemoteSsh(parts, workspace))) return;
  const engine = await makeReady(parts, workspace);
  if (!engine) return;
  const alias = workspaceAlias(workspace);
  await setRemotePlatform(alias);
  await offerPatience(parts);
  const fresh = parts.fleet.workspace(workspace.target, workspace.name) ?? workspace;
  const folder = await folderOf(engine, fresh);
  parts.log.write('info', `opening ${folder} of ${alias}`);
  await vscode.commands.executeCommand(
    'vscode.openFolder',
    vscode.Uri.from({ scheme: 'vscode-remote', authority: `ssh-remote+${alias}`, path: folder }),
    { forceNewWindow: newWindow },
  );
}

/** Runs it, lets this machine in, and leaves the ssh config as it must be. Undefined: the person turned back. */
async function makeReady(parts: Parts, workspace: Workspace): Promise<Engine | undefined> {
  const engine = await enterable(parts, workspace);
  if (!engine) return undefined;
  const include = await parts.upkeep.ready(workspace.target, remoteConfigFile(homedir()));
  if (typeof include === 'object') await showLineToPaste(include);
  return engine;
}

/** Runs it and lets this machine in; the files of ssh are left to the caller. Undefined: the person turned back. */
export async function enterable(parts: Parts, workspace: Workspace): Promise<Engine | undefined> {
  const engine = await parts.fleet.engine(workspace.target);
  await parts.machine.ssh.markWanted(workspaceAlias(workspace));
  if (!(await ensureRunning(parts, workspace))) return undefined;
  if (!(await ensureEntry(parts, engine, workspace))) return undefined;
  await handOver(parts, workspace);
  return engine;
}

/** What the catalogue's entry of the workspace runs when a person takes it over; most have nothing of the kind. */
async function handOver(parts: Parts, { target, name, settings }: Workspace): Promise<void> {
  if (!settings?.overrides?.assign && !settings?.overrides?.firstLaunch) return;
  await withNotification(l10n.t('Preparing {0}', name), (report, signal) =>
    parts.operations.handOver(
      { target, name },
      progress => {
        report(progress);
        if (progress.kind === 'output') parts.log.write('info', `${name}: ${progress.text.trimEnd()}`);
      },
      signal,
    ),
  );
}

/** True once it runs. A start that somebody else began is waited for: the engine's own start joins it. */
export async function ensureRunning(parts: Parts, workspace: Workspace): Promise<boolean> {
  const now = parts.fleet.workspace(workspace.target, workspace.name) ?? workspace;
  if (now.state.kind === 'Running') return true;
  const busy = parts.activities.of(workspace.target, workspace.name);
  const activity = busy?.state === 'running' ? busy : beginStart(parts, now);
  await showActivity(activity);
  if (activity.state === 'cancelled') return false;
  await activity.succeeded();
  return true;
}

async function openTerminal(parts: Parts, workspace: Workspace): Promise<void> {
  const options = await terminalIn(parts, workspace);
  if (options) vscode.window.createTerminal({ ...options, isTransient: true }).show();
}

/** A terminal in the workspace, which is up by then. Undefined: the person turned back. */
export async function terminalIn(
  parts: Parts,
  workspace: Workspace,
): Promise<vscode.TerminalOptions | undefined> {
  if (!(await makeReady(parts, workspace))) return undefined;
  const [shellPath = 'ssh', ...shellArgs] = await sshCommand(parts, workspace);
  return {
    name: workspace.name,
    shellPath,
    shellArgs,
    // In a remote window a folder of this machine keeps the terminal on this machine.
    cwd: vscode.Uri.file(homedir()),
    iconPath: new vscode.ThemeIcon('vm-running'),
  };
}

/** `ssh <alias>`, or with the config named where the person's own does not include it. */
async function sshCommand(parts: Parts, workspace: Workspace): Promise<readonly string[]> {
  const { ssh } = parts.machine;
  const include = await parts.upkeep.ready(workspace.target, undefined);
  const alias = workspaceAlias(workspace);
  const isUsual = typeof include === 'string' && !process.env.BERTH_SSH_DIR;
  return isUsual ? ['ssh', alias] : ['ssh', '-F', ssh.folder.config(workspace.target), alias];
}

/** The repository's folder where it has been cloned, else the home. */
async function folderOf(engine: Engine, workspace: Workspace): Promise<string> {
  const home = workspace.login?.home ?? workspace.settings?.home ?? '/';
  const repository = workspace.settings?.repository;
  if (!repository) return home;
  const folder = `${home}/${repositoryFolder(repository)}`;
  try {
    const { exitCode } = await engine.exec(workspace.name, ['test', '-d', folder], {
      signal: AbortSignal.timeout(folderLookMs),
    });
    return exitCode === 0 ? folder : home;
  } catch {
    // Not there yet, or too slow to tell: the home always works.
    return home;
  }
}

/** True: try all the same. */
async function offerRemoteSsh(parts: Parts, workspace: Workspace): Promise<boolean> {
  const id = remoteSshToInstall();
  const choice = await pick(
    [
      {
        label: l10n.t('$(cloud-download) Install {0}', id),
        detail: l10n.t('The extension that opens folders over ssh in this editor'),
        value: 'install' as const,
      },
      {
        label: l10n.t('$(terminal) Open a Terminal'),
        detail: l10n.t('Over ssh, in this window'),
        value: 'terminal' as const,
      },
      {
        label: l10n.t('$(copy) Copy the ssh Command'),
        detail: `ssh ${workspaceAlias(workspace)}`,
        value: 'copy' as const,
      },
      {
        label: l10n.t('$(remote) Connect Anyway'),
        detail: l10n.t('This editor has its own way to open folders over ssh'),
        value: 'anyway' as const,
      },
    ],
    l10n.t('No extension that opens folders over ssh was found'),
    l10n.t('How do you want to get into {0}?', workspace.name),
  );
  switch (choice) {
    case undefined:
      return false;
    case 'anyway':
      return true;
    case 'copy':
      await vscode.commands.executeCommand('berth.copySshCommand', workspace);
      return false;
    case 'terminal':
      await openTerminal(parts, workspace);
      return false;
    case 'install':
      await install(id);
      return remoteSshExtension() !== undefined;
  }
}

async function install(id: string): Promise<void> {
  try {
    await vscode.commands.executeCommand('workbench.extensions.installExtension', id);
  } catch (cause) {
    throw new BerthError(l10n.t('{0} could not be installed', id), {
      cause,
      action: {
        label: l10n.t('Show Extensions'),
        command: 'workbench.extensions.search',
        args: ['@category:"other" remote ssh'],
      },
    });
  }
}

/** Once: a workspace that is off takes longer to answer than Remote-SSH waits. */
async function offerPatience(parts: Parts): Promise<void> {
  const timeout = connectTimeout();
  if (timeout === undefined || timeout >= patientSeconds / 2) return;
  if (!(await parts.personal.firstTime('connectTimeout'))) return;
  const raise = l10n.t('Raise to {0} s', patientSeconds);
  // Modal: the window may be another one in a moment, and a notification that nobody answers would hold it up.
  const chosen = await askModally({
    message: l10n.t('Remote - SSH gives up after {0} seconds', timeout),
    detail: l10n.t('Reopening a workspace that is off takes longer, because it is started first.'),
    buttons: [raise],
  });
  if (chosen === raise) await raiseConnectTimeout(patientSeconds);
}

async function showLineToPaste(include: { paste: string; file: string; reason: string }): Promise<void> {
  const copy = l10n.t('Copy the Line');
  const chosen = await askModally({
    message: l10n.t('Berth could not write {0}: {1}', include.file, include.reason),
    detail: l10n.t('Put this line at its very top, so that ssh knows your workspaces:\n\n{0}', include.paste),
    buttons: [copy],
  });
  if (chosen === copy) await vscode.env.clipboard.writeText(include.paste);
}
