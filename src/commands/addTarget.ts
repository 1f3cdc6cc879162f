/** Adding a target: which kind, where it is, what to call it, and whether it answers. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { openEngine } from '../engine/load.ts';
import { type Endpoint, parseEndpoint, type TlsFiles, titleOf, unlisted } from '../engine/targets.ts';
import { askModally, askText, pick } from '../vscode/ask.ts';
import { withNotification } from '../vscode/progress.ts';
import { isBerthError } from '../workspace/error.ts';
import { chooseCluster } from './chooseCluster.ts';
import { engineHost } from './engineHost.ts';
import type { Parts } from './parts.ts';

export async function addTarget(parts: Parts): Promise<void> {
  const kind = await pick(
    [
      {
        label: l10n.t('$(server) Docker or Podman Engine…'),
        detail: l10n.t('By its address: a socket, ssh:// or tcp://'),
        value: 'docker' as const,
      },
      {
        label: l10n.t('$(layers) Kubernetes Context…'),
        detail: l10n.t('A namespace of a cluster, from your kubeconfig'),
        value: 'kubernetes' as const,
      },
    ],
    l10n.t('Add Target'),
  );
  if (kind === undefined) return;
  const endpoint = kind === 'docker' ? await typeAddress() : await chooseCluster(parts);
  if (!endpoint) return;
  const title = await askText({
    title: l10n.t('Add Target'),
    prompt: l10n.t('What to call it in the tree'),
    value: titleOf(endpoint),
    placeHolder: l10n.t('A name of your own'),
  });
  if (title === undefined || !(await answersOrAnyway(parts, endpoint))) return;
  const target = await parts.machine.targets.add({ endpoint, ...(title.trim() && { title }) });
  await parts.fleet.refresh(target.id);
}

async function typeAddress(): Promise<Endpoint | undefined> {
  const address = await askText({
    title: l10n.t('Add Target'),
    prompt: l10n.t('The address of a Docker or Podman engine'),
    placeHolder: 'ssh://me@build-box, unix:///run/podman/podman.sock, tcp://10.0.0.5:2376',
    validateInput: text => {
      try {
        if (text.trim() !== '') parseEndpoint(text);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
  if (!address?.trim()) return undefined;
  const tls = /^tcp:/i.test(address.trim()) ? await chooseTls() : 'none';
  return tls && parseEndpoint(address, tls === 'none' ? undefined : tls);
}

/** Asks the engine once; where it does not answer the person may add it all the same. */
async function answersOrAnyway(parts: Parts, endpoint: Endpoint): Promise<boolean> {
  const target = unlisted(endpoint);
  try {
    await withNotification(l10n.t('Asking {0}', target.title), async (_report, signal) => {
      using engine = await openEngine(target, await engineHost(parts.context, parts.log, parts.desk.access));
      await engine.probe(signal);
    });
    return true;
  } catch (error) {
    if (error instanceof vscode.CancellationError) return false;
    parts.log.write('warn', `${target.title} did not answer`, error);
    const anyway = l10n.t('Add Anyway');
    const chosen = await askModally({
      message: l10n.t('{0} does not answer', target.title),
      detail: isBerthError(error) || error instanceof Error ? error.message : String(error),
      buttons: [anyway],
    });
    return chosen === anyway;
  }
}

/** Which certificates this machine shows itself with; undefined when the person left. */
export async function chooseTls(): Promise<TlsFiles | 'none' | undefined> {
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

function tlsFiles(folder: string): TlsFiles {
  return {
    ca: join(folder, 'ca.pem'),
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
    verify: true,
  };
}
