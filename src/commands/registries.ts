/** The list of registries: adding one, which is asked at once, and removing one. */
import * as l10n from '@vscode/l10n';
import { parseRegistry } from '../image/reference.ts';
import type { Probe } from '../image/registries.ts';
import { withoutRegistry, withRegistry } from '../image/registryList.ts';
import { mayBePlain } from '../image/registryProblem.ts';
import { policyError, registryProblem } from '../policy/refusal.ts';
import { askModally, askText } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { isBerthError } from '../workspace/error.ts';
import { chooseRegistry } from './chooseRegistry.ts';
import { removeRegistryQuestion } from './loss.ts';
import type { Commands, Parts } from './parts.ts';
import { logIn } from './registryLogin.ts';

export function registryCommands(parts: Parts): Commands {
  return {
    addRegistry: () => addRegistry(parts),
    removeRegistry: async (...args) => {
      const host = await chooseRegistry(parts, args, l10n.t('Remove Registry'));
      if (host === undefined) return;
      const { settings, typedLogins, registries } = parts.desk;
      const user = (await typedLogins.credentials(host))?.username;
      if (!(await askModally(removeRegistryQuestion(host, user)))) return;
      await typedLogins.remove(host);
      await settings.write(setting => withoutRegistry(setting, host));
      registries.forget(host);
    },
  };
}

async function addRegistry(parts: Parts): Promise<void> {
  const typed = await askText({
    title: l10n.t('Add Registry'),
    prompt: l10n.t('The host of the registry, with its port where it has one'),
    placeHolder: 'ghcr.io',
    validateInput: text => (text.trim() === '' ? undefined : hostProblem(text)),
  });
  if (!typed?.trim()) return;
  const host = hostIn(typed);
  const refused = registryProblem(host, (await parts.policyDesk.look()).bounds);
  if (refused !== undefined) throw policyError(refused);
  const { registries, settings } = parts.desk;
  if (registries.entries().some(entry => entry.host === host)) {
    void showMessage('information', l10n.t('{0} is in the list already.', host));
    return;
  }
  const added = await asked(parts, host, false);
  if (!added) return;
  const { http, probe } = added;
  await settings.write(setting =>
    withRegistry(setting, { host, http, ...(probe?.kind && { kind: probe.kind }) }),
  );
  if (probe?.refusal) await logIn(parts, host);
}

interface Added {
  readonly http: boolean;
  /** Undefined: it could not be asked, and is wanted all the same. */
  readonly probe: Probe | undefined;
}

/** Plain HTTP only after TLS has failed and the person said so. */
async function asked(parts: Parts, host: string, http: boolean): Promise<Added | undefined> {
  const { registries, access } = parts.desk;
  try {
    const probe = await withNotification(l10n.t('Asking {0}', host), (_report, signal) =>
      registries.probe({ host, http }, access.credentials, signal),
    );
    return { http, probe };
  } catch (error) {
    if (!isBerthError(error) || error.code === 'cancelled') throw error;
    if (!http && mayBePlain(error.cause)) {
      const answer = await askModally({
        message: l10n.t('{0} does not answer over TLS. Ask it over plain HTTP?', host),
        detail: l10n.t(
          'Passwords and images would go over the network readable and changeable by anyone on the way. Engines take such a registry only where they are told to (insecure-registries).',
        ),
        buttons: [l10n.t('Use Plain HTTP')],
      });
      return answer ? await asked(parts, host, true) : undefined;
    }
    const answer = await askModally({
      message: error.message,
      detail: l10n.t('It can be added all the same, and asked again later.'),
      buttons: [l10n.t('Add Anyway')],
    });
    return answer ? { http, probe: undefined } : undefined;
  }
}

/** What people paste: with a scheme, a slash at the end. */
function hostIn(text: string): string {
  return parseRegistry(
    text
      .trim()
      .replace(/^https?:\/\//i, '')
      .replace(/\/(?:v2\/?)?$/, ''),
  );
}

function hostProblem(text: string): string | undefined {
  try {
    hostIn(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
