/** What goes wrong on the way between an engine and a registry, whichever way the image goes. Pure. */
import * as l10n from '@vscode/l10n';
import type { ErrorCode } from '../../workspace/error.ts';

/** From the words of Docker and Podman to what is to be done. */
export interface RegistryRule {
  readonly when: RegExp;
  readonly code: ErrorCode;
  readonly say: (registry: string) => string;
}

export const wayRules: readonly RegistryRule[] = [
  {
    when: /x509|certificate/i,
    code: 'unreachable',
    say: registry =>
      l10n.t('the engine does not trust the certificate of {0}. Add its CA to the engine.', registry),
  },
  {
    when: /server gave HTTP response to HTTPS client/i,
    code: 'unreachable',
    say: registry =>
      l10n.t(
        '{0} speaks plain HTTP. List it among the insecure registries of the engine, or give it a certificate.',
        registry,
      ),
  },
  {
    when: /connection refused|no such host|i\/o timeout|timeout exceeded|deadline exceeded|TLS handshake timeout|network is unreachable|no route to host|server misbehaving|connection reset|unexpected EOF|: EOF|proxyconnect|50[0234] (internal|bad|service|gateway)/i,
    code: 'unreachable',
    say: registry =>
      l10n.t('the engine cannot reach {0}. Is its network up, and is the name right?', registry),
  },
];
