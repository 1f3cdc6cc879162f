/** Requests to one registry: where it is, what it is told about us, and what its refusals mean. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import type { CredentialSource } from './credentials.ts';
import type { HttpAnswer } from './exchange.ts';
import { hostOf } from './proxy.ts';
import { defaultRegistry } from './reference.ts';
import { type Purpose, RegistryAuth } from './registryAuth.ts';
import { type NetworkOptions, RegistryHttp } from './registryHttp.ts';
import { mayBePlain, RegistryProblem } from './registryProblem.ts';

export interface RegistryOptions extends NetworkOptions {
  /** Asked when the registry wants a login; default: anonymous. */
  readonly credentials?: CredentialSource;
}

export interface RegistryRequest {
  /** From `/v2/` on. */
  readonly path: string;
  readonly method?: 'GET' | 'HEAD';
  readonly accept?: string;
  readonly purpose: Purpose;
  /** Of the answer. */
  readonly maxBytes: number;
}

const dockerHubHost = 'registry-1.docker.io';

export class RegistryRequests implements Disposable {
  readonly #registry: string;
  readonly #isPlain: boolean;
  readonly #http: RegistryHttp;
  readonly #auth: RegistryAuth;
  #origin: string | undefined;
  #challenge: string | undefined;

  constructor(registry: string, { credentials, ...network }: RegistryOptions) {
    this.#registry = registry;
    this.#isPlain = network.plainHttp ?? false;
    this.#http = new RegistryHttp(registry, network);
    this.#auth = new RegistryAuth({ registry, http: this.#http, ...(credentials && { credentials }) });
  }

  [Symbol.dispose](): void {
    this.#http[Symbol.dispose]();
  }

  /** The last `WWW-Authenticate` of the registry itself. */
  get challenge(): string | undefined {
    return this.#challenge;
  }

  /** The answer to a request that went through (2xx), or 404. Throws RegistryProblem for all else. */
  async send(request: RegistryRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const origin = await this.#whereItIs(signal);
    const { purpose } = request;
    let authorization = this.#auth.known(purpose);
    let answer = await this.#once(request, origin, authorization, signal);
    // Whoever we were sent on to is not the registry: what it wants to know about us is not answered.
    if (answer.status === 401 && answer.url.origin === origin) {
      const header = answer.headers['www-authenticate'];
      this.#challenge = header;
      authorization = await this.#auth.answer(header, purpose, authorization, origin, signal);
      answer = await this.#once(request, origin, authorization, signal);
      if (answer.status === 401) throw this.#auth.refusal(purpose);
    }
    if ((answer.status >= 200 && answer.status < 300) || answer.status === 404) return answer;
    throw refusedProblem(this.#registry, answer, secretsOf(authorization));
  }

  #once(
    { path, method = 'GET', accept, maxBytes }: RegistryRequest,
    origin: string,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const headers = { ...(accept && { accept }), ...(authorization && { authorization }) };
    const url = new URL(origin + path);
    return this.#http.send({ url, method, headers, maxBytes, signal }, origin);
  }

  /** Plain HTTP only where the person said so, or on loopback where nobody speaks TLS (as Docker does). */
  async #whereItIs(signal: AbortSignal): Promise<string> {
    if (this.#origin !== undefined) return this.#origin;
    const host = this.#registry === defaultRegistry ? dockerHubHost : this.#registry;
    const [plain, secure] = [new URL(`http://${host}`), new URL(`https://${host}`)];
    const name = hostOf(secure);
    if (this.#isPlain) this.#origin = plain.origin;
    else if (name !== 'localhost' && !/^127\.[\d.]+$/.test(name)) this.#origin = secure.origin;
    else {
      try {
        const url = new URL('/v2/', secure);
        await this.#http.send({ url, method: 'GET', maxBytes: 64 * 1024, signal }, secure.origin);
        this.#origin = secure.origin;
      } catch (error) {
        if (!(error instanceof RegistryProblem) || !mayBePlain(error.cause)) throw error;
        this.#origin = plain.origin;
      }
    }
    return this.#origin;
  }
}

function refusedProblem(
  registry: string,
  { status, body }: HttpAnswer,
  secrets: readonly string[],
): RegistryProblem {
  const words = serverWords(body.toString('utf8'), secrets);
  const said = words === '' ? `HTTP ${status}` : `HTTP ${status}, ${words}`;
  if (status === 403) {
    return new RegistryProblem(
      l10n.t('{0} does not allow it ({1}). Log in to it as somebody who may.', registry, said),
      'pull-refused',
    );
  }
  if (status >= 500) {
    return new RegistryProblem(l10n.t('{0} is in trouble ({1}). Try later.', registry, said), 'unreachable');
  }
  return new RegistryProblem(l10n.t('{0} does not take the request ({1}).', registry, said), 'failed');
}

const Errors = z.object({
  errors: z.array(z.object({ code: z.string().default(''), message: z.string().nullish() })).min(1),
});

/** Pure: the first error that a registry names (OCI distribution 1.1, Error Codes), short and without our secrets. */
export function serverWords(body: string, secrets: readonly string[]): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return '';
  }
  const [first] = Errors.safeParse(value).data?.errors ?? [];
  let text = first ? [first.code, first.message ?? ''].filter(Boolean).join(': ') : '';
  for (const secret of secrets) text = text.replaceAll(secret, '…');
  const visible = [...text].filter(character => character >= ' ' && character !== '\u007f');
  return visible.join('').slice(0, 200);
}

/** Pure: what of a header `Authorization` may never be repeated, whole and in parts. */
export function secretsOf(authorization: string | undefined): string[] {
  if (authorization === undefined) return [];
  const [scheme = '', value = ''] = authorization.split(' ');
  if (scheme !== 'Basic') return [value].filter(Boolean);
  const plain = Buffer.from(value, 'base64').toString('utf8');
  return [value, plain, plain.slice(plain.indexOf(':') + 1)].filter(Boolean);
}
