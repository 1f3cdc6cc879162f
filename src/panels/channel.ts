/** The host's end of a page's messages: parses what comes in, calls the handler, checks what goes out. */
import { isBerthError } from '../workspace/error.ts';
import {
  type EventData,
  type EventName,
  type HostMessage,
  type Params,
  type Protocol,
  Request,
  type RequestName,
  type Result,
} from './messages.ts';

/** One function for every request of the table: a missing one is a type error. */
export type Handlers<P extends Protocol> = {
  readonly [M in RequestName<P>]: (params: Params<P, M>) => Promise<Result<P, M>> | Result<P, M>;
};

export interface ChannelOptions {
  readonly post: (message: HostMessage) => void;
  /** For the log channel. What a message held is not logged: it may be secret. */
  readonly log: (message: string, error?: unknown) => void;
}

/** Answers requests of one page by the table `protocol` until it is disposed. */
export class Channel<P extends Protocol> implements Disposable {
  readonly #protocol: P;
  readonly #handlers: Handlers<P>;
  readonly #options: ChannelOptions;
  #isDisposed = false;

  constructor(protocol: P, handlers: Handlers<P>, options: ChannelOptions) {
    this.#protocol = protocol;
    this.#handlers = handlers;
    this.#options = options;
  }

  /** Sends an event; nothing after disposal. */
  send<E extends EventName<P>>(event: E, data: EventData<P, E>): void {
    this.#post({ type: 'event', event, data });
  }

  /** Takes whatever the page posted. What is not a request of the table is logged and dropped. */
  async receive(message: unknown): Promise<void> {
    const request = Request.safeParse(message);
    if (!request.success) {
      this.#options.log('a page sent something that is no request');
      return;
    }
    const { id, method, params } = request.data;
    const entry = Object.hasOwn(this.#protocol.requests, method)
      ? this.#protocol.requests[method]
      : undefined;
    if (!entry) {
      this.#options.log('a page sent an unknown request');
      return;
    }
    const parsed = entry.params.safeParse(params);
    if (!parsed.success) {
      this.#options.log(`a page sent '${method}' with wrong parameters: ${placesOf(parsed.error)}`);
      this.#post({ type: 'failure', id, message: `wrong parameters: ${placesOf(parsed.error)}` });
      return;
    }
    const handler = this.#handlers[method as RequestName<P>] as (params: unknown) => unknown;
    try {
      const result = entry.result.parse(await handler(parsed.data));
      this.#post({ type: 'result', id, result });
    } catch (error) {
      this.#options.log(`the page's request '${method}' failed`, error);
      this.#post({ type: 'failure', id, message: wordsOf(error) });
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
  }

  #post(message: HostMessage): void {
    if (!this.#isDisposed) this.#options.post(message);
  }
}

/** An error as a page may show it. */
function wordsOf(error: unknown): string {
  return isBerthError(error) || error instanceof Error ? error.message : String(error);
}

/** Where the parameters are wrong, without what they hold. */
function placesOf(error: { readonly issues: readonly { readonly path: readonly PropertyKey[] }[] }): string {
  return error.issues.map(({ path }) => path.map(String).join('.')).join(', ');
}
