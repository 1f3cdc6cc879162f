/** Frames of a WebSocket (RFC 6455, 5.2): written as a client must, read as a server sends them. Pure. */

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/**
 * A whole frame but for the payload's rest. Clients must mask; the key is zero, which leaves the bytes as they are: it
 * protects proxies from scripts of strangers, and there are none here.
 */
export function frameHead(opcode: number, length: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + lengthBytes + 4 + payload.length);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(length), 2);
  head.set(payload, 2 + lengthBytes + 4);
  return head;
}

export interface FrameSink {
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
