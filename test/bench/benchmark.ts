/** What a benchmark is, and how a figure is made of its runs. */

/** One figure of `npm run bench`. */
export interface Figure {
  readonly value: number;
  readonly unit: 'ms' | 'MB/s' | 'MB' | 'bytes' | 'requests/min' | '% of a core';
  /** The raw way to the same end, measured in the same run, in the same unit. */
  readonly floor?: number;
  /** value / floor. */
  readonly ratio?: number;
  readonly runs: number;
}

export interface Benchmark {
  readonly name: string;
  /** Makes what it needs, measures, and takes it all away again. */
  measure(say: (line: string) => void): Promise<Figure>;
}

/** Medians of values and floors that were measured in turns, so that both saw the same machine. */
export async function inTurns(
  unit: Figure['unit'],
  runs: number,
  value: () => Promise<number>,
  floor?: () => Promise<number>,
): Promise<Figure> {
  const values: number[] = [];
  const floors: number[] = [];
  for (let run = 0; run < runs; run++) {
    if (floor) floors.push(await floor());
    values.push(await value());
  }
  return figure(unit, values, floors);
}

export function figure(
  unit: Figure['unit'],
  values: readonly number[],
  floors: readonly number[] = [],
): Figure {
  const value = median(values);
  if (floors.length === 0) return { value: rounded(value), unit, runs: values.length };
  const floor = median(floors);
  return {
    value: rounded(value),
    unit,
    floor: rounded(floor),
    ratio: Math.round((value / floor) * 100) / 100,
    runs: values.length,
  };
}

/** Milliseconds that the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('a median needs at least one value');
  return (low + high) / 2;
}

function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
}
