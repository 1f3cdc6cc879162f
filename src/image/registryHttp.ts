/** HTTP as registries need it: proxies, private CAs, redirects that carry no secret away, patience that has an end. */
import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { type CertificateOptions, type SecureContexts, secureContexts } from './certificates.ts';
import { exchange, type HttpAnswer, type HttpRequest, type Route, type TimeLimits } from './exchange.ts';
import { type ProxySettings, proxyFor } from './proxy.ts';
import { RegistryProblem, TooManyRequests } from './registryProblem.ts';

export interface NetworkOptions extends CertificateOptions, ProxySettings {
  /** The registry was added as one that speaks plain HTTP. */
  readonly plainHttp?: boolean;
  readonly limits?: Partial<NetworkLimits>;
  /** No other host is asked, whatever the one that was meant says. */
  readonly staysOnHost?: boolean;
}

export interface NetworkLimits extends TimeLimits {
  /** How long to wait in all when a registry asks for patience (Retry-After). */
  readonly patienceMs: number;
}

const defaultLimits: NetworkLimits = { answerMs: 30_000, totalMs: 60_000, patienceMs: 10_000 };
const mostRedirects = 5;
const mostRetries = 3;

export class RegistryHttp implements Disposable {
  readonly #registry: string;
  readonly #options: NetworkOptions;
  readonly #limits: NetworkLimits;
  readonly #agents = new Map<string, HttpAgent>();
  #contexts: Promise<SecureContexts> | undefined;

  /** `registry`: the host whose certificates count, as people name it. */
  constructor(registry: string, options: NetworkOptions = {}) {
    this.#registry = registry;
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  /** The answer, whatever its status, after redirects and waits. Throws RegistryProblem. `origin`: the registry's own. */
  async send(request: HttpRequest, origin: string): Promise<HttpAnswer> {
    let current = request;
    for (let hops = 0; hops <= mostRedirects; hops++) {
      const answer = await this.#patiently(current, origin);
      const next = redirectOf(current, answer);
      if (next === undefined) return answer;
      if (this.#options.staysOnHost && next.url.origin !== origin) {
        throw new RegistryProblem(
          l10n.t('{0} sends us to another host, {1}.', request.url.host, next.url.host),
          'failed',
        );
      }
      current = next;
    }
    throw new RegistryProblem(
      l10n.t('{0} sends us from one place to another without end.', request.url.host),
      'failed',
    );
  }

  /** Waits as told and asks again, as long as the patience lasts. */
  async #patiently(request: HttpRequest, origin: string): Promise<HttpAnswer> {
    let patienceMs = this.#limits.patienceMs;
    for (let tries = 0; ; tries++) {
      const answer = await exchange(request, await this.#route(request.url, origin), this.#limits);
      if (answer.status !== 429 && answer.status !== 503) return answer;
      const waitMs = retryAfterMs(answer.headers['retry-after'], Date.now());
      if (waitMs === undefined || waitMs > patienceMs || tries === mostRetries) {
        if (answer.status === 503) return answer;
        throw tooMany(request.url.host, waitMs);
      }
      patienceMs -= waitMs;
      await sleep(waitMs, undefined, { signal: request.signal });
    }
  }

  async #route(url: URL, origin: string): Promise<Route> {
    const proxy = proxyFor(url, this.#options);
    const isSecure = url.protocol === 'https:';
    const agent = this.#agent(isSecure, proxy, url.origin === origin);
    const through = proxy && { proxy: proxy.host };
    if (!isSecure) return { agent, ...through };
    this.#contexts ??= secureContexts(this.#registry, this.#options).catch((error: unknown) => {
      // The file may be put right meanwhile.
      this.#contexts = undefined;
      throw error;
    });
    const contexts = await this.#contexts;
    return { agent, secureContext: url.origin === origin ? contexts.registry : contexts.others, ...through };
  }

  /** Connections are kept for the next request; those that show a client certificate, apart. */
  #agent(isSecure: boolean, proxy: URL | undefined, isRegistry: boolean): HttpAgent {
    const key = `${isSecure} ${isRegistry} ${proxy?.href ?? ''}`;
    const known = this.#agents.get(key);
    if (known) return known;
    const options = { keepAlive: true, maxSockets: 8 };
    const made = proxy ? proxyAgent(isSecure, proxy, options, this.#options) : directAgent(isSecure, options);
    this.#agents.set(key, made);
    return made;
  }
}

function directAgent(isSecure: boolean, options: AgentOptions): HttpAgent {
  return isSecure ? new HttpsAgent(options) : new HttpAgent(options);
}

function proxyAgent(
  isSecure: boolean,
  proxy: URL,
  options: AgentOptions,
  { proxyAuthorization, strictProxy = true }: ProxySettings,
): HttpAgent {
  const made = {
    ...options,
    ...(proxyAuthorization && { headers: { 'Proxy-Authorization': proxyAuthorization } }),
  };
  const agent = isSecure ? new HttpsProxyAgent(proxy, made) : new HttpProxyAgent(proxy, made);
  // Among the options it would count for the registry behind the proxy, too.
  if (!strictProxy) Object.assign(agent.connectOpts, { rejectUnauthorized: false });
  return agent;
}

/** Pure: the request to follow with. Authorization stays with the origin it was meant for; TLS is never left. */
export function redirectOf(
  request: HttpRequest,
  { status, headers }: Pick<HttpAnswer, 'status' | 'headers'>,
): HttpRequest | undefined {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined || request.method === 'POST') {
    return undefined;
  }
  const refuse = (why: string): never => {
    throw new RegistryProblem(why, 'failed');
  };
  if (!URL.canParse(location, request.url.href)) {
    return refuse(l10n.t('{0} sends us to an address that is none.', request.url.host));
  }
  const url = new URL(location, request.url);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    return refuse(l10n.t('{0} sends us to an address that is none.', request.url.host));
  }
  if (request.url.protocol === 'https:' && url.protocol !== 'https:') {
    return refuse(l10n.t('{0} sends us away from TLS, to {1}.', request.url.host, url.host));
  }
  if (url.origin === request.url.origin) return { ...request, url };
  const kept = Object.entries(request.headers ?? {}).filter(
    ([name]) => !/^(authorization|cookie)$/i.test(name),
  );
  return { ...request, url, headers: Object.fromEntries(kept) };
}

/** Pure: seconds or a date (RFC 9110, 10.2.3); undefined where nothing sensible is said. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function tooMany(host: string, waitMs: number | undefined): RegistryProblem {
  return new RegistryProblem(
    waitMs === undefined
      ? l10n.t('{0} is asked too often. Try later, or log in: that often allows more.', host)
      : l10n.t(
          '{0} is asked too often, and wants no request for another {1} s. Try later, or log in: that often allows more.',
          host,
          Math.ceil(waitMs / 1000),
        ),
    'pull-refused',
    new TooManyRequests(`HTTP 429 from ${host}`),
  );
}
