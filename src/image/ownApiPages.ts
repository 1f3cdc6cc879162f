/** Asks an API that a registry has beside the specification, page by page. */
import * as l10n from '@vscode/l10n';
import { nextPage } from './link.ts';
import { headerText, type PagedApi, pagesOf, readPage } from './pages.ts';
import type { RegistryHttp } from './registryHttp.ts';
import { RegistryProblem, saying } from './registryProblem.ts';

export interface ApiAccess {
  readonly http: RegistryHttp;
  /** Scheme, host and port. */
  readonly origin: string;
  /** The value of `Authorization`; undefined: anonymous. */
  readonly authorization: string | undefined;
}

const maxBytes = 16 * 1024 * 1024;

/** Throws a BerthError that `say` makes of the reason. */
export function apiPages<T>(
  access: () => Promise<ApiAccess>,
  api: PagedApi<T>,
  say: (why: string) => string,
  signal: AbortSignal,
): AsyncIterable<readonly T[]> {
  return pagesOf(
    () => api.first,
    (at, guard) =>
      saying(say, signal, async () => {
        guard();
        const { http, origin, authorization } = await access();
        const url = new URL(at, origin);
        const headers = { accept: 'application/json', ...(authorization && { authorization }) };
        const answer = await http.send({ url, method: 'GET', headers, maxBytes, signal }, origin);
        const { host } = url;
        if (answer.status === 401 || answer.status === 403) {
          throw new RegistryProblem(
            l10n.t('{0} does not show it to everybody. Log in to it as somebody who may.', host),
            'pull-refused',
          );
        }
        if (answer.status === 404) {
          throw new RegistryProblem(l10n.t('{0} knows nothing of it.', host), 'not-found');
        }
        if (answer.status !== 200) {
          throw new RegistryProblem(
            l10n.t('{0} is in trouble ({1}). Try later.', host, `HTTP ${answer.status}`),
            answer.status >= 500 ? 'unreachable' : 'failed',
          );
        }
        const next = nextPage(headerText(answer.headers.link), answer.url);
        return { ...(next !== undefined && { next }), ...readPage(answer.body, api.read) };
      }),
  );
}
