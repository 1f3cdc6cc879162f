/**
 * What of a home's tar is let in: the bytes pass as they are, but for owners, and what could lead out of the home, fill the
 * disk or make devices does not pass. Whoever unpacks need not be trusted to look.
 */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import { ByteReader } from './byteReader.ts';
import { type PaxRecords, readPax, writePax } from './pax.ts';
import { blockBytes, isEmptyBlock, padding, readHeader, type TarHeader, withNumbers } from './tarHeader.ts';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface GuardOptions {
  /** Files of the first become those of the second; all others keep their numbers. */
  readonly owners: { readonly from: Owner; readonly to: Owner };
  /** More than this, headers included, does not fit. */
  readonly maxBytes: number;
  /** Whether whoever unpacks knows GNU's sparse files. */
  readonly sparse: boolean;
  /** A name that was left out, and why in words. */
  readonly leftOut?: (name: string) => void;
  /** All of it has come. */
  readonly ended?: () => void;
}

/** A header of names and attributes is never longer; what is, is no file name. */
const maxExtensionBytes = 1 << 20;
/** What the smallest file takes of a file system. */
const entryBytes = 4096;
/** Where an import is put together; never a name of the person's, and not let in. */
export const swapFolder = '.berth-swap';

/** Throws BerthError: 'invalid' for what is no tar or wants out, 'no-space', 'unsupported'. Reads to the end of the input. */
export async function* guardTar(tar: AsyncIterable<Buffer>, options: GuardOptions): AsyncGenerator<Buffer> {
  const input = new ByteReader(tar);
  const links = new Set<string>();
  let bytes = 0;
  for (;;) {
    const entry = await nextEntry(input);
    if (entry === 'end') break;
    const { header, path, linkPath } = entry;
    const isSafe = checkEntry(entry, links, options);
    if (header.type === '2' || (header.type === '1' && links.has(linkPath))) links.add(path);
    const isPassing = isSafe && !isOfDisk(path);
    bytes += isPassing ? header.size + entryBytes : 0;
    if (bytes > options.maxBytes) throw tooLarge();
    if (isPassing) yield* headOf(entry, options.owners);
    else if (!isSafe) options.leftOut?.(shown(path));
    yield* bodyOf(input, header.size, isPassing);
  }
  options.ended?.();
  yield Buffer.alloc(2 * blockBytes);
  // The padding of the last record; its checksum counts.
  while (await input.some(1 << 20));
}

interface Entry {
  /** Long names and attributes, each as its header and body. */
  readonly before: readonly Buffer[];
  readonly pax: PaxRecords | undefined;
  readonly block: Buffer;
  readonly header: TarHeader;
  /** Without `./` and the slash at the end; '' for the home itself. */
  readonly path: string;
  readonly linkPath: string;
}

async function nextEntry(input: ByteReader): Promise<Entry | 'end'> {
  const before: Buffer[] = [];
  let pax: PaxRecords | undefined;
  let longName: string | undefined;
  let longLink: string | undefined;
  for (;;) {
    const block = await input.exactly(blockBytes);
    if (!block) throw brokenOff();
    if (isEmptyBlock(block)) return 'end';
    const header = readHeader(block);
    if (!header) throw noTar();
    if (!'xgLK'.includes(header.type)) {
      const size = numberOf(pax?.get('size')) ?? header.size;
      const name = textOf(pax?.get('GNU.sparse.name') ?? pax?.get('path')) ?? longName ?? header.name;
      const link = textOf(pax?.get('linkpath')) ?? longLink ?? header.linkName;
      return { before, pax, block, header: { ...header, size }, path: plain(name), linkPath: plain(link) };
    }
    if (header.size > maxExtensionBytes || before.length > 8) throw noTar();
    const body = await input.exactly(header.size + padding(header.size).length);
    if (!body) throw brokenOff();
    const content = body.subarray(0, header.size);
    switch (header.type) {
      case 'L':
        longName = withoutNul(content);
        break;
      case 'K':
        longLink = withoutNul(content);
        break;
      case 'x':
        pax = readPax(content);
        if (!pax) throw noTar();
        continue;
      case 'g':
        // It would count for all that comes after it. Nothing that Berth writes has one.
        continue;
    }
    before.push(block, body);
  }
}

