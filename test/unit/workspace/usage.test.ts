import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pastMs, pointBetween, withPoint } from '../../../src/workspace/usage.ts';

const use = { cpus: 1, memoryBytes: 2, memoryLimitBytes: 3 };

describe('a point of use', () => {
  it('has rates of what lies between two samples', () => {
    const before = { at: 1000, ...use, receivedBytes: 100, sentBytes: 0, readBytes: 50, writtenBytes: 9 };
    const now = { at: 3000, ...use, receivedBytes: 300, sentBytes: 1, readBytes: 10 };
    const point = pointBetween(before, now);
    assert.equal(point.receivedPerSecond, 100);
    assert.equal(point.sentPerSecond, 0.5);
    assert.equal(point.readPerSecond, undefined, 'a counter that went back is of another run');
    assert.equal(point.writtenPerSecond, undefined, 'nobody tells');
  });

  it('has none without a sample before, or with one of the same moment', () => {
    const now = { at: 1000, ...use, receivedBytes: 1 };
    assert.equal(pointBetween(undefined, now).receivedPerSecond, undefined);
    assert.equal(pointBetween(now, now).receivedPerSecond, undefined);
  });
});

describe('a series', () => {
  it('keeps a quarter of an hour, and nothing of a future that a clock took back', () => {
    let series: { at: number }[] = [];
    for (let at = 0; at <= pastMs * 2; at += 1000) series = withPoint(series, { at });
    assert.equal(series.length, 900);
    assert.equal(series.at(0)?.at, pastMs + 1000);
    assert.deepEqual(withPoint(series, { at: 5 }), [{ at: 5 }]);
  });
});
