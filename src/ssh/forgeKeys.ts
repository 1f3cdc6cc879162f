/** The public keys that people keep at a forge: GitHub, GitLab, Gitea and others answer `<forge>/<user>.keys` with them. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import { type OfferedKeys, readPublicKeys } from './publicKey.ts';

const timeoutMs = 15_000;
/** Hundreds of keys. */
const mostBytes = 262_144;

/**
 * The address of a forge, as a person set it: https, or http of this very machine; undefined for anything else. A path is
 * kept, for a GitLab below one.
 */
export function forgeAddress(text: string): URL | undefined {
  const url = URL.parse(text.trim());
  if (!url) return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) return undefined;
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** What people call it: its host, and the path where it has one. */
export function forgeTitle(forge: URL): string {
  return `${forge.host}${forge.pathname.replace(/\/$/, '')}`;
}

/** As GitHub, GitLab and Gitea allow them; never anything that changes the address. */
export function isForgeUser(user: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_-])?$/.test(user) && !user.includes('..');
}

/** At least one line is in the answer; those that may not enter are among the refused. Throws BerthError. */
export async function forgeKeys(
  forge: URL,
  user: string,
  signal: AbortSignal,
  waitMs = timeoutMs,
): Promise<OfferedKeys> {
  const host = forgeTitle(forge);
  if (!isForgeUser(user)) {
    throw new BerthError(l10n.t('“{0}” cannot be the name of a user.', user.slice(0, 60)), {
      code: 'invalid',
    });
  }
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
  const text = await keysText(new URL(`${user}.keys`, forge), host, user, bounded).catch(cause => {
    signal.throwIfAborted();
    if (cause instanceof BerthError) throw cause;
    const why = bounded.aborted ? l10n.t('no answer within {0} s', waitMs / 1000) : rootWords(cause);
    throw new BerthError(l10n.t('{0} cannot be asked for keys: {1}', host, why), {
      code: 'unreachable',
      cause,
    });
  });
  const found = readPublicKeys(text);
  if (found.keys.length + found.refused.length > 0) return found;
  throw new BerthError(
    l10n.t('{0} has no ssh keys at {1}. They are added there, in the profile.', user, host),
    {
      code: 'not-found',
    },
  );
}

async function keysText(url: URL, host: string, user: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, {
    // A redirect leads to a sign-in page, or to somebody else's keys.
    redirect: 'manual',
    headers: { accept: 'text/plain' },
    signal,
  });
  const problem = problemOf(response, host, user);
  if (problem !== undefined) {
    await response.body?.cancel();
    throw new BerthError(problem, { code: response.status === 404 ? 'not-found' : 'failed' });
  }
  return await boundedText(response, host);
}

/** In words, where the answer is not a list of keys. */
function problemOf({ status, headers }: Response, host: string, user: string): string | undefined {
  if (status === 404) return l10n.t('There is no user {0} at {1}.', user, host);
  if (status === 429 || (status === 403 && headers.get('x-ratelimit-remaining') === '0')) {
    const after = headers.get('retry-after') ?? '';
    return /^\d{1,6}$/.test(after)
      ? l10n.t('{0} has had too many questions from here: try again in {1} s.', host, after)
      : l10n.t('{0} has had too many questions from here: try again later.', host);
  }
  if (status >= 300 && status < 400) {
    return l10n.t('{0} sends one on, to sign in perhaps: it does not give keys to everybody.', host);
  }
  if (status !== 200) return l10n.t('{0} answered with status {1}.', host, status);
  if (/\bhtml\b/i.test(headers.get('content-type') ?? '')) {
    return l10n.t('{0} answered with a web page, not with keys.', host);
  }
  return undefined;
}

async function boundedText(response: Response, host: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > mostBytes) {
      throw new BerthError(l10n.t('{0} answered with far more than keys.', host), { code: 'invalid' });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What fetch wraps says more than fetch. */
function rootWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? rootWords(error.cause) : error.message;
}
