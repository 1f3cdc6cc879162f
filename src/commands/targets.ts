/** The places to run workspaces: adding, removing, asking again, and the ssh config that comes of them. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { openEngine } from '../engine/load.ts';
import type { DockerTarget } from '../engine/target.ts';
import { parseEndpoint } from '../engine/targets.ts';
import { TargetArgument } from '../views/nodes.ts';
import { askModally, pick } from '../vscode/ask.ts';
import { withNotification } from '../vscode/progress.ts';
import { isBerthError } from '../workspace/error.ts';
import { TargetId } from '../workspace/name.ts';
import { chooseTarget } from './choose.ts';
import { engineHost } from './engineHost.ts';
import { removeTargetQuestion } from './loss.ts';
import type { Machine } from './machine.ts';
import type { Commands, Parts } from './parts.ts';

type Tls = NonNullable<Parameters<Machine['targets']['add']>[0]['tls']>;

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

async function addTarget(parts: Parts): Promise<void> {
  const address = await vscode.window.showInputBox({
    title: l10n.t('Add Target'),
    prompt: l10n.t('The address of a Docker or Podman engine'),
    placeHolder: 'ssh://me@build-box, unix:///run/podman/podman.sock, tcp://10.0.0.5:2376',
    ignoreFocusOut: true,
    validateInput: text => {
      try {
        if (text.trim() !== '') parseEndpoint(text);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
  if (!address?.trim()) return;
  const tls = /^tcp:/i.test(address.trim()) ? await chooseTls() : 'none';
  if (tls === undefined) return;
  const files = tls === 'none' ? undefined : tls;
  const endpoint = parseEndpoint(address, files);
  const title = await vscode.window.showInputBox({
    title: l10n.t('Add Target'),
    prompt: l10n.t('What to call it in the tree'),
    value: endpoint.type === 'tcp' || endpoint.type === 'ssh' ? endpoint.host : '',
    placeHolder: l10n.t('A name of your own'),
    ignoreFocusOut: true,
  });
  if (title === undefined) return;
  if (!(await answersOrAnyway(parts, { address, endpoint }))) return;
  const target = await parts.machine.targets.add({
    address,
    ...(title.trim() && { title }),
    ...(files && { tls: files }),
  });
  await parts.fleet.refresh(target.id);
}

/** Asks the engine once; where it does not answer the person may add it all the same. */
async function answersOrAnyway(
  parts: Parts,
  { address, endpoint }: { readonly address: string; readonly endpoint: DockerTarget['endpoint'] },
): Promise<boolean> {
  const target: DockerTarget = {
    kind: 'docker',
    id: TargetId.parse('probe'),
    title: address,
    endpoint,
    origin: 'probe',
  };
  try {
    await withNotification(l10n.t('Asking {0}', address), async (_report, signal) => {
      using engine = await openEngine(target, await engineHost(parts.context, parts.log));
      await engine.probe(signal);
    });
    return true;
  } catch (error) {
    if (error instanceof vscode.CancellationError) return false;
    parts.log.write('warn', `${address} did not answer`, error);
    const anyway = l10n.t('Add Anyway');
    const chosen = await askModally({
      message: l10n.t('{0} does not answer', address),
      detail: isBerthError(error) || error instanceof Error ? error.message : String(error),
      buttons: [anyway],
    });
    return chosen === anyway;
  }
}

async function chooseTls(): Promise<Tls | 'none' | undefined> {
  const usual = join(homedir(), '.docker');
  const choice = await pick(
    [
      {
        label: l10n.t('TLS, with the certificates in {0}', usual),
        detail: 'ca.pem, cert.pem, key.pem',
        value: 'usual' as const,
      },
      { label: l10n.t('TLS, with certificates in another folder…'), value: 'other' as const },
      {
        label: l10n.t('No TLS'),
        detail: l10n.t('Whoever reaches the port owns the machine: only for loopback or a closed network'),
        value: 'none' as const,
      },
    ],
    l10n.t('Add Target: TLS'),
  );
  if (choice === undefined || choice === 'none') return choice;
  if (choice === 'usual') return tlsFiles(usual);
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: l10n.t('Use These Certificates'),
    })) ?? [];
  return folder && tlsFiles(folder.fsPath);
}

function tlsFiles(folder: string): Tls {
  return {
    ca: join(folder, 'ca.pem'),
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
    verify: true,
  };
}
