/** The records of a pax extended header (POSIX.1-2001): `length key=value\n`, values as bytes. Pure. */

export type PaxRecords = ReadonlyMap<string, Buffer>;

/** undefined where they are none. */
export function readPax(body: Buffer): PaxRecords | undefined {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(body.toString('latin1', at, space));
    const end = at + length;
    if (!Number.isInteger(length) || end <= space || end > body.length || body[end - 1] !== 0x0a)
      return undefined;
    const equals = body.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) return undefined;
    records.set(body.toString('latin1', space + 1, equals), body.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
}

export function writePax(records: PaxRecords): Buffer {
  return Buffer.concat(
    [...records].map(([key, value]) => {
      const rest = key.length + value.length + 3;
      let length = rest + String(rest).length;
      length = rest + String(length).length;
      return Buffer.concat([Buffer.from(`${length} ${key}=`, 'latin1'), value, Buffer.from('\n')]);
    }),
  );
}
