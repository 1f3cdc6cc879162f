/** Logging in to registries by typing, and out again; and what to do where a registry's certificate is not trusted. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { CredentialSource } from '../image/credentials.ts';
import type { Probe } from '../image/registries.ts';
import { kindRules } from '../image/registryKinds.ts';
import { askModally, askText } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { BerthError } from '../workspace/error.ts';
import { chooseRegistry } from './chooseRegistry.ts';
import type { Commands, Parts } from './parts.ts';

export function registryLoginCommands(parts: Parts): Commands {
  return {
    loginRegistry: async (...args) => {
      const host = await chooseRegistry(parts, args, l10n.t('Log In to a Registry'));
      if (host !== undefined) await logIn(parts, host);
    },
    logoutRegistry: async (...args) => {
      const host = await chooseRegistry(parts, args, l10n.t('Log Out of a Registry'));
      if (host !== undefined) await logOut(parts, host);
    },
    trustRegistry: async (...args) => {
      const host = await chooseRegistry(parts, args, l10n.t('Trust a Registry'));
      if (host !== undefined) await explainTrust(host);
    },
  };
}

/** Asks who it is, and keeps that only where the registry takes it. */
export async function logIn(parts: Parts, host: string): Promise<void> {
  const { commandLogins, typedLogins, registries } = parts.desk;
  if (await hasCommandLogin(parts, host, commandLogins)) return;
  const command = kindRules[registries.kindOf(host)].loginCommand?.(host);
  if (command !== undefined && !(await wantsToType(host, command))) return;
  const known = await typedLogins.credentials(host);
  const title = l10n.t('Log In to {0}', host);
  const username = await askText({
    title,
    prompt: l10n.t('User'),
    value: known?.username ?? '',
    validateInput: text => (text.includes(':') ? l10n.t('A user name has no colon.') : undefined),
  });
  if (!username) return;
  const password = await askText({
    title,
    prompt: l10n.t('Password of {0}, or an access token', username),
    password: true,
  });
  if (!password) return;
  const login = { username, password };
  const probe = await probeAs(parts, host, { credentials: async () => login });
  if (probe.refusal) {
    const { code, action } = probe.refusal;
    throw new BerthError(l10n.t('{0} refused the login of {1}. Nothing of it was kept.', host, username), {
      code,
      cause: probe.refusal,
      ...(action && { action }),
    });
  }
  await typedLogins.keep(host, login);
  changed(parts, host);
  void showMessage(
    'information',
    probe.hasAsked
      ? l10n.t('Logged in to {0} as {1}.', host, username)
      : l10n.t('The login to {0} is kept, but {0} did not ask for one: it could not be checked.', host),
  );
}

/** True where docker or podman know a login: it comes first, so that another one would be typed in vain. */
async function hasCommandLogin(parts: Parts, host: string, logins: CredentialSource): Promise<boolean> {
  // One that cannot be read is passed over when it comes to a pull, too.
  const login = await logins.credentials(host).catch(() => undefined);
  if (!login) return false;
  const { refusal } = await probeAs(parts, host, { credentials: async () => login });
  if (refusal) {
    throw new BerthError(
      l10n.t(
        '{0} refuses the login that docker or podman keep on this machine, which comes first. Log in there anew, or log out: docker logout {0}',
        host,
      ),
      {
        code: 'pull-refused',
        cause: refusal,
        action: {
          label: l10n.t('Copy the Command'),
          command: 'berth.copyReference',
          args: [{ text: `docker login ${host}` }],
        },
      },
    );
  }
  changed(parts, host);
  void showMessage(
    'information',
    l10n.t('You are logged in to {0} by docker or podman on this machine already.', host),
  );
  return true;
}

async function wantsToType(host: string, command: string): Promise<boolean> {
  const [copy, type] = [l10n.t('Copy the Command'), l10n.t('Type a Login')];
  const answer = await askModally({
    message: l10n.t('{0} is best logged in to by its own tool', host),
    detail: l10n.t(
      'Its passwords last for hours only. Run this in a terminal, and Berth uses the login as docker does:\n\n{0}',
      command,
    ),
    buttons: [copy, type],
  });
  if (answer === copy) await vscode.env.clipboard.writeText(command);
  return answer === type;
}

async function logOut(parts: Parts, host: string): Promise<void> {
  const { commandLogins, typedLogins } = parts.desk;
  await typedLogins.remove(host);
  changed(parts, host);
  const other = await commandLogins.credentials(host).catch(() => undefined);
  void showMessage(
    'information',
    other
      ? l10n.t('docker or podman still keep a login to {0} on this machine: docker logout {0}', host)
      : l10n.t('Logged out of {0}.', host),
  );
}

async function explainTrust(host: string): Promise<void> {
  const folder = join(process.env.DOCKER_CONFIG || join(homedir(), '.docker'), 'certs.d', host);
  const [open, again] = [l10n.t('Open the Folder'), l10n.t('Try Again')];
  const answer = await askModally({
    message: l10n.t('The certificate of {0} is not trusted', host),
    detail: l10n.t(
      'Put the CA that signed it (PEM, a name that ends in .crt) into this folder, or among the CAs of this machine:\n\n{0}\n\nThe engine or cluster that pulls from it needs the CA as well: for Docker, in /etc/docker/certs.d/{1}/ on its machine.',
      folder,
      host,
    ),
    buttons: [open, again],
  });
  if (answer === again) await vscode.commands.executeCommand('berth.refreshRegistry', { registry: host });
  if (answer !== open) return;
  const uri = vscode.Uri.file(folder);
  await vscode.workspace.fs.createDirectory(uri);
  await vscode.commands.executeCommand('revealFileInOS', uri);
}

async function probeAs(parts: Parts, host: string, credentials: CredentialSource): Promise<Probe> {
  const { registries } = parts.desk;
  const http = registries.entries().find(entry => entry.host === host)?.http ?? false;
  return await withNotification(l10n.t('Logging in to {0}', host), (_report, signal) =>
    registries.probe({ host, http }, credentials, signal),
  );
}

function changed(parts: Parts, host: string): void {
  parts.desk.registries.forget(host);
  parts.imagesTree.redraw();
}
