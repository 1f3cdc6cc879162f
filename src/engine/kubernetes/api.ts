/** The Kubernetes API of one cluster: requests, streams of lines, and channels, as whoever the kubeconfig says we are. */
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { EngineClock } from '../clock.ts';
import { decoded, linesOf } from '../lines.ts';
import { type Access, isSameAccess } from './access.ts';
import { textOf } from './answers.ts';
import { type ChannelRequest, type Channels, openChannels, queryText } from './channels.ts';
import { noAnswer } from './connect.ts';
import { upgradeError } from './errors.ts';
import { Http, type HttpRequest } from './http.ts';
import type { Cluster } from './kubeconfig.ts';
import { isKubeStatus, KubeStatusError, statusError } from './status.ts';
import { UpgradeRefused } from './webSocket.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface KubeRequest {
  /** Default: GET. */
  readonly method?: Method;
  /** Such as '/api/v1/namespaces/default/pods'; its parts are the caller's to encode. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON, a string as it is. */
  readonly body?: unknown;
  /** Default: JSON; for PATCH a merge patch ('application/merge-patch+json'). */
  readonly contentType?: string;
  /** Default: JSON. */
  readonly accept?: string;
  /** For the whole answer, tries included; for `lines` up to its head only. Default: 30 s; `lines`: none. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Metadata only, of lists and of watches: see 'Metadata-only fetches' in the API's concepts. */
export const metadataOnly = {
  list: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  object: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
} as const;

const defaultTimeoutMs = 30_000;
const maxBodyBytes = 64 << 20;
const maxRefusalBytes = 64 << 10;
const maxTries = 5;
/** Whatever a busy server asks for. */
const maxRetryAfterMs = 10_000;

/**
 * Every call rejects with KubeStatusError (the server's refusal), BerthError (no way in: logins, kubeconfig), the
 * network's error (`isConnectionFailure`), or the signal's reason.
 */
export class KubeApi implements Disposable {
  readonly cluster: Cluster;
  /** The server's, as its answers tell it. */
  readonly clock = new EngineClock();
  readonly #http = new Http();

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** Rejects with the schema's error where the answer is not of that shape. */
  async request<T>(schema: z.ZodType<T>, request: KubeRequest): Promise<T> {
    return schema.parse(JSON.parse(await this.text(request)));
  }

  async text(request: KubeRequest): Promise<string> {
    const timeout = AbortSignal.timeout(request.timeoutMs ?? defaultTimeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    try {
      return await this.#retried(request, signal, async () => {
        const answer = await this.#answer(request, { 'accept-encoding': 'gzip' }, signal);
        return await textOf(answer, maxBodyBytes);
      });
    } catch (error) {
      request.signal?.throwIfAborted();
      throw timeout.aborted ? noAnswer() : error;
    }
  }

  /**
   * What a streaming GET (a watch, a followed log) says, line by line, without the lines' ends. Ends when the server ends
   * it, and when the signal aborts; rejects when the connection breaks off.
   */
  async *lines(request: KubeRequest): AsyncIterable<string> {
    const { signal, timeoutMs } = request;
    const end = new AbortController();
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => end.abort(noAnswer()), timeoutMs);
    const until = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
    try {
      const answer = await this.#retried(request, until, () => this.#answer(request, {}, until));
      clearTimeout(timer);
      yield* linesOf(decoded(answer));
    } catch (error) {
      if (!signal?.aborted) throw end.signal.aborted ? end.signal.reason : error;
    } finally {
      clearTimeout(timer);
      end.abort();
    }
  }

  /** A WebSocket with numbered channels in it (exec, attach, port-forward). */
  async channels(request: ChannelRequest): Promise<Channels> {
    try {
      return await this.#asMe(
        access => openChannels(access, request),
        error => error instanceof UpgradeRefused && error.status === 401,
        request.signal,
      );
    } catch (error) {
      throw error instanceof UpgradeRefused ? upgradeError(error) : error;
    }
  }

  [Symbol.dispose](): void {
    this.#http[Symbol.dispose]();
  }

  /** The head of a good answer. */
  async #answer(
    request: KubeRequest,
    headers: NonNullable<HttpRequest['headers']>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const http = { ...httpRequest(request), signal };
    return await this.#asMe(
      async access => {
        const answer = await this.#http.send(access, { ...http, headers: { ...http.headers, ...headers } });
        const { statusCode = 0 } = answer;
        this.clock.note(answer.headers.date);
        if (statusCode >= 200 && statusCode < 300) return answer;
        const error = statusError(statusCode, await textOf(answer, maxRefusalBytes));
        throw Object.assign(error, { retryAfterMs: retryAfterMs(answer, error) });
      },
      error => isKubeStatus(error) && error.code === 401,
      signal,
    );
  }

  /** With the credentials of now, and once more with new ones where the server does not take them. */
  async #asMe<T>(
    action: (access: Access) => Promise<T>,
    isRefusal: (error: unknown) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const access = await this.cluster.access(signal);
    try {
      return await action(access);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const renewed = await this.cluster.renew(access, signal);
      if (isSameAccess(access, renewed)) throw this.cluster.loginRefused(error);
      return await action(renewed).catch(again => {
        throw isRefusal(again) ? this.cluster.loginRefused(again) : again;
      });
    }
  }

  /** Again where the server asked for it, or where a kept connection turned out to be closed. */
  async #retried<T>(request: KubeRequest, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried++) {
      try {
        return await action();
      } catch (error) {
        const waitMs = tried < maxTries ? retryIn(error, request.method ?? 'GET') : undefined;
        if (waitMs === undefined || signal.aborted) throw error;
        await sleep(waitMs, undefined, { signal });
      }
    }
  }
}

/** Pure: how long to wait before the same once more, undefined where that would be of no use or could do it twice. */
export function retryIn(error: unknown, method: Method): number | undefined {
  const isRepeatable = method === 'GET' || method === 'PUT' || method === 'DELETE';
  if (error instanceof KubeStatusError) {
    const { retryAfterMs: asked } = error as { retryAfterMs?: number };
    if (error.code === 429) return Math.min(maxRetryAfterMs, asked ?? 1000);
    const isBusy = error.code === 503 || (error.code >= 500 && asked !== undefined);
    return isBusy && isRepeatable ? Math.min(maxRetryAfterMs, asked ?? 1000) : undefined;
  }
  return isRepeatable && error instanceof Error && 'isReused' in error ? 0 : undefined;
}

function retryAfterMs(answer: IncomingMessage, error: KubeStatusError): number | undefined {
  const header = answer.headers['retry-after'];
  if (header !== undefined && /^\d{1,6}$/.test(header)) return Number(header) * 1000;
  const seconds = error.details?.retryAfterSeconds;
  return seconds ? seconds * 1000 : undefined;
}

function httpRequest({ method = 'GET', path, query, body, contentType, accept }: KubeRequest): HttpRequest {
  const type = contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
  return {
    method,
    path: path + queryText(query),
    headers: {
      accept: accept ?? 'application/json',
      ...(body !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
}
