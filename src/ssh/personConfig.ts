/**
 * The one line in the person's own ssh config, `Include`, at its very top: ssh takes the first value it finds, and an
 * Include below a Host or Match counts for that one alone. The edit works on bytes, so that theirs never change.
 */
import { posix } from 'node:path';
import SSHConfig from 'ssh-config';
import { configGlob } from './folder.ts';

/** What paths in the person's config mean. Absolute paths. */
export interface IncludePlace {
  /** As passwd says, because ssh goes by that and not by $HOME. */
  readonly home: string;
  /** Berth's folder. */
  readonly folder: string;
}

export type IncludeEdit =
  | { readonly kind: 'present' }
  | { readonly kind: 'insert'; readonly bytes: Uint8Array }
  /** ssh cannot read the file as it is, or we cannot: left alone. */
  | { readonly kind: 'leave'; readonly reason: 'mark' | 'binary' | 'syntax'; readonly cause?: unknown };

/** The line itself, without its end. Relative where it can be, which no odd character in the home can break. */
export function includeLine(place: IncludePlace): string {
  const folder = slashed(place.folder);
  const relative = posix.relative(sshFolder(place), folder);
  return relative !== '' && !relative.startsWith('..') && /^[\w./-]+$/.test(relative)
    ? `Include ${relative}/${configGlob}`
    : `Include "${folder}/${configGlob}"`;
}

/** Pure: what to do with the bytes of the person's config; undefined where there is no file. */
export function includeEdit(bytes: Uint8Array | undefined, place: IncludePlace): IncludeEdit {
  const content = Buffer.from(bytes ?? []);
  if (hasByteOrderMark(content)) return { kind: 'leave', reason: 'mark' };
  if (content.includes(0)) return { kind: 'leave', reason: 'binary' };
  // Only for reading: what is not UTF-8 becomes replacement characters here and stays what it is in the file.
  const text = content.toString('utf8');
  if (isIncluded(text, place)) return { kind: 'present' };
  try {
    SSHConfig.parse(text);
  } catch (cause) {
    return { kind: 'leave', reason: 'syntax', cause };
  }
  const end = /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
  return {
    kind: 'insert',
    bytes: Buffer.concat([Buffer.from(`${includeLine(place)}${end}`, 'utf8'), content]),
  };
}

/** Whether one of the lines before the first Host or Match includes Berth's configs, however it is spelled. */
function isIncluded(text: string, place: IncludePlace): boolean {
  const wanted = normal(`${slashed(place.folder)}/${configGlob}`, place);
  return headLines(text).some(line =>
    includedPatterns(line).some(pattern => normal(pattern, place) === wanted),
  );
}

function headLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  const first = lines.findIndex(line => /^\s*"?(?:host|match)"?(?:[\s=]|$)/i.test(line));
  return first === -1 ? lines : lines.slice(0, first);
}

/** Each line by itself, so that a broken one elsewhere hides nothing. */
function includedPatterns(line: string): string[] {
  try {
    return SSHConfig.parse(line.trim()).flatMap(parsed => {
      if (!('param' in parsed) || parsed.param.toLowerCase() !== 'include') return [];
      return typeof parsed.value === 'string' ? [parsed.value] : parsed.value.map(({ val }) => val);
    });
  } catch {
    return [];
  }
}

function normal(pattern: string, place: IncludePlace): string {
  const home = slashed(place.home);
  const expanded = slashed(pattern)
    .replace(/^(?:~|%d|\$\{HOME\})(?=\/)/, () => home)
    .replaceAll('%%', '%');
  const absolute = /^(?:\/|[a-z]:\/)/i.test(expanded) ? expanded : `${sshFolder(place)}/${expanded}`;
  return posix.normalize(absolute);
}

function sshFolder(place: IncludePlace): string {
  return posix.join(slashed(place.home), '.ssh');
}

/** Windows' separators as ssh takes them everywhere. A backslash in a POSIX path is left: ssh would not find it. */
function slashed(path: string): string {
  return /^[a-z]:[\\/]|^\\\\/i.test(path) ? path.replaceAll('\\', '/') : path;
}

/** UTF-8's, and both of UTF-16's: ssh refuses all three. */
function hasByteOrderMark(content: Buffer): boolean {
  return [
    [0xef, 0xbb, 0xbf],
    [0xff, 0xfe],
    [0xfe, 0xff],
  ].some(mark => content.subarray(0, mark.length).equals(Buffer.from(mark)));
}
