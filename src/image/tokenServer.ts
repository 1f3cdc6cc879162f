/** Gets an access token for a registry (distribution's token authentication: GET with Basic, POST as in OAuth 2). */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import type { RegistryCredentials } from './credentials.ts';
import type { HttpRequest } from './exchange.ts';
import { basicHeader } from './loginFormats.ts';
import type { RegistryHttp } from './registryHttp.ts';
import { RegistryProblem } from './registryProblem.ts';

export interface TokenRequest {
  readonly realm: string;
  readonly service: string | undefined;
  /** Several stand with spaces between them. */
  readonly scope: string;
  readonly credentials: RegistryCredentials | undefined;
  /** Of the registry. */
  readonly origin: string;
  readonly signal: AbortSignal;
}

export interface Token {
  readonly value: string;
  readonly lifetimeMs: number;
  /** A new one, which takes the place of the one that was shown. */
  readonly identitytoken?: string;
}

const maxBytes = 1024 * 1024;
/** Where nothing is said of it; the specification's own number. */
const usualLifetimeS = 60;

/** 'refused' where the server does not take the login, or gives nothing without one. */
export async function fetchToken(http: RegistryHttp, request: TokenRequest): Promise<Token | 'refused'> {
  const url = realmUrl(request);
  const answer = await http.send(tokenRequest(url, request), request.origin);
  if ([400, 401, 403].includes(answer.status)) return 'refused';
  if (answer.status !== 200) {
    throw new RegistryProblem(
      l10n.t('its token server {0} answers {1}. Try later.', url.host, answer.status),
      answer.status >= 500 ? 'unreachable' : 'failed',
    );
  }
  const token = parseToken(answer.body.toString('utf8'));
  if (token) return token;
  throw new RegistryProblem(l10n.t('the answer of its token server {0} cannot be read.', url.host), 'failed');
}

/** A password or token is sent to no realm in the clear, unless the registry itself was asked so. */
function realmUrl({ realm, origin }: TokenRequest): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new RegistryProblem(l10n.t('it names no token server that could be asked.'), 'failed');
  }
  if (url.protocol === 'http:' && !origin.startsWith('http:')) {
    throw new RegistryProblem(l10n.t('its token server {0} does not speak TLS.', url.host), 'failed');
  }
  return url;
}

/** Pure. */
export function tokenRequest(url: URL, request: TokenRequest): HttpRequest {
  const { service, scope, credentials, signal } = request;
  if (credentials && 'identitytoken' in credentials) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'berth',
      ...(service !== undefined && { service }),
      ...(scope !== '' && { scope }),
      refresh_token: credentials.identitytoken,
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { url, method: 'POST', headers, body: form.toString(), maxBytes, signal };
  }
  const asked = new URL(url);
  if (service !== undefined) asked.searchParams.set('service', service);
  for (const one of scope.split(/\s+/).filter(Boolean)) asked.searchParams.append('scope', one);
  if (!credentials || !('password' in credentials)) return { url: asked, method: 'GET', maxBytes, signal };
  asked.searchParams.set('account', credentials.username);
  const headers = { authorization: basicHeader(credentials) };
  return { url: asked, method: 'GET', headers, maxBytes, signal };
}

const readable = /^[\x21-\x7e]+$/;
const Answer = z.object({
  token: z.string().regex(readable).nullish(),
  access_token: z.string().regex(readable).nullish(),
  expires_in: z.number().nullish(),
  refresh_token: z.string().nullish(),
});

/** Pure: either name may be the token's; what is said of its life counts within a day. */
export function parseToken(text: string): Token | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const answer = Answer.safeParse(value).data;
  const token = answer?.token || answer?.access_token;
  if (!answer || !token) return undefined;
  const seconds = Math.min(Math.max(answer.expires_in ?? usualLifetimeS, 0), 86_400);
  return {
    value: token,
    lifetimeMs: seconds * 1000,
    ...(answer.refresh_token && { identitytoken: answer.refresh_token }),
  };
}
