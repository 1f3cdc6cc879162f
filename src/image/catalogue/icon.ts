/** An icon as a page may show it: of a kind that is told by its bytes, never by what a server says of it. Pure. */

/** What an icon may be at most. */
export const mostIconBytes = 512 * 1024;

export type IconType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/svg+xml';

export interface Icon {
  readonly type: IconType;
  /** An SVG is inert only as the source of an <img>: never to be put into a page's own markup. */
  readonly bytes: Uint8Array;
}

/** Undefined for what is no picture of a known kind. */
export function iconOf(bytes: Uint8Array): Icon | undefined {
  const type = typeOf(bytes);
  return type && bytes.length <= mostIconBytes ? { type, bytes } : undefined;
}

/** For the `src` of an <img>. */
export function iconSource({ type, bytes }: Icon): string {
  return `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
}

function typeOf(bytes: Uint8Array): IconType | undefined {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(start)) return 'image/gif';
  if (/^RIFF[\s\S]{4}WEBP/.test(start)) return 'image/webp';
  const text = Buffer.from(bytes.subarray(0, 4096)).toString('utf8');
  return /^<svg[\s>]/i.test(text.slice(prologLength(text))) ? 'image/svg+xml' : undefined;
}

/** What may stand before the root of an SVG: a declaration, comments, a document type without declarations of its own. */
const prolog = /\s+|\uFEFF|<\?xml[^>]*>|<!DOCTYPE[^>[]*>/iy;

/** Piece by piece: one pattern for all of it would try the comments of a hostile file in every combination. */
function prologLength(text: string): number {
  for (let at = 0; ; ) {
    if (text.startsWith('<!--', at)) {
      const end = text.indexOf('-->', at + 4);
      if (end < 0) return at;
      at = end + 3;
      continue;
    }
    prolog.lastIndex = at;
    if (!prolog.test(text)) return at;
    at = prolog.lastIndex;
  }
}

/** Of a PNG, in pixels; undefined for other kinds. Authors' icons are square and at least 50 x 50. */
export function pngSize(bytes: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  if (typeOf(bytes) !== 'image/png' || bytes.length < 24) return undefined;
  const view = Buffer.from(bytes.subarray(0, 24));
  return { width: view.readUInt32BE(16), height: view.readUInt32BE(20) };
}
