/**
 * Kubernetes' channels: numbered streams in one WebSocket, each message of which begins with its channel's number
 * (k8s.io/apimachinery, pkg/util/remotecommand). Loads no library: the ProxyCommand program uses it as it is.
 */
import type { Access } from './access.ts';
import { openWebSocket, type WebSocketClient } from './webSocket.ts';

export interface ChannelRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** Best first; the server chooses one. */
  readonly protocols: readonly string[];
  /** For opening it; what is open is ended by whoever holds it. */
  readonly signal?: AbortSignal;
}

/** Whatever can open channels: KubeApi, or `plainOpener` where credentials are plain. */
export interface ChannelOpener {
  channels(request: ChannelRequest): Promise<Channels>;
}

export interface ChannelReceiver {
  /** A piece of what came on a channel; messages and pieces need not be the same. */
  data(channel: number, piece: Buffer): void;
  /** Once; the error where the far side did not end it properly. */
  end(error: Error | undefined): void;
}

/** Rejects with UpgradeRefused, the network's error, or the signal's reason. */
export async function openChannels(
  access: Access,
  { path, query, protocols, signal }: ChannelRequest,
): Promise<Channels> {
  return new Channels(await openWebSocket(access, path + queryText(query), protocols, signal));
}

/** With credentials that neither change nor end while it is in use. */
export function plainOpener(access: Access): ChannelOpener {
  return { channels: request => openChannels(access, request) };
}

/** With its question mark; '' where there is nothing to ask. A list stands for its name several times. */
export function queryText(query: ChannelRequest['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) parameters.append(name, String(one));
    }
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

export class Channels implements Disposable {
  readonly #socket: WebSocketClient;
  #channel = 0;

  constructor(socket: WebSocketClient) {
    this.#socket = socket;
  }

  /** The one the server chose. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  /** Begins to deliver; until then what comes in waits. */
  receive(receiver: ChannelReceiver): void {
    this.#socket.receive({
      data: (piece, isFirst) => {
        if (isFirst) this.#channel = piece[0] ?? 0;
        const data = isFirst ? piece.subarray(1) : piece;
        if (data.length > 0) receiver.data(this.#channel, data);
      },
      end: error => receiver.end(error),
    });
  }

  /** `done` is called when there is room for more. */
  send(channel: number, data: Uint8Array, done?: (error?: Error | null) => void): void {
    this.#socket.send(Uint8Array.of(channel), data, done);
  }

  /** Takes nothing more from the network, of any channel. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends it properly, after all that was sent. */
  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }
}
