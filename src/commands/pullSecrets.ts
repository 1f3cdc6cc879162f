/** Logins that a cluster keeps for its nodes to pull images with: made here from this machine's own or typed, chosen in the form. */
import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import type { PullSecretStore } from '../engine/engine.ts';
import { type PullSecretRequest, pullSecretProblem } from '../engine/pullSecret.ts';
import { keepsPullSecrets } from '../engine/target.ts';
import { passwordLogin } from '../image/loginFormats.ts';
import { parseRegistry } from '../image/reference.ts';
import { askText, pick } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { BerthError, isBerthError } from '../workspace/error.ts';
import { chooseTarget } from './choose.ts';
import type { Commands, Parts } from './parts.ts';

export function pullSecretCommands(parts: Parts): Commands {
  return { addPullSecret: (...args) => addPullSecret(parts, args) };
}

async function addPullSecret(parts: Parts, args: readonly unknown[]): Promise<void> {
  const chosen = await chooseTarget(parts, args, title(), ({ target }) => keepsPullSecrets(target));
  if (!chosen) return;
  const { pullSecrets } = await parts.fleet.engine(chosen.target.id);
  if (!pullSecrets) {
    throw new BerthError(
      l10n.t(
        '{0} keeps no logins for images: it is shown those of this machine. Log in with “docker login”.',
        chosen.target.title,
      ),
      { code: 'unsupported' },
    );
  }
  const name = await type('name', { prompt: l10n.t('What to call it in the cluster'), placeHolder: 'ghcr' });
  const registry =
    name && (await type('registry', { prompt: l10n.t('The registry'), placeHolder: 'ghcr.io' }));
  if (!name || !registry) return;
  const login = (await ownLogin(parts, registry.trim())) ?? (await typeLogin(registry));
  if (login && login !== 'left') await make(pullSecrets, { name, registry: registry.trim(), ...login });
}

type Login = Pick<PullSecretRequest, 'username' | 'password'>;

/** What this machine logs in with, where the person wants it handed to the cluster; undefined: another is to be typed. */
async function ownLogin({ desk }: Parts, registry: string): Promise<Login | 'left' | undefined> {
  const found = await desk.access.credentials.credentials(parseRegistry(registry)).catch(() => undefined);
  if (!found || 'registrytoken' in found) return undefined;
  let login: Login;
  try {
    login = passwordLogin(registry, found);
  } catch {
    // A token that a cluster has no use for.
    return undefined;
  }
  const choice = await pick(
    [
      { label: l10n.t('The login of {0}, as on this machine', login.username), value: 'own' as const },
      { label: l10n.t('Another login…'), value: 'other' as const },
    ],
    title(),
  );
  if (choice === undefined) return 'left';
  return choice === 'own' ? login : undefined;
}

async function typeLogin(registry: string): Promise<Login | undefined> {
  const username = await type('username', { prompt: l10n.t('Who logs in to {0}', registry) });
  const password =
    username &&
    (await type('password', { prompt: l10n.t('The password of {0}, or a token', username), password: true }));
  return username && password ? { username, password } : undefined;
}

/** A name that is taken is asked for again, what else was typed kept. */
async function make(store: PullSecretStore, request: PullSecretRequest): Promise<void> {
  const { name } = request;
  try {
    await withNotification(l10n.t('Adding the image pull secret {0}', name), (_report, signal) =>
      store.create(request, signal),
    );
  } catch (error) {
    if (!isBerthError(error, 'conflict')) throw error;
    const other = await type('name', { prompt: error.message, value: name });
    if (other) await make(store, { ...request, name: other });
    return;
  }
  void showMessage(
    'information',
    l10n.t('The image pull secret {0} is there: choose it in a workspace’s settings.', name),
  );
}

/** undefined where the person left. */
async function type(
  part: keyof PullSecretRequest,
  options: vscode.InputBoxOptions,
): Promise<string | undefined> {
  return await askText({
    title: title(),
    validateInput: text => (text === '' ? undefined : pullSecretProblem(part, text)),
    ...options,
  });
}

function title(): string {
  return l10n.t('Add Image Pull Secret');
}
