/** The one place where what an engine (or the way to it) throws becomes a BerthError. */
import * as l10n from '@vscode/l10n';
import { BerthError, type ErrorCode, isBerthError } from '../../workspace/error.ts';
import { type Fault, faultOf } from './faults.ts';
import { statusOf } from './inUse.ts';
import { isConnectionFailure } from './unreachable.ts';

/**
 * `what` says what was tried on which thing ('Cannot start “web”'); the reason is added to it. A BerthError stays as it
 * is.
 */
export function engineError(cause: unknown, what: string, signal?: AbortSignal): BerthError {
  // What breaks off because we closed the connection is no news of the engine.
  if (isBerthError(cause) && !(signal?.aborted && cause.code === 'unreachable')) return cause;
  if (signal?.aborted || isAbort(cause))
    return new BerthError(l10n.t('{0}: it was cancelled', what), { code: 'cancelled', cause });
  const words = wordsOf(cause);
  const fault = faultOf(words);
  return new BerthError(
    `${what}: ${fault?.words ?? (isConnectionFailure(cause) ? l10n.t('the connection to the engine broke off.') : words)}`,
    { code: fault?.code ?? codeOf(cause), cause },
  );
}

/** What the engine itself refused, or undefined: boot's words, and a state's, are another's and are in BerthErrors of their own. */
export function engineFault(error: unknown): Fault | undefined {
  if (isBerthError(error)) return error.cause === undefined ? undefined : engineFault(error.cause);
  return faultOf(wordsOf(error));
}

/** The engine's own words without the client's frame around them. */
export function wordsOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}

/** `action`'s result, or undefined where the engine says that the thing is not there. */
export async function unlessGone<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Podman has another number for what goes while it is looked at. */
function isGone(error: unknown): boolean {
  return statusOf(error) === 404 || (statusOf(error) === 500 && /no such container/i.test(wordsOf(error)));
}

/** Fine too where the engine says that it is so already (304), or in conflict with what goes on by itself (409). */
export async function unlessSettled(action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch (error) {
    const status = statusOf(error);
    if (status !== 304 && status !== 409 && !isGone(error)) throw error;
  }
}

/** Fine too where the container has ended by itself meanwhile, which engines have many words for. */
export async function unlessEnded(action: Promise<unknown>): Promise<void> {
  await unlessSettled(action).catch(error => {
    if (
      !/not running|only kill running|container state improper|is not paused|stopped state/i.test(
        wordsOf(error),
      )
    )
      throw error;
  });
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}

function codeOf(cause: unknown): ErrorCode {
  if (isConnectionFailure(cause)) return 'unreachable';
  switch (statusOf(cause)) {
    case 400:
      return 'invalid';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    default:
      return 'failed';
  }
}
