/** Why a registry did not give what was asked of it, in words that complete 'Cannot …: '. */
import * as l10n from '@vscode/l10n';
import { BerthError, type ErrorCode, isBerthError } from '../workspace/error.ts';

/** Inside the client; its callers get a BerthError that says what was tried, too. */
export class RegistryProblem extends Error {
  override readonly name = 'RegistryProblem';
  readonly code: ErrorCode;

  constructor(why: string, code: ErrorCode, cause?: unknown) {
    super(why, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Runs a step; whatever goes wrong comes out as a BerthError whose message `say` makes of the reason. */
export async function saying<T>(
  say: (why: string) => string,
  signal: AbortSignal,
  step: () => Promise<T>,
): Promise<T> {
  try {
    signal.throwIfAborted();
    return await step();
  } catch (error) {
    if (signal.aborted) {
      throw new BerthError(say(l10n.t('it was cancelled.')), { code: 'cancelled', cause: error });
    }
    if (isBerthError(error)) throw error;
    if (error instanceof RegistryProblem) {
      throw new BerthError(say(error.message), { code: error.code, cause: error.cause });
    }
    throw error;
  }
}

/** From the error code of Node's sockets and TLS to words; `host` is where it was. */
export function networkProblem(host: string, cause: unknown, proxy?: string): RegistryProblem {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const where = proxy === undefined ? host : l10n.t('{0} (through the proxy {1})', host, proxy);
  if (certificateProblems.test(code)) {
    return new RegistryProblem(
      l10n.t(
        'the certificate of {0} is not trusted ({1}). Add its CA to this machine, or put it as a .crt file into ~/.docker/certs.d/{0}/.',
        host,
        code,
      ),
      'unreachable',
      cause,
    );
  }
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return new RegistryProblem(
        l10n.t('{0} has no address. Is the name right, and the network up?', where),
        'unreachable',
        cause,
      );
    case 'ECONNREFUSED':
      return new RegistryProblem(
        l10n.t('nothing listens at {0}. Is the name right, and the registry up?', where),
        'unreachable',
        cause,
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return new RegistryProblem(
        l10n.t('the certificate that {0} shows is for another name.', host),
        'unreachable',
        cause,
      );
    case 'CERT_HAS_EXPIRED':
      return new RegistryProblem(
        l10n.t('the certificate of {0} has expired. Is the clock of this machine right?', host),
        'unreachable',
        cause,
      );
    case 'ECONNRESET':
    case 'EPIPE':
      return new RegistryProblem(l10n.t('{0} cut the connection. Try again.', where), 'unreachable', cause);
    default:
      break;
  }
  if (/ALERT.*(CERTIFICATE|UNKNOWN_CA)/.test(code)) {
    return new RegistryProblem(
      l10n.t(
        '{0} wants a client certificate, or does not take the one that it was shown. Put it as .cert and .key files into ~/.docker/certs.d/{0}/.',
        host,
      ),
      'unreachable',
      cause,
    );
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return new RegistryProblem(
      l10n.t(
        '{0} does not speak TLS as it should ({1}). If it is a plain HTTP registry, add it as one.',
        where,
        code,
      ),
      'unreachable',
      cause,
    );
  }
  return new RegistryProblem(
    l10n.t('{0} cannot be reached ({1}).', where, code || l10n.t('no answer')),
    'unreachable',
    cause,
  );
}

const certificateProblems =
  /^(UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE)|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_(UNTRUSTED|REJECTED|REVOKED|SIGNATURE_FAILURE|NOT_YET_VALID|CHAIN_TOO_LONG)|INVALID_(CA|PURPOSE))$/;

/** The cause of a refusal that only time, or another account, puts right. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequests';
}

/** Also one that came out of another bundle. */
export function isTooOften(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'TooManyRequests';
}

/** True where a CA that this machine does not know is all that is in the way. */
export function isUntrusted(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && certificateProblems.test(String(cause.code));
}

/** True where the peer does not speak TLS at all, or is not there: http may be tried at a registry on loopback. */
export function mayBePlain(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  if (cause.code === 'ECONNREFUSED') return true;
  // OpenSSL and BoringSSL on bytes that are no TLS record.
  return /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(
    `${cause.code} ${cause.message}`.toUpperCase().replaceAll(' ', '_'),
  );
}
