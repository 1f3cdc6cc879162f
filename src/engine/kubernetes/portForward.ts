/** One connection to a port in a pod, as a stream. Loads no library: the ProxyCommand program uses it as it is. */
import { Duplex } from 'node:stream';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { ChannelOpener, Channels } from './channels.ts';

const dataChannel = 0;
const errorChannel = 1;
/** Each channel begins with the port's number, 16 bits, little endian. */
const portBytes = 2;
const maxComplaintBytes = 4096;
/** The protocol has no word for 'I have said all': the far side gets this long to say something more. */
const lastWordsMs = 5_000;

/**
 * Rejects as the opener does. The stream ends when the program in the pod ends its connection, and fails with what the
 * kubelet says of it (nothing listens on that port) or when the connection breaks off. Ending it waits for what the pod
 * still says, until it is silent for 5 s; destroying it ends it at once. The signal is for opening it only.
 */
export async function portForward(
  api: ChannelOpener,
  namespace: string,
  pod: string,
  port: number,
  signal?: AbortSignal,
): Promise<Duplex> {
  const channels = await api.channels({
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`,
    query: { ports: port },
    protocols: ['v4.channel.k8s.io'],
    ...(signal && { signal }),
  });
  return new PortForward(channels, port);
}

class PortForward extends Duplex {
  readonly #channels: Channels;
  readonly #port: number;
  readonly #skip = [portBytes, portBytes];
  #complaint = '';
  #lastWords: NodeJS.Timeout | undefined;

  constructor(channels: Channels, port: number) {
    super({ allowHalfOpen: true, readableHighWaterMark: 256 << 10, writableHighWaterMark: 256 << 10 });
    this.#channels = channels;
    this.#port = port;
    channels.receive({
      data: (channel, piece) => this.#take(channel, piece),
      end: error => this.#end(error),
    });
  }

  #take(channel: number, piece: Buffer): void {
    const skip = Math.min(this.#skip[channel] ?? piece.length, piece.length);
    if (skip > 0 && this.#skip[channel] !== undefined) this.#skip[channel] -= skip;
    const data = piece.subarray(skip);
    if (data.length === 0) return;
    if (channel === errorChannel) this.#complaint = (this.#complaint + data).slice(0, maxComplaintBytes);
    else if (channel === dataChannel) {
      this.#lastWords?.refresh();
      if (!this.push(data)) this.#channels.pause();
    }
  }

  #end(error: Error | undefined): void {
    clearTimeout(this.#lastWords);
    if (this.#complaint !== '') this.destroy(refused(this.#port, this.#complaint));
    else if (error) this.destroy(error);
    else this.push(null);
    // Nobody is left to write to.
    if (!this.writableEnded) this.end();
  }

  override _read(): void {
    this.#channels.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channels.send(dataChannel, chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#lastWords = setTimeout(() => this.#channels.close(), lastWordsMs).unref();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#lastWords);
    this.#channels[Symbol.dispose]();
    done(error);
  }
}

function refused(port: number, complaint: string): BerthError {
  return new BerthError(
    /connection refused/i.test(complaint)
      ? l10n.t('Nothing listens on port {0} in the workspace.', String(port))
      : l10n.t('The connection to port {0} in the workspace failed: {1}', String(port), complaint.trim()),
    { code: 'unreachable', cause: new Error(complaint) },
  );
}
