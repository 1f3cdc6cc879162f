/**
 * The client's end of a WebSocket (RFC 6455), as far as Kubernetes' channels need it: binary messages, no extensions. Its
 * own, because libraries collect a message before they pass it on, open their connections by `https.request` (in whose
 * way editors put their own proxy rules), and take time to load. Loads nothing.
 */
import { createHash, randomBytes } from 'node:crypto';
import { ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Access } from './access.ts';
import { connect, noAnswer } from './connect.ts';
import { FrameReader, frameHead, opcodes } from './frames.ts';
import { outgoing } from './http.ts';

export interface MessageReceiver {
  /** A piece of a message, as it comes in; `isFirst`: a message begins. */
  data(piece: Buffer, isFirst: boolean): void;
  /** Once, at the end; the error where the far side did not end it properly. */
  end(error: Error | undefined): void;
}

/** What answers there did not become a WebSocket. The body is what it said instead, at most 64 KiB. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused';
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string, cause?: Error) {
    super(`no WebSocket: HTTP ${status}`, { cause });
    this.status = status;
    this.body = body;
  }
}

const handshakeTimeoutMs = 15_000;
const pingEveryMs = 15_000;
const pongWithinMs = 4_000;
const graceMs = 500;
/** What was sent just before may fill a slow line, and the pong comes after it. */
const pongBehindDataMs = 20_000;
const closeWithinMs = 2_000;
const maxRefusalBytes = 64 << 10;
/** More than this waiting to be sent holds up whoever writes. */
const maxUnsentBytes = 512 << 10;

/** Rejects with UpgradeRefused, the network's error, or the signal's reason. */
export async function openWebSocket(
  access: Access,
  path: string,
  protocols: readonly string[],
  signal?: AbortSignal,
): Promise<WebSocketClient> {
  const socket = await connect(access, signal);
  const { host, pathname } = new URL(access.server);
  const key = randomBytes(16).toString('base64');
  const request = new ClientRequest({
    path: pathname.replace(/\/$/, '') + path,
    headers: {
      ...outgoing(access),
      host,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
      'sec-websocket-protocol': protocols.join(', '),
    },
    createConnection: () => socket,
  });
  return await new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      settle();
      request.destroy();
      socket.destroy();
      reject(error);
    };
    const abort = () => fail(signal?.reason);
    const timer = setTimeout(() => fail(noAnswer()), handshakeTimeoutMs);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    request.on('error', fail);
    request.once('response', answer => {
      void refusal(answer).then(fail, fail);
    });
    request.once('upgrade', (answer, _socket, head) => {
      const protocol = answer.headers['sec-websocket-protocol'];
      if (answer.headers['sec-websocket-accept'] !== acceptOf(key)) {
        fail(new UpgradeRefused(101, 'the answer belongs to no WebSocket'));
      } else if (protocol === undefined || !protocols.includes(protocol)) {
        fail(new UpgradeRefused(101, 'the server knows none of the protocols'));
      } else {
        settle();
        resolve(new WebSocketClient(socket, head, protocol));
      }
    });
    request.end();
  });
}

function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

async function refusal(answer: IncomingMessage): Promise<UpgradeRefused> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxRefusalBytes) break;
  }
  return new UpgradeRefused(answer.statusCode ?? 0, Buffer.concat(chunks).toString());
}

export class WebSocketClient implements Disposable {
  /** The one the server chose. */
  readonly protocol: string;
  readonly #socket: Socket;
  #receiver: MessageReceiver | undefined;
  #early: Buffer | undefined;
  readonly #frames = new FrameReader();
  readonly #pings: NodeJS.Timeout;
  #deadline: NodeJS.Timeout | undefined;
  #isPaused = false;
  #hasEnded = false;
  #isClosing = false;
  /** Since the last ping. */
  #sentBytes = 0;

