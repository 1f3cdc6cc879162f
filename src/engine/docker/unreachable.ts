/** Why a Docker endpoint cannot be reached, in words with what to do. Pure, so that each failure is one line of a table. */
import * as l10n from '@vscode/l10n';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import { networkCodeOf } from '../networkCode.ts';
import type { DockerEndpoint } from '../target.ts';
import { formatEndpoint } from './endpoint.ts';

/** Turns any failure to open, or to keep, a connection into an 'unreachable' error; a BerthError stays as it is. */
export function unreachable(endpoint: DockerEndpoint, cause: unknown): BerthError {
  if (isBerthError(cause)) return cause;
  const where = formatEndpoint(endpoint);
  const why = tlsProblem(endpoint, cause) ?? networkProblem(endpoint, cause) ?? sentence(messageOf(cause));
  return new BerthError(l10n.t('Cannot reach {0}: {1}', where, why), { code: 'unreachable', cause });
}

/** True for what says that the connection broke, as opposed to an answer of the engine or an abort. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error) || 'statusCode' in error || error.name === 'AbortError') return false;
  const code = networkCodeOf(error);
  return (
    /^(ECONN|EPIPE$|ETIMEDOUT$|EHOST|ENET|HPE_|ERR_SSL|ERR_TLS|CERT_|ERR_STREAM_PREMATURE_CLOSE$)/.test(
      code,
    ) || error.message === 'socket hang up'
  );
}

function networkProblem(endpoint: DockerEndpoint, cause: unknown): string | undefined {
  const code = networkCodeOf(cause);
  if (/^HPE_/.test(code)) return l10n.t('what answers there is not Docker (it does not speak HTTP).');
  if (
    /^(ECONNRESET|ECONNABORTED|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/.test(code) ||
    messageOf(cause) === 'socket hang up'
  ) {
    return l10n.t('the connection broke off. Was the engine stopped?');
  }
  if (endpoint.type === 'unix' || endpoint.type === 'npipe') {
    switch (code) {
      case 'ENOENT':
        return l10n.t('there is no such socket. Is the engine installed and running?');
      case 'ECONNREFUSED':
        return l10n.t('the socket is there, but nothing listens on it. Start the engine.');
      case 'ENOTSOCK':
        return l10n.t('this is not a socket.');
      case 'EACCES':
      case 'EPERM':
        return endpoint.type === 'npipe' || !/docker/.test(endpoint.path)
          ? l10n.t('you may not use it. Ask who runs this engine for access.')
          : l10n.t(
              'you may not use it. Add yourself to the docker group (sudo usermod -aG docker $USER), then log out and in.',
            );
      default:
        return undefined;
    }
  }
  switch (code) {
    case 'ECONNREFUSED':
      return l10n.t('nothing listens there. Is the engine running, and does it listen on that port?');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return l10n.t('there is no machine of that name. Is the name right, and is the network up?');
    case 'ETIMEDOUT':
      return l10n.t('no answer in time. Is the machine up, and does a firewall let the port through?');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return l10n.t('there is no way to that machine. Is the network (or the VPN) up?');
    default:
      return undefined;
  }
}

function tlsProblem(endpoint: DockerEndpoint, cause: unknown): string | undefined {
  const code = networkCodeOf(cause);
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return l10n.t("the engine's certificate has expired. It must be renewed there.");
    case 'CERT_NOT_YET_VALID':
      return l10n.t("the engine's certificate is not valid yet. Is the clock of this machine right?");
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return l10n.t(
        "the engine's certificate is not trusted. Name the CA that signed it (ca.pem) for this target.",
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return l10n.t("the engine's certificate is made out to another name.");
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return l10n.t(
        'it does not speak TLS there. Take the certificates off this target, or use the TLS port (2376).',
      );
    case 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED':
    case 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE':
    case 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE':
      return l10n.t(
        'the engine asks for a client certificate. Name yours (cert.pem and key.pem) for this target.',
      );
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED':
    case 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED':
      return l10n.t('your client certificate has expired. It must be renewed.');
    default:
      if (
        !/^ERR_SSL_.*ALERT.*(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|ACCESS_DENIED|DECRYPT_ERROR)/.test(
          code,
        )
      ) {
        return undefined;
      }
      // Some servers call a certificate bad that was never shown.
      return endpoint.type === 'tcp' && endpoint.tls?.cert === undefined
        ? l10n.t(
            'the engine asks for a client certificate. Name yours (cert.pem and key.pem) for this target.',
          )
        : l10n.t('the engine does not accept your client certificate.');
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
