/** From a series to the lines of a chart, in the units of its view box. Pure. */
import { pastMs } from '../../src/workspace/usage.ts';

export const width = 300;
export const height = 60;

export interface Dot {
  /** Unix time in ms. */
  readonly at: number;
  readonly value: number;
}

/** As much as can be told apart: what lies in one such step is one dot, at its mean. */
const stepMs = 5_000;
/** Nothing was measured in between: no line leads over it. */
const gapMs = 45_000;

/** Means of steps that stay the same however the chart moves on; undefined values are left out. */
export function dotsOf<T extends { readonly at: number }>(
  series: readonly T[],
  read: (point: T) => number | undefined,
): Dot[] {
  const dots: { at: number; value: number; count: number }[] = [];
  for (const point of series) {
    const value = read(point);
    if (value === undefined) continue;
    const last = dots.at(-1);
    if (last && Math.floor(last.at / stepMs) === Math.floor(point.at / stepMs)) {
      last.count++;
      last.value += (value - last.value) / last.count;
      last.at = point.at;
    } else dots.push({ at: point.at, value, count: 1 });
  }
  return dots;
}

/** The line as a path's `d`, and the area below it. `now` is the right edge, `top` the upper one. */
export function pathsOf(
  dots: readonly Dot[],
  { now, top }: { readonly now: number; readonly top: number },
): { readonly line: string; readonly area: string } {
  let [line, area] = ['', ''];
  let before: Dot | undefined;
  let lastX = '';
  for (const dot of dots) {
    const x = rounded(width * (1 - (now - dot.at) / pastMs));
    const y = rounded(height - 1 - (height - 2) * Math.min(1, Math.max(0, dot.value / top)));
    if (!before || dot.at - before.at > gapMs) {
      if (before) area += `L${lastX} ${height}Z`;
      // A dot alone would not be seen.
      line += `M${x} ${y}h0.1`;
      area += `M${x} ${height}L${x} ${y}`;
    } else {
      line += `L${x} ${y}`;
      area += `L${x} ${y}`;
    }
    [before, lastX] = [dot, x];
  }
  if (before) area += `L${lastX} ${height}Z`;
  return { line, area };
}

/** The next round number from there up: 1, 2 or 5 times a power of ten, of the unit that bytes are shown in. */
export function roundTop(value: number, unit: 'cores' | 'bytes'): number {
  const least = unit === 'bytes' ? 1024 : 0.1;
  const wanted = Math.max(value, least);
  const scale = unit === 'bytes' ? 1024 ** Math.floor(Math.log(wanted) / Math.log(1024)) : 1;
  const power = 10 ** Math.floor(Math.log10(wanted / scale));
  const step = [1, 2, 5, 10].find(each => each * power * scale >= wanted - wanted * 1e-9) ?? 10;
  return step * power * scale;
}

export interface Summary {
  readonly now: number;
  readonly mean: number;
  readonly most: number;
}

/** What the line says, in three numbers. */
export function summaryOf(dots: readonly Dot[]): Summary | undefined {
  const last = dots.at(-1);
  if (!last) return undefined;
  const values = dots.map(({ value }) => value);
  return {
    now: last.value,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    most: Math.max(...values),
  };
}

function rounded(number: number): string {
  return String(Math.round(number * 10) / 10);
}