  constructor(socket: Socket, head: Buffer, protocol: string) {
    this.protocol = protocol;
    this.#socket = socket;
    this.#early = head.length > 0 ? head : undefined;
    this.#pings = setInterval(() => this.#ping(), pingEveryMs).unref();
    socket.pause();
    socket.on('error', error => this.#end(error));
    socket.on('close', () => this.#end(brokeOff()));
  }

  /** Begins to deliver; until then what comes in waits. */
  receive(receiver: MessageReceiver): void {
    this.#receiver = receiver;
    if (this.#hasEnded) receiver.end(brokeOff());
    if (this.#early) this.#take(this.#early);
    this.#early = undefined;
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('end', () => this.#end(brokeOff()));
    if (!this.#isPaused) this.#socket.resume();
  }

  /** Takes nothing more from the network. What is here already may still come. */
  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#receiver) this.#socket.resume();
  }

  /** Sends one message of two parts. `done` is called when there is room for more. */
  send(head: Uint8Array, data: Uint8Array, done: (error?: Error | null) => void = () => {}): void {
    if (this.#hasEnded || this.#isClosing) {
      done(brokeOff());
      return;
    }
    this.#sentBytes += data.length;
    this.#socket.cork();
    this.#socket.write(frameHead(opcodes.binary, head.length + data.length, head));
    this.#socket.write(data);
    this.#socket.uncork();
    if (this.#socket.writableLength < maxUnsentBytes) done();
    else this.#whenDrained(done);
  }

  /** Ends it properly, after all that was sent. */
  close(): void {
    if (this.#hasEnded || this.#isClosing) return;
    this.#isClosing = true;
    this.#socket.write(frameHead(opcodes.close, 2, Buffer.from([1000 >> 8, 1000 & 255])));
    this.#socket.resume();
    setTimeout(() => this.#end(undefined), closeWithinMs).unref();
  }

  [Symbol.dispose](): void {
    this.#end(undefined);
  }

  #whenDrained(done: (error?: Error | null) => void): void {
    const settle = () => {
      this.#socket.off('drain', settle).off('close', settle);
      done(this.#socket.destroyed ? brokeOff() : null);
    };
    this.#socket.on('drain', settle).on('close', settle);
  }

  #take(chunk: Buffer): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    try {
      this.#frames.read(chunk, {
        data: (piece, isFirst) => {
          if (!this.#hasEnded) this.#receiver?.data(piece, isFirst);
        },
        control: (opcode, payload) => this.#control(opcode, payload),
      });
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #control(opcode: number, payload: Buffer): void {
    if (opcode === opcodes.ping && !this.#hasEnded) {
      this.#socket.write(frameHead(opcodes.pong, payload.length, payload));
    }
    if (opcode !== opcodes.close || this.#hasEnded) return;
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1000;
    if (!this.#isClosing) this.#socket.write(frameHead(opcodes.close, payload.length, payload));
    this.#socket.end();
    const words = payload.subarray(2).toString().trim();
    const isFine = this.#isClosing || code === 1000 || code === 1001;
    this.#end(isFine ? undefined : new Error(words === '' ? `the far side closed it (${code})` : words));
  }

  #ping(): void {
    // A reader that takes nothing would not see the pong either.
    if (this.#isPaused || this.#hasEnded || !this.#receiver) return;
    this.#socket.write(frameHead(opcodes.ping, 0));
    const withinMs = this.#sentBytes > 0 ? pongBehindDataMs : pongWithinMs;
    this.#sentBytes = 0;
    this.#deadline ??= setTimeout(() => {
      // After a machine's sleep this comes before what has come in meanwhile.
      this.#deadline = setTimeout(() => {
        this.#deadline = undefined;
        if (!this.#isPaused) this.#end(noAnswer());
      }, graceMs).unref();
    }, withinMs).unref();
  }

  #end(error: Error | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearInterval(this.#pings);
    clearTimeout(this.#deadline);
    if (error || !this.#socket.writableEnded) this.#socket.destroy();
    else setTimeout(() => this.#socket.destroy(), closeWithinMs).unref();
    this.#receiver?.end(this.#isClosing ? undefined : error);
  }
}

function brokeOff(): Error {
  return Object.assign(new Error('the connection broke off'), { code: 'ECONNRESET' });
}
