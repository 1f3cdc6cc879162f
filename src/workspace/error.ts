/** The one error that a person can act on, and what the person can do about it. */

/** A fix that a notification or an error node can offer: an editor command with its arguments. */
export interface ErrorAction {
  readonly label: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

/** What kind of failure it is, where a caller decides by it; never parsed out of the message. */
export type ErrorCode =
  | 'cancelled'
  | 'unreachable'
  | 'not-found'
  | 'conflict'
  | 'stale'
  | 'invalid'
  | 'no-space'
  | 'no-capacity'
  | 'pull-refused'
  | 'port-taken'
  | 'boot-failed'
  | 'unsupported'
  | 'failed';

/** Says what happened, to which thing and what to do. The cause is kept for the log, never shown as such. */
export class BerthError extends Error {
  override readonly name = 'BerthError';
  readonly code: ErrorCode;
  readonly action: ErrorAction | undefined;

  constructor(message: string, options: { code?: ErrorCode; cause?: unknown; action?: ErrorAction } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code ?? 'failed';
    this.action = options.action;
  }
}

/** True for a BerthError of that code, also one that came out of another bundle (hence no instanceof). */
export function isBerthError(error: unknown, code?: ErrorCode): error is BerthError {
  return (
    error instanceof Error &&
    error.name === 'BerthError' &&
    (code === undefined || (error as BerthError).code === code)
  );
}

/** The messages of an error and all its causes, outermost first, as the log channel shows them. */
export function causeChain(error: unknown): string[] {
  const chain: string[] = [];
  for (
    let at: unknown = error;
    at !== undefined && chain.length < 16;
    at = at instanceof Error ? at.cause : undefined
  ) {
    chain.push(at instanceof Error ? at.message : String(at));
  }
  return chain;
}
