/** The one place where what an API server (or the way to it) throws becomes a BerthError. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { BerthError, type ErrorCode, isBerthError } from '../../workspace/error.ts';
import { faultOf } from './faults.ts';
import { isKubeStatus, type KubeStatusError, parseStatus, statusError } from './status.ts';
import { isConnectionFailure, reachProblem } from './unreachable.ts';
import type { UpgradeRefused } from './webSocket.ts';

/**
 * `what` says what was tried on which thing ('Cannot start “web”'); the reason is added to it. A BerthError stays as it
 * is.
 */
export function kubeError(cause: unknown, what: string, signal?: AbortSignal): BerthError {
  // What breaks off because we closed the connection is no news of the cluster.
  if (isBerthError(cause) && !(signal?.aborted && cause.code === 'unreachable')) return cause;
  if (signal?.aborted || isAbort(cause)) {
    return new BerthError(l10n.t('{0}: it was cancelled', what), { code: 'cancelled', cause });
  }
  const fault = isKubeStatus(cause) ? faultOf(cause) : undefined;
  return new BerthError(`${what}: ${fault?.words ?? wordsOf(cause)}`, {
    code: fault?.code ?? codeOf(cause),
    cause,
  });
}

/** What was answered where a WebSocket was asked for: the server's own refusal, or one of WebSockets as such. */
export function upgradeError(refused: UpgradeRefused): KubeStatusError | BerthError {
  const { status, body } = refused;
  const said = parseStatus(body);
  const isAboutUpgrade =
    status < 400 || status === 426 || /upgrade request required|unable to upgrade: |websocket/i.test(body);
  if (status >= 400 && !isAboutUpgrade && (said || status >= 500 || status === 401 || status === 403)) {
    return statusError(status, body);
  }
  return new BerthError(
    l10n.t(
      'The cluster refuses WebSockets, which Berth needs for connections into workspaces. Kubernetes takes them from 1.31 on; a proxy or load balancer before it must let “Upgrade: websocket” through. (It answered {0}.)',
      `HTTP ${status}${said?.message ? `: ${said.message}` : ''}`,
    ),
    { code: 'unsupported', cause: refused },
  );
}

function wordsOf(cause: unknown): string {
  if (cause instanceof z.ZodError || cause instanceof SyntaxError) {
    return l10n.t('the answer was not as Kubernetes gives it. Is the address that of an API server?');
  }
  if (isConnectionFailure(cause)) return reachProblem(cause);
  return cause instanceof Error ? cause.message : String(cause);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function codeOf(cause: unknown): ErrorCode {
  if (isConnectionFailure(cause)) return 'unreachable';
  if (!isKubeStatus(cause)) return 'failed';
  switch (cause.code) {
    case 400:
    case 422:
      return 'invalid';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    case 503:
    case 504:
      return 'unreachable';
    default:
      return 'failed';
  }
}
