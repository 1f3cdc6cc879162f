import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeFacts } from '../../../../src/engine/kubernetes/probe.ts';

const nodeInfo = { operatingSystem: 'linux', architecture: 'amd64' };
const node = (allocatable: Record<string, string>, more: object = {}) => ({
  status: { allocatable, nodeInfo },
  ...more,
});

describe('the nodes of a cluster', () => {
  it('offer as much as the largest of them has', () => {
    const items = [node({ cpu: '3920m', memory: '16Gi' }), node({ cpu: '8', memory: '7855512Ki' })];
    assert.deepEqual(nodeFacts({ items }), {
      cpus: 8,
      memoryBytes: 16 * 1024 ** 3,
      platforms: ['linux/amd64'],
      gpus: false,
    });
  });

  it('offer GPUs where one of them has a device of that name', () => {
    for (const name of ['nvidia.com/gpu', 'amd.com/gpu', 'gpu.intel.com/i915']) {
      assert.equal(nodeFacts({ items: [node({}), node({ [name]: '1' })] }).gpus, true, name);
    }
  });

  it('are not counted while they take nothing', () => {
    const cordoned = node(
      { cpu: '64', memory: '1Ti', 'nvidia.com/gpu': '8' },
      { spec: { unschedulable: true } },
    );
    const { cpus, gpus } = nodeFacts({ items: [cordoned, node({ cpu: '2', memory: '4Gi' })] });
    assert.deepEqual([cpus, gpus], [2, false]);
  });

  it('have each platform once', () => {
    const arm = {
      status: { allocatable: {}, nodeInfo: { operatingSystem: 'linux', architecture: 'arm64' } },
    };
    assert.deepEqual(nodeFacts({ items: [node({}), arm, node({})] }).platforms, [
      'linux/amd64',
      'linux/arm64',
    ]);
  });

  it('hold nothing against a workspace where they may not be read, or there is none yet', () => {
    for (const nodes of [undefined, { items: [] }])
      assert.deepEqual(nodeFacts(nodes), { platforms: [], gpus: true });
  });
});
