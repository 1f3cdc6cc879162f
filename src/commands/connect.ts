/** Into a workspace: a window on it, or a terminal in it. Everything that ssh needs is made sure of first. */
import { homedir } from 'node:os';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type Adopted, placeWords } from '../adopt/adopted.ts';
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
import type { TargetId } from '../workspace/name.ts';
import { isStartable } from '../workspace/state.ts';
import { type Workspace, workspaceAlias } from '../workspace/workspace.ts';
import { adoptedReady } from './adopted.ts';
import { chooseEnterable, type Enterable, isAdopted } from './chooseEnterable.ts';
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
      const chosen = await chooseEnterable(parts, args, l10n.t('Open a Terminal'), isConnectable);
      if (chosen) await openTerminal(parts, chosen);
    },
    copySshCommand: async (...args) => {
      const chosen = await chooseEnterable(parts, args, l10n.t('Copy the ssh Command'));
      if (!chosen) return;
      const command = await sshCommand(parts, chosen);
      await vscode.env.clipboard.writeText(command.join(' '));
      vscode.window.setStatusBarMessage(l10n.t('Copied: {0}', command.join(' ')), 4_000);
    },
  };
}

export function isConnectable({ state }: Workspace): boolean {
  return state.kind === 'Running' || state.kind === 'Initializing' || isStartable(state);
}

/** Opens a window on what `args` hand over, else on what the person picks. */
export async function connect(
  parts: Parts,
  args: readonly unknown[],
  { newWindow }: { readonly newWindow: boolean },
): Promise<void> {
  const chosen = await chooseEnterable(parts, args, l10n.t('Connect'), isConnectable);
  if (!chosen) return;
  if (!remoteSshExtension() && !(await offerRemoteSsh(parts, chosen))) return;
  const folder = await folderReady(parts, chosen);
  if (folder === undefined) return;
  const alias = workspaceAlias(chosen);
  await setRemotePlatform(alias);
  await offerPatience(parts);
  parts.log.write('info', `opening ${folder} of ${alias}`);
  await vscode.commands.executeCommand(
    'vscode.openFolder',
    vscode.Uri.from({ scheme: 'vscode-remote', authority: `ssh-remote+${alias}`, path: folder }),
    { forceNewWindow: newWindow },
  );
}

/** Makes it ready; the folder to open in it. Undefined: the person turned back. */
async function folderReady(parts: Parts, chosen: Enterable): Promise<string | undefined> {
  if (isAdopted(chosen)) {
    if (!(await makeAdoptedReady(parts, chosen))) return undefined;
    // Adopted anew, it may be another's home.
    return (parts.adoptions.find(chosen)?.adopted ?? chosen).home;
  }
  const engine = await makeReady(parts, chosen);
  const fresh = parts.fleet.workspace(chosen.target, chosen.name) ?? chosen;
  return engine && (await folderOf(engine, fresh));
}

async function makeAdoptedReady(parts: Parts, adopted: Adopted): Promise<boolean> {
  if (!(await adoptedReady(parts, adopted))) return false;
  await writeConfigs(parts, adopted.target);
  return true;
}

async function writeConfigs(parts: Parts, target: TargetId): Promise<void> {
  const include = await parts.upkeep.ready(target, remoteConfigFile(homedir()));
  if (typeof include === 'object') await showLineToPaste(include);
}

/** Runs it, lets this machine in, and leaves the ssh config as it must be. Undefined: the person turned back. */
async function makeReady(parts: Parts, workspace: Workspace): Promise<Engine | undefined> {
  const engine = await enterable(parts, workspace);
  if (engine) await writeConfigs(parts, workspace.target);
  return engine;
}

/** Runs it and lets this machine in; the files of ssh are left to the caller. Undefined: the person turned back. */
export async function enterable(parts: Parts, workspace: Workspace): Promise<Engine | undefined> {
  await refuseNamesake(parts, workspace);
  const engine = await parts.fleet.engine(workspace.target);
  await parts.machine.ssh.markWanted(workspaceAlias(workspace));
  if (!(await ensureRunning(parts, workspace))) return undefined;
  if (!(await ensureEntry(parts, engine, workspace))) return undefined;
  await handOver(parts, workspace);
  return engine;
}

/** Somebody else may make a workspace with the name that something has here already. */
async function refuseNamesake(parts: Parts, workspace: Workspace): Promise<void> {
  await parts.adoptions.load();
  const namesake = parts.adoptions.find(workspace);
  if (!namesake) return;
  throw new BerthError(
    l10n.t(
      '{0} is also what you called {1} when you adopted it, and ssh means that. Forget it to connect to the workspace.',
      workspace.name,
      placeWords(namesake.adopted.place),
    ),
    {
      code: 'conflict',
      action: {
        label: l10n.t('Forget'),
        command: 'berth.forgetAdopted',
        args: [{ kind: 'adopted', target: workspace.target, name: workspace.name }],
      },
    },
  );
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

async function openTerminal(parts: Parts, chosen: Enterable): Promise<void> {
  const options = await terminalIn(parts, chosen);
  if (options) vscode.window.createTerminal({ ...options, isTransient: true }).show();
}

/** A terminal in the workspace, which is up by then. Undefined: the person turned back. */
export async function terminalIn(
  parts: Parts,
  chosen: Enterable,
): Promise<vscode.TerminalOptions | undefined> {
  const isReady = await (isAdopted(chosen) ? makeAdoptedReady(parts, chosen) : makeReady(parts, chosen));
  if (!isReady) return undefined;
  const [shellPath = 'ssh', ...shellArgs] = await sshCommand(parts, chosen);
  return {
    name: chosen.name,
    shellPath,
    shellArgs,
    // In a remote window a folder of this machine keeps the terminal on this machine.
    cwd: vscode.Uri.file(homedir()),
    iconPath: new vscode.ThemeIcon('vm-running'),
  };
}

/** `ssh <alias>`, or with the config named where the person's own does not include it. */
async function sshCommand(parts: Parts, workspace: Enterable): Promise<readonly string[]> {
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
async function offerRemoteSsh(parts: Parts, workspace: Enterable): Promise<boolean> {
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
      await vscode.commands.executeCommand('berth.copySshCommand', argumentOf(workspace));
      return false;
    case 'terminal':
      await openTerminal(parts, workspace);
      return false;
    case 'install':
      await install(id);
      return remoteSshExtension() !== undefined;
  }
}

function argumentOf(chosen: Enterable) {
  const { target, name } = chosen;
  return isAdopted(chosen) ? { kind: 'adopted', target, name } : { target, name };
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
