/** One header of a tar archive (POSIX.1-1988 ustar, with GNU's base-256 numbers), read and written. Pure. */

export const blockBytes = 512;

/** What of a header decides; the rest of the block is passed on as it is. */
export interface TarHeader {
  readonly name: string;
  readonly linkName: string;
  /** The type flag as one character; '0' for a plain file. */
  readonly type: string;
  /** Bytes that follow the header, without the padding. */
  readonly size: number;
  readonly uid: number;
  readonly gid: number;
}

const fields = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkName: [157, 100],
  magic: [257, 8],
  prefix: [345, 155],
} as const;
type Field = keyof typeof fields;

/** undefined where the block is no header, which its checksum tells. */
export function readHeader(block: Buffer): TarHeader | undefined {
  if (numberIn(block, 'checksum') !== checksumOf(block)) return undefined;
  const isUstar = textIn(block, 'magic') === 'ustar';
  const prefix = isUstar ? textIn(block, 'prefix') : '';
  const name = textIn(block, 'name');
  const [uid, gid, size] = [numberIn(block, 'uid'), numberIn(block, 'gid'), numberIn(block, 'size')];
  if (uid === undefined || gid === undefined || size === undefined) return undefined;
  const type = textIn(block, 'type') || '0';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: textIn(block, 'linkName'),
    type,
    size,
    uid,
    gid,
  };
}

/** A copy of the block with other numbers in it. */
export function withNumbers(block: Buffer, numbers: Partial<Record<'uid' | 'gid' | 'size', number>>): Buffer {
  const copy = Buffer.from(block);
  for (const [field, value] of Object.entries(numbers)) {
    if (field in fields) putNumber(copy, field as Field, value);
  }
  return seal(copy);
}

/** The header of a plain file; `size` may take any number of bytes. */
export function fileHeader(name: string, size: number, modified: Date): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0, 100);
  putNumber(block, 'mode', 0o600);
  putNumber(block, 'uid', 0);
  putNumber(block, 'gid', 0);
  putNumber(block, 'size', size);
  putNumber(block, 'mtime', Math.floor(modified.getTime() / 1000));
  block.write('0', fields.type[0]);
  block.write('ustar\x0000', fields.magic[0], 'latin1');
  return seal(block);
}

/** Zeros that fill up the last block. */
export function padding(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes);
}

export function isEmptyBlock(block: Buffer): boolean {
  return block.every(byte => byte === 0);
}

function textIn(block: Buffer, field: Field): string {
  const [start, length] = fields[field];
  const bytes = block.subarray(start, start + length);
  const end = bytes.indexOf(0);
  // Names are bytes; latin1 keeps each of them as it is.
  return bytes.toString('latin1', 0, end < 0 ? length : end);
}

function numberIn(block: Buffer, field: Field): number | undefined {
  const [start, length] = fields[field];
  const first = block[start] ?? 0;
  if (first & 0x80) {
    // GNU: a negative one begins with all bits set.
    if (first === 0xff) return undefined;
    let value = first & 0x7f;
    for (let at = start + 1; at < start + length; at++) value = value * 256 + (block[at] ?? 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const text = textIn(block, field).trim();
  return /^[0-7]*$/.test(text) ? Number.parseInt(text || '0', 8) : undefined;
}

function putNumber(block: Buffer, field: Field, value: number): void {
  const [start, length] = fields[field];
  const octal = value.toString(8);
  if (octal.length < length) {
    block.write(`${octal.padStart(length - 1, '0')}\0`, start, length, 'latin1');
    return;
  }
  for (let at = start + length - 1, rest = value; at >= start; at--, rest = Math.floor(rest / 256)) {
    block[at] = rest % 256;
  }
  block[start] = (block[start] ?? 0) | 0x80;
}

function seal(block: Buffer): Buffer {
  const [start] = fields.checksum;
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, start, 8, 'latin1');
  return block;
}

function checksumOf(block: Buffer): number {
  const [start, length] = fields.checksum;
  let sum = 32 * length;
  for (let at = 0; at < blockBytes; at++) {
    if (at < start || at >= start + length) sum += block[at] ?? 0;
  }
  return sum;
}
