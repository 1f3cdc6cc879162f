import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PodMetrics, statsOfMetrics } from '../../../../src/engine/kubernetes/metrics.ts';

const timestamp = '2026-01-02T03:04:05Z';
const limit = 512 * 1024 ** 2;
const of = (cpu: string, memory: string, name = 'workspace'): PodMetrics => ({
  timestamp,
  containers: [
    { name: 'sidecar', usage: { cpu: '4', memory: '1Gi' } },
    { name, usage: { cpu, memory } },
  ],
});

describe('what the cluster’s metrics say of a pod', () => {
  it('is of the workspace’s own container, in cores and bytes', () => {
    assert.deepEqual(statsOfMetrics(of('1500000n', '2048Ki'), limit), {
      at: Date.UTC(2026, 0, 2, 3, 4, 5),
      cpus: 0.0015,
      memoryBytes: 2 * 1024 ** 2,
      memoryLimitBytes: limit,
    });
  });

  it('is nothing where it cannot be read', () => {
    const bad = [
      of('lots', '1Ki'),
      of('1', ''),
      of('1', '1Ki', 'other'),
      { ...of('1', '1Ki'), timestamp: 'now' },
      { timestamp, containers: [] },
    ];
    assert.deepEqual(
      bad.map(metrics => statsOfMetrics(metrics, limit)),
      bad.map(() => undefined),
    );
  });
});
