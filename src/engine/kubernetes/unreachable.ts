/** Why an API server cannot be reached, in words with what to do. Pure, so that each failure is one line of a table. */
import * as l10n from '@vscode/l10n';
import { networkCodeOf } from '../networkCode.ts';

/** True for what says that the connection broke or never stood, as opposed to an answer of the server or an abort. */
export function isConnectionFailure(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (/^(ECONN|EPIPE$|EPROXY$|ETIMEDOUT$|EHOST|ENET|ENOTFOUND$|EAI_|HPE_|EPROTO$|ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_STREAM_PREMATURE_CLOSE$|ERR_OSSL)/.test(
      networkCodeOf(error),
    ) ||
      error.message === 'socket hang up' ||
      error.message === 'aborted')
  );
}

/** One or two sentences. */
export function reachProblem(error: Error): string {
  const code = networkCodeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return l10n.t('nothing listens at the cluster’s address. Is the cluster running?');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return l10n.t('there is no machine of the cluster’s name. Is the network (or the VPN) up?');
    case 'ETIMEDOUT':
      return l10n.t(
        'the cluster does not answer in time. Is it running, and is the network (or the VPN) up?',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return l10n.t('there is no way to the cluster. Is the network (or the VPN) up?');
    case 'EPROXY':
      return l10n.t(
        '{0}. The proxy comes from the kubeconfig (proxy-url) or from HTTPS_PROXY.',
        error.message,
      );
    case 'CERT_HAS_EXPIRED':
      return l10n.t('the certificate of the cluster has expired. It must be renewed there.');
    case 'CERT_NOT_YET_VALID':
      return l10n.t('the certificate of the cluster is not valid yet. Is the clock of this machine right?');
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return l10n.t(
        'the certificate of the cluster is not signed by the CA that the kubeconfig names. Was the cluster made anew? Then get a new kubeconfig.',
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return l10n.t(
        'the certificate of the cluster is made out to another name. The kubeconfig can name it (tls-server-name).',
      );
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return l10n.t('it does not speak TLS there. Is the port of the cluster’s address right?');
    default:
      if (/^HPE_/.test(code)) return l10n.t('what answers there does not speak HTTP.');
      if (/^ERR_SSL_.*ALERT/.test(code))
        return l10n.t('the cluster does not accept your client certificate.');
      if (/^ERR_(OSSL|SSL|TLS)/.test(code)) {
        return l10n.t('the certificates in the kubeconfig cannot be used ({0}).', code);
      }
      return l10n.t('the connection to the cluster broke off.');
  }
}
