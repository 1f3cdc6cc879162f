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

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

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
      this.#deadline = undefined;
      if (!this.#isPaused) this.#end(noAnswer());
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

/**
 * A whole frame but for the payload's rest. Clients must mask; the key is zero, which leaves the bytes as they are: it
 * protects proxies from scripts of strangers, and there are none here.
 */
function frameHead(opcode: number, length: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + lengthBytes + 4 + payload.length);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(length), 2);
  head.set(payload, 2 + lengthBytes + 4);
  return head;
}

interface FrameSink {
  data(piece: Buffer, isFirst: boolean): void;
  control(opcode: number, payload: Buffer): void;
}

/** Takes bytes however they are cut, and passes on what is in the frames without copying it. */
export class FrameReader {
  #head: Buffer = Buffer.alloc(0);
  #opcode = 0;
  /** Of the frame under way; 0: a head comes next. */
  #restBytes = 0;
  #control: Buffer[] = [];
  #isFirst = false;

  /** Throws for what no server may send. */
  read(bytes: Buffer, sink: FrameSink): void {
    let chunk = bytes;
    while (chunk.length > 0) {
      if (this.#restBytes === 0) {
        chunk = this.#readHead(chunk, sink);
        continue;
      }
      const piece = chunk.subarray(0, this.#restBytes);
      chunk = chunk.subarray(piece.length);
      this.#restBytes -= piece.length;
      if (this.#opcode < opcodes.close) {
        const isFirst = this.#isFirst;
        this.#isFirst = false;
        sink.data(piece, isFirst);
      } else {
        this.#control.push(piece);
        if (this.#restBytes === 0) this.#endControl(sink);
      }
    }
  }

  /** What is left of the chunk once the head is complete. */
  #readHead(chunk: Buffer, sink: FrameSink): Buffer {
    const kept = this.#head.length;
    const head = kept === 0 ? chunk : Buffer.concat([this.#head, chunk.subarray(0, 10)]);
    const [first = 0, second = 0] = head;
    const lengthBytes = (second & 127) < 126 ? 0 : (second & 127) === 126 ? 2 : 8;
    if (head.length < 2 || head.length < 2 + lengthBytes) {
      this.#head = Buffer.from(head);
      return chunk.subarray(chunk.length);
    }
    this.#head = Buffer.alloc(0);
    const opcode = first & 15;
    const length =
      lengthBytes === 0
        ? second & 127
        : lengthBytes === 2
          ? head.readUInt16BE(2)
          : Number(head.readBigUInt64BE(2));
    if ((first & 0x70) !== 0 || (second & 0x80) !== 0 || !Number.isSafeInteger(length)) throw noFrame();
    if (opcode >= opcodes.close && (length > 125 || (first & 0x80) === 0)) throw noFrame();
    if ((opcode > opcodes.binary && opcode < opcodes.close) || opcode > opcodes.pong) throw noFrame();
    this.#opcode = opcode;
    this.#restBytes = length;
    if (opcode === opcodes.text || opcode === opcodes.binary) this.#isFirst = true;
    if (opcode >= opcodes.close && length === 0) this.#endControl(sink);
    return chunk.subarray(2 + lengthBytes - kept);
  }

  #endControl(sink: FrameSink): void {
    const payload = Buffer.concat(this.#control);
    this.#control = [];
    sink.control(this.#opcode, payload);
  }
}

function noFrame(): Error {
  return Object.assign(new Error('what came is not a WebSocket frame'), { code: 'HPE_INVALID_FRAME' });
}
