/** The page's end of the messages: requests with answers, events with handlers; everything from the host is parsed. */
import {
  type EventData,
  type EventName,
  HostMessage,
  type Params,
  type Protocol,
  type RequestName,
  type Result,
} from '../../src/panels/messages.ts';
import { editor } from './editor.ts';

/** One function for every event of the table: a missing one is a type error. */
type EventHandlers<P extends Protocol> = {
  readonly [E in EventName<P>]: (data: EventData<P, E>) => void;
};

interface Waiting {
  readonly parse: (result: unknown) => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Host<P extends Protocol> {
  readonly #protocol: P;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;

  constructor(protocol: P, handlers: EventHandlers<P>) {
    this.#protocol = protocol;
    window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = HostMessage.safeParse(data);
      if (!message.success) return;
      if (message.data.type === 'event') this.#dispatch(message.data.event, message.data.data, handlers);
      else this.#settle(message.data);
    });
  }

  request<M extends RequestName<P>>(method: M, params: Params<P, M>): Promise<Result<P, M>> {
    const id = this.#nextId++;
    const schema = this.#protocol.requests[method]?.result;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        parse: result => schema?.parse(result),
        resolve: resolve as (result: unknown) => void,
        reject,
      });
      editor.postMessage({ type: 'request', id, method, params });
    });
  }

  #dispatch(event: string, data: unknown, handlers: EventHandlers<P>): void {
    const schema = Object.hasOwn(this.#protocol.events, event) ? this.#protocol.events[event] : undefined;
    const parsed = schema?.safeParse(data);
    if (!parsed?.success) return;
    const handler = handlers[event as EventName<P>] as (data: unknown) => void;
    handler(parsed.data);
  }

  #settle(message: Exclude<HostMessage, { type: 'event' }>): void {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    this.#waiting.delete(message.id);
    if (message.type === 'failure') {
      waiting.reject(new Error(message.message));
      return;
    }
    try {
      waiting.resolve(waiting.parse(message.result));
    } catch (error) {
      waiting.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
