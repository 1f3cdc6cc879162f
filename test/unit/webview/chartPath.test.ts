import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pastMs } from '../../../src/workspace/usage.ts';
import { dotsOf, pathsOf, roundTop, summaryOf } from '../../../webview/workspace/chartPath.ts';

const point = (at: number, value?: number) => ({ at, value });
const dots = (...points: ReturnType<typeof point>[]) => dotsOf(points, ({ value }) => value);

describe('the dots of a chart', () => {
  it('are means of steps of five seconds, whose newest time they have', () => {
    assert.deepEqual(
      dots(point(0, 1), point(1000, 2), point(4999, 3), point(5000, 8)).map(({ at, value }) => [at, value]),
      [
        [4999, 2],
        [5000, 8],
      ],
    );
  });

  it('leave out what is not told, and are few', () => {
    assert.deepEqual(dots(point(0), point(1000)), []);
    const many = Array.from({ length: 900 }, (_, second) => point(second * 1000, second));
    assert.equal(dots(...many).length, 180);
  });
});

describe('the lines of a chart', () => {
  it('begin a quarter of an hour ago at the left and end now at the right, the top at the top', () => {
    const { line, area } = pathsOf(dots(point(pastMs - 5000, 0), point(pastMs, 10)), {
      now: pastMs,
      top: 10,
    });
    assert.equal(line, 'M298.3 59h0.1L300 1');
    assert.equal(area, 'M298.3 60L298.3 59L300 1L300 60Z');
  });

  it('lead over no gap', () => {
    const { line, area } = pathsOf(dots(point(0, 5), point(60_000, 5)), { now: 60_000, top: 10 });
    assert.equal(line.split('M').length - 1, 2);
    assert.equal(area.split('Z').length - 1, 2);
  });

  it('stay in the box, whatever the value', () => {
    const { line } = pathsOf(dots(point(0, 99), point(5000, -1)), { now: 5000, top: 10 });
    assert.deepEqual(
      [...line.matchAll(/ (\d+)/g)].map(([, y]) => y),
      ['1', '59'],
    );
  });

  it('are nothing of nothing', () =>
    assert.deepEqual(pathsOf([], { now: 0, top: 1 }), { line: '', area: '' }));
});

describe('the top of a chart', () => {
  const rows: readonly (readonly [number, 'cores' | 'bytes', number])[] = [
    [0, 'cores', 0.1],
    [0.11, 'cores', 0.2],
    [0.3, 'cores', 0.5],
    [1, 'cores', 1],
    [1.2, 'cores', 2],
    [33, 'cores', 50],
    [0, 'bytes', 1024],
    [1024, 'bytes', 1024],
    [1500, 'bytes', 2048],
    [3 * 2 ** 20, 'bytes', 5 * 2 ** 20],
    [600 * 2 ** 20, 'bytes', 1000 * 2 ** 20],
    [2 ** 30, 'bytes', 2 ** 30],
  ];
  for (const [value, unit, top] of rows) {
    it(`is ${top} for ${value} ${unit}`, () => assert.ok(Math.abs(roundTop(value, unit) - top) < 1e-6 * top));
  }
});

describe('a line in words', () => {
  it('is its end, its mean and its most', () => {
    assert.deepEqual(summaryOf(dots(point(0, 1), point(5000, 6), point(10_000, 2))), {
      now: 2,
      mean: 3,
      most: 6,
    });
    assert.equal(summaryOf([]), undefined);
  });
});
