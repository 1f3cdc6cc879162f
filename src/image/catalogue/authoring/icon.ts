/** What an icon's bytes say of its size, so that an author hears of one that will not show well. Pure. */

export interface IconSize {
  readonly type: 'png' | 'svg';
  /** Pixels; of a drawing its own units, where it says any. */
  readonly width: number;
  readonly height: number;
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** undefined for what is neither PNG (ISO/IEC 15948, IHDR) nor SVG, and for a drawing without a size. */
export function iconSize(bytes: Uint8Array): IconSize | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.subarray(0, 8).equals(pngSignature)) {
    if (buffer.length < 24 || buffer.toString('latin1', 12, 16) !== 'IHDR') return undefined;
    return { type: 'png', width: buffer.readUInt32BE(16), height: buffer.readUInt32BE(20) };
  }
  const [root] = /<svg\b[^>]{0,4000}>/.exec(buffer.toString('utf8', 0, 64 * 1024)) ?? [];
  return root === undefined ? undefined : drawingSize(root);
}

function drawingSize(root: string): IconSize | undefined {
  const [, box = ''] = /\bviewBox\s*=\s*["']([^"']*)["']/.exec(root) ?? [];
  const [, , boxWidth = Number.NaN, boxHeight = Number.NaN] = box
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const length = (name: string) =>
    Number(new RegExp(`\\b${name}\\s*=\\s*["']([\\d.]+)(?:px)?["']`).exec(root)?.[1]);
  const [width, height] = [length('width') || boxWidth, length('height') || boxHeight];
  return width > 0 && height > 0 ? { type: 'svg', width, height } : undefined;
}
