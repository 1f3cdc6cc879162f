/** Apps and ports of a workspace in the browser or in a tab of the editor, through a forward. */
import { setTimeout } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { recordFolder } from '../boot/bootFiles.ts';
import type { Engine } from '../engine/engine.ts';
import { type Door, doorsOf } from '../views/doors.ts';
import { PortArgument } from '../views/nodes.ts';
import { type Choice, pick } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { openInTab } from '../vscode/tab.ts';
import { signInTo } from '../workspace/appSignIn.ts';
import { BerthError } from '../workspace/error.ts';
import type { App } from '../workspace/settings.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { chooseWorkspace } from './choose.ts';
import { ensureRunning, isConnectable } from './connect.ts';
import { ensureEntry } from './entry.ts';
import type { Commands, Parts } from './parts.ts';

/** How long an app may take until it answers. */
const readyWaitMs = 60_000;
const readyStepMs = 300;

export function appCommands(parts: Parts): Commands {
  return {
    openApp: async (...args) => {
      await openApp(parts, args, l10n.t('Open an App in the Browser'), inBrowser);
    },
    openAppInTab: async (...args) => {
      const show: Show = async address => {
        if (!(await openInTab(address))) await inBrowser(address);
      };
      await openApp(parts, args, l10n.t('Open an App in an Editor Tab'), show);
    },
  };
}

type Show = (address: vscode.Uri) => Promise<void>;

async function inBrowser(address: vscode.Uri): Promise<void> {
  await vscode.env.openExternal(address);
}

async function openApp(parts: Parts, args: readonly unknown[], title: string, show: Show): Promise<void> {
  const workspace = await chooseWorkspace(parts, args, title, hasDoors);
  if (!workspace) return;
  const wanted = PortArgument.safeParse(args[0]).data?.port.port;
  const door = await chooseDoor(workspace, wanted, title);
  if (!door || !(await ensureRunning(parts, workspace))) return;
  await openDoor(parts, workspace, door, show);
}

/** A port that is opened from elsewhere, known to the settings or not. */
export async function openPort(parts: Parts, workspace: Workspace, number: number): Promise<void> {
  const door = doorsOf(workspace).find(({ port }) => port.port === number);
  await openDoor(
    parts,
    workspace,
    door ?? { port: { port: number, label: '', protocol: 'http' }, app: undefined },
    inBrowser,
  );
}

function hasDoors(workspace: Workspace): boolean {
  return isConnectable(workspace) && doorsOf(workspace).length > 0;
}

async function chooseDoor(
  workspace: Workspace,
  wanted: number | undefined,
  title: string,
): Promise<Door | undefined> {
  const doors = doorsOf(workspace);
  if (wanted !== undefined) return doors.find(({ port }) => port.port === wanted);
  if (doors.length === 0) {
    throw new BerthError(l10n.t('{0} has no apps and no ports', workspace.name), {
      code: 'not-found',
      action: { label: l10n.t('Edit'), command: 'berth.edit', args: [ref(workspace)] },
    });
  }
  if (doors.length === 1) return doors[0];
  return await pick(
    doors.map(
      (door): Choice<Door> => ({
        label: door.app?.label || door.app?.id || door.port.label || l10n.t('Port {0}', door.port.port),
        description: String(door.port.port),
        value: door,
      }),
    ),
    title,
  );
}

async function openDoor(parts: Parts, workspace: Workspace, { port, app }: Door, show: Show): Promise<void> {
  const engine = await parts.fleet.engine(workspace.target);
  if (!(await ensureEntry(parts, engine, workspace))) return;
  const title = l10n.t('Opening {0}', app?.label || app?.id || port.label || l10n.t('port {0}', port.port));
  const signIn = signInTo((await engine.record(workspace.name)).settings, { app, port: port.port });
  const address = await withNotification(title, async (_report, signal) => {
    if (app?.start === 'open') await startApp(engine, workspace, app, signal);
    await parts.upkeep.filesReady(workspace.target);
    if (port.protocol === 'https') {
      const basic = signIn && 'basic' in signIn ? signIn.basic : undefined;
      const gateway = await parts.forwards.openTls(ref(workspace), port.port, basic, signal);
      await answers(path => gateway.status(path), app, signal);
      return gateway.entrance();
    }
    const local = await parts.forwards.open(ref(workspace), port.port, signal);
    if (port.protocol === 'tcp') return `127.0.0.1:${local}`;
    await answers(path => statusOf(`http://127.0.0.1:${local}${path}`), app, signal);
    return `http://127.0.0.1:${local}/${signIn && 'query' in signIn ? `?${signIn.query}` : ''}`;
  });
  if (port.protocol === 'tcp') {
    await vscode.env.clipboard.writeText(address);
    void showMessage(
      'information',
      l10n.t('Port {0} of {1} is at {2} (copied)', port.port, workspace.name, address),
    );
    return;
  }
  if (signIn && 'password' in signIn) {
    await vscode.env.clipboard.writeText(signIn.password);
    void showMessage(
      'information',
      l10n.t(
        'Sign in to {0} as the user with the number 1000 (rstudio in the usual images): the password is copied',
        app?.label || port.label,
      ),
    );
  }
  await show(await vscode.env.asExternalUri(vscode.Uri.parse(address)));
}

async function startApp(engine: Engine, workspace: Workspace, app: App, signal: AbortSignal): Promise<void> {
  const boot = ['/bin/sh', `${recordFolder}/boot.sh`, 'app-start', app.id];
  const { exitCode, stderr, stdout } = await engine.exec(workspace.name, boot, { user: 'root', signal });
  if (exitCode === 0) return;
  const said = (stderr || stdout).trim().split('\n').at(-1) ?? '';
  throw new BerthError(l10n.t('{0} did not start in {1}: {2}', app.label || app.id, workspace.name, said), {
    action: { label: l10n.t('Show Page'), command: 'berth.showPage', args: [ref(workspace)] },
  });
}

/** Waits until the app answers at all; below 400 where it has a ready path. */
async function answers(
  ask: (path: string) => Promise<number | undefined>,
  app: App | undefined,
  signal: AbortSignal,
): Promise<void> {
  const path = app?.readyPath || '/';
  const until = performance.now() + readyWaitMs;
  for (;;) {
    signal.throwIfAborted();
    const status = await ask(path);
    if (status !== undefined && (!app?.readyPath || status < 400)) return;
    if (performance.now() > until) {
      throw new BerthError(l10n.t('Nothing answers there after {0} s', readyWaitMs / 1000), {
        code: 'unreachable',
      });
    }
    await setTimeout(readyStepMs, undefined, { signal });
  }
}

/** Undefined where nothing answers. */
async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(3_000) });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

function ref({ target, name }: Workspace) {
  return { target, name };
}
