import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleOf, statsBetween } from '../../../../src/engine/kubernetes/stats.ts';

const mebibyte = 1024 ** 2;
const own = 512 * mebibyte;
/** As the script prints them under cgroup v2 and v1. */
const v2 = [
  ...['cpuUsec 1500000', 'memory 209715200', 'limit 536870912', 'cache 104857600'],
  ...['read 100', 'written 200', 'read 1', 'written 2'],
  ...['received 1000', 'sent 500', 'received 1', 'sent 2'],
];
const v1 = [
  ...['cpuNsec 1500000000', 'memory 209715200', 'limit 9223372036854771712', 'cache 104857600'],
  ...['read 100', 'written 200', 'received 1000', 'sent 500'],
];

describe('a sample', () => {
  it('adds up disks and networks', () => {
    const { values } = sampleOf(v2, 5);
    assert.deepEqual([values.read, values.written, values.received, values.sent], [101, 202, 1001, 502]);
  });

  it('counts processor time in seconds under both versions of cgroups', () => {
    assert.deepEqual([sampleOf(v2, 5).cpuSeconds, sampleOf(v1, 5).cpuSeconds], [1.5, 1.5]);
  });

  it('passes over what is no measure', () => {
    const lines = [
      '',
      'limit max',
      'read ',
      'memory lots',
      '__proto__ 5',
      'constructor 5',
      'sh: not found',
      'read -',
    ];
    assert.deepEqual(sampleOf(lines, 5), { at: 5, cpuSeconds: 0, values: {} });
  });
});

describe('what is between two samples', () => {
  it('is cores in use, memory without what can be given back, and the sums', () => {
    const later = v2.map(line => (line.startsWith('cpuUsec') ? 'cpuUsec 4500000' : line));
    assert.deepEqual(statsBetween(sampleOf(v2, 1000), sampleOf(later, 3000), own), {
      at: 3000,
      cpus: 1.5,
      memoryBytes: 100 * mebibyte,
      memoryLimitBytes: 512 * mebibyte,
      receivedBytes: 1001,
      sentBytes: 502,
      readBytes: 101,
      writtenBytes: 202,
    });
  });

  it('has the pod’s own limit where the cgroup has none', () => {
    const limits = [v1, ['limit max'], []].map(
      lines => statsBetween(sampleOf(lines, 0), sampleOf(lines, 1000), own).memoryLimitBytes,
    );
    assert.deepEqual(limits, [own, own, own]);
  });

  it('is never below nothing, nor without bounds', () => {
    const { cpus, memoryBytes } = statsBetween(sampleOf(v2, 1000), sampleOf(['cache 5'], 1000), own);
    assert.deepEqual([cpus, memoryBytes], [0, 0]);
    assert.ok(Number.isFinite(statsBetween(sampleOf([], 1000), sampleOf(v2, 1000), own).cpus));
  });
});
