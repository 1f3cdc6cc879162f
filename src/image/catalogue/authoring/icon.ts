/** What an icon's bytes say of its size, so that an author hears of one that will not show well. Pure. */
import { pngSize } from '../icon.ts';

export interface IconSize {
  readonly type: 'png' | 'svg';
  /** Pixels; of a drawing its own units, where it says any. */
  readonly width: number;
  readonly height: number;
}

/** undefined for what is neither PNG (ISO/IEC 15948, IHDR) nor SVG, and for a drawing without a size. */
export function iconSize(bytes: Uint8Array): IconSize | undefined {
  const png = pngSize(bytes);
  if (png) return { type: 'png', ...png };
  const text = Buffer.from(bytes.subarray(0, 64 * 1024)).toString('utf8');
  const [root] = /<svg\b[^>]{0,4000}>/.exec(text) ?? [];
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
