/** Tars made by hand, also such as no program makes. */
import { writePax } from '../../../src/backup/pax.ts';
import { blockBytes, fileHeader, padding, withNumbers } from '../../../src/backup/tarHeader.ts';

export interface MadeEntry {
  readonly name: string;
  readonly type?: string;
  readonly link?: string;
  readonly content?: Buffer | string;
  readonly uid?: number;
  readonly gid?: number;
  readonly pax?: Readonly<Record<string, string>>;
  /** What the header says, where that is not the content's. */
  readonly size?: number;
}

export function madeEntry({
  name,
  type = '0',
  link = '',
  content = '',
  uid = 0,
  gid = 0,
  pax,
  size,
}: MadeEntry): Buffer {
  const body = Buffer.from(content);
  const block = fileHeader(name, size ?? body.length, new Date(0));
  block.write(type, 156, 'latin1');
  block.write(link, 157, 100);
  const whole = Buffer.concat([withNumbers(block, { uid, gid }), body, padding(body.length)]);
  if (!pax) return whole;
  const records = writePax(new Map(Object.entries(pax).map(([key, value]) => [key, Buffer.from(value)])));
  return Buffer.concat([madeEntry({ name: 'pax', type: 'x', content: records }), whole]);
}

export const tarEnd = Buffer.alloc(2 * blockBytes);

export function madeTar(entries: readonly MadeEntry[]): Buffer {
  return Buffer.concat([...entries.map(madeEntry), tarEnd]);
}

/** The bytes in pieces of that many. */
export async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
