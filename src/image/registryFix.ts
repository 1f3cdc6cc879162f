/** What a person can do about a registry that did not give what was asked of it. Pure. */
import * as l10n from '@vscode/l10n';
import { BerthError, type ErrorAction } from '../workspace/error.ts';
import { kindRules, type RegistryKind } from './registryKinds.ts';
import { isTooOften, isUntrusted } from './registryProblem.ts';

/** The same error with its fix: another login, the CA, or another try. */
export function withFix(
  error: BerthError,
  registry: string,
  kind: RegistryKind,
  repository?: string,
): BerthError {
  const { message, code, cause } = error;
  const command = kindRules[kind].loginCommand?.(registry);
  if (code === 'pull-refused' && command !== undefined && !isTooOften(cause)) {
    return new BerthError(l10n.t('{0} Its passwords expire. Run: {1}', message, command), {
      code,
      cause,
      action: {
        label: l10n.t('Copy the Command'),
        command: 'berth.copyReference',
        args: [{ text: command }],
      },
    });
  }
  return new BerthError(message, { code, cause, action: fixOf(error, registry, repository) });
}

function fixOf({ code, cause }: BerthError, registry: string, repository?: string): ErrorAction {
  if (code === 'pull-refused' && !isTooOften(cause)) {
    return { label: l10n.t('Log In…'), command: 'berth.loginRegistry', args: [{ registry }] };
  }
  if (isUntrusted(cause)) {
    return { label: l10n.t('How to Trust It…'), command: 'berth.trustRegistry', args: [{ registry }] };
  }
  const place = repository === undefined ? { registry } : { registry, repository };
  return { label: l10n.t('Try again'), command: 'berth.refreshRegistry', args: [place] };
}