/** False for what is left out: devices. Throws for what no home of a person's has. */
function checkEntry(
  { header, path, linkPath, pax }: Entry,
  links: ReadonlySet<string>,
  options: GuardOptions,
): boolean {
  const { type } = header;
  const isSparse = [...(pax?.keys() ?? [])].some(key => key.startsWith('GNU.sparse.'));
  if (isSparse && !options.sparse) {
    throw new BerthError(
      l10n.t(
        'There are files with holes in it, which the tar program of the image cannot unpack: use an image with GNU tar.',
      ),
      { code: 'unsupported' },
    );
  }
  if (!'0123456'.includes(type) && type !== '7') {
    throw new BerthError(
      l10n.t('It has an entry of a kind that Berth does not unpack ({0}): {1}', type, shown(path)),
      {
        code: 'unsupported',
      },
    );
  }
  // Tar programs take what follows such a header for the next one, which nobody would have looked at.
  if ('123456'.includes(type) && header.size > 0) throw noTar();
  if (wantsOut(path)) throw hostile(path);
  if (leadsThrough(path, links) || (type === '5' && links.has(path))) throw hostile(path);
  if (type === '1' && (wantsOut(linkPath) || leadsThrough(linkPath, links))) throw hostile(path);
  return type !== '3' && type !== '4';
}

function* headOf(
  { before, pax, block, header }: Entry,
  { from, to }: GuardOptions['owners'],
): Generator<Buffer> {
  yield* before;
  const owner = {
    uid: mapped(numberOf(pax?.get('uid')) ?? header.uid, from.uid, to.uid),
    gid: mapped(numberOf(pax?.get('gid')) ?? header.gid, from.gid, to.gid),
  };
  if (pax) {
    const records = new Map(pax);
    // They stand in the header itself, which takes any number: not every tar program looks for them here.
    for (const key of ['uid', 'gid', 'size', 'uname', 'gname']) records.delete(key);
    const body = writePax(records);
    if (body.length > 0) yield* [paxHeader(body.length), body, padding(body.length)];
  }
  const isSame = owner.uid === header.uid && owner.gid === header.gid && !pax?.has('size');
  yield isSame ? block : withNumbers(block, { ...owner, size: header.size });
}

async function* bodyOf(input: ByteReader, size: number, passes: boolean): AsyncGenerator<Buffer> {
  for (let missing = size + padding(size).length; missing > 0; ) {
    const part = await input.some(missing);
    if (!part) throw brokenOff();
    missing -= part.length;
    if (passes) yield part;
  }
}

function paxHeader(size: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write('././@PaxHeader', 0, 'latin1');
  block.write('0000644\0', 100, 'latin1');
  block.write('x', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  return withNumbers(block, { uid: 0, gid: 0, size });
}

function mapped(value: number, from: number, to: number): number {
  return value === from ? to : value;
}

/** Names are bytes, kept as latin1, so that comparing and splitting them at slashes is right for every encoding. */
function plain(name: string): string {
  const parts = name.split('/').filter(part => part !== '' && part !== '.');
  return name.startsWith('/') ? `/${parts.join('/')}` : parts.join('/');
}

function wantsOut(path: string): boolean {
  return path.startsWith('/') || path.includes('\0') || path.split('/').includes('..');
}

/** What is of the disk that the home was on: tars that cannot leave anything out have it in them. */
function isOfDisk(path: string): boolean {
  const [first = ''] = path.split('/');
  return first === swapFolder || first === 'lost+found';
}

function leadsThrough(path: string, links: ReadonlySet<string>): boolean {
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    if (links.has(path.slice(0, slash))) return true;
  }
  return false;
}

function textOf(bytes: Buffer | undefined): string | undefined {
  return bytes?.toString('latin1');
}

function withoutNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}

function numberOf(bytes: Buffer | undefined): number | undefined {
  const value = bytes === undefined ? Number.NaN : Number(bytes.toString('latin1'));
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** For people: as the name reads, without what would disturb a message. */
function shown(path: string): string {
  return JSON.stringify(Buffer.from(path, 'latin1').toString().slice(0, 200));
}

function hostile(path: string): BerthError {
  return new BerthError(l10n.t('It was not unpacked: {0} would be written outside the home.', shown(path)), {
    code: 'invalid',
  });
}

function noTar(): BerthError {
  return new BerthError(l10n.t('It is damaged: what is in it is no tar archive.'), { code: 'invalid' });
}

function brokenOff(): BerthError {
  return new BerthError(l10n.t('It is incomplete: it ends in the middle.'), { code: 'invalid' });
}

function tooLarge(): BerthError {
  return new BerthError(l10n.t('It does not fit: it is larger than what is free on the disk of the home.'), {
    code: 'no-space',
  });
}
