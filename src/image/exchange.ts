/** One request and its whole answer over HTTP, bounded in time and size. */
import {
  type Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { SecureContext } from 'node:tls';
import * as l10n from '@vscode/l10n';
import { hasCode } from '../ssh/ioError.ts';
import { networkProblem, RegistryProblem } from './registryProblem.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of the answer's body. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Where it came from in the end. */
  readonly url: URL;
}

export interface TimeLimits {
  /** Until the head of the answer is there. */
  readonly answerMs: number;
  /** Until all of it is there. */
  readonly totalMs: number;
}

export interface Route {
  readonly agent: Agent;
  readonly secureContext?: SecureContext;
  /** Host and port, for people; a password in its address never gets here. */
  readonly proxy?: string;
}

/** How much of the answer of a failure is kept; the rest is of no use. */
const failureBytes = 64 * 1024;

/** Throws RegistryProblem, or the signal's reason. */
export async function exchange(request: HttpRequest, route: Route, limits: TimeLimits): Promise<HttpAnswer> {
  const { signal } = request;
  signal.throwIfAborted();
  const total = AbortSignal.timeout(limits.totalMs);
  const end = AbortSignal.any([signal, total]);
  const { host } = request.url;
  try {
    const answer = await headOf(request, route, Math.min(limits.answerMs, limits.totalMs), end);
    if (request.url.protocol === 'https:' && !('encrypted' in answer.socket)) {
      // What a proxy answers to CONNECT comes as if it were the registry's: it must not ask for the login to it.
      answer.destroy();
      throw proxyProblem(host, route.proxy ?? host, answer.statusCode);
    }
    const body = await bodyOf(answer, request);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body, url: request.url };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    if (cause instanceof RegistryProblem) throw cause;
    if (total.aborted) throw lateProblem(host, limits.totalMs);
    throw networkProblem(host, cause, route.proxy);
  }
}

function headOf(
  request: HttpRequest,
  route: Route,
  answerMs: number,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { url, method, headers, body } = request;
  const { agent, secureContext } = route;
  return new Promise((resolve, reject) => {
    const options = {
      method,
      agent,
      signal,
      headers: {
        'user-agent': 'berth',
        // A digest is of the bytes as they are kept.
        'accept-encoding': 'identity',
        ...headers,
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      },
      ...(secureContext && { secureContext }),
    };
    const sent: ClientRequest =
      url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    const timer = setTimeout(() => sent.destroy(lateProblem(url.host, answerMs)), answerMs);
    let isAnswered = false;
    // Not once: a socket may fail again after its answer has begun.
    sent.on('error', error => {
      clearTimeout(timer);
      // A connection that was kept may be over for the server; a new one is tried then.
      const isStale = sent.reusedSocket && hasCode(error, 'ECONNRESET', 'EPIPE');
      if (isStale && !isAnswered && method !== 'POST') resolve(headOf(request, route, answerMs, signal));
      else reject(error);
    });
    sent.once('response', answer => {
      isAnswered = true;
      clearTimeout(timer);
      resolve(answer);
    });
    sent.end(body);
  });
}

async function bodyOf(answer: IncomingMessage, { maxBytes, method, url }: HttpRequest): Promise<Buffer> {
  const isFailure = (answer.statusCode ?? 0) >= 300;
  const most = isFailure ? failureBytes : maxBytes;
  const tooLarge = () =>
    new RegistryProblem(
      l10n.t('the answer of {0} is larger than {1} bytes, which is more than it may be.', url.host, most),
      'invalid',
    );
  if (!isFailure && method !== 'HEAD' && Number(answer.headers['content-length']) > most) {
    answer.destroy();
    throw tooLarge();
  }
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= most) continue;
    if (!isFailure) throw tooLarge();
    break;
  }
  return Buffer.concat(chunks).subarray(0, most);
}

function proxyProblem(host: string, proxy: string, status: number | undefined): RegistryProblem {
  return new RegistryProblem(
    status === 407
      ? l10n.t('the proxy {0} wants a login. Put it into the address of the proxy.', proxy)
      : l10n.t('the proxy {0} does not let us through to {1} (HTTP {2}).', proxy, host, status ?? 0),
    'unreachable',
  );
}

function lateProblem(host: string, ms: number): RegistryProblem {
  const seconds = Math.round(ms / 100) / 10;
  return new RegistryProblem(
    l10n.t('{0} did not answer within {1} s. Try again.', host, seconds),
    'unreachable',
  );
}
