import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressesOf } from '../../../../src/engine/kubernetes/dial.ts';

describe('addressesOf', () => {
  const pod = { ip: '10.0.0.7', nodeIp: '192.0.2.7' };
  const own = { host: '10.0.0.7', port: 22 };

  it('is the pod’s own where nothing is published', () =>
    assert.deepEqual(addressesOf(pod, undefined), [own]));

  it('is a node’s port too, and every address of a balancer', () => {
    const service = { nodePort: 30_022, balancers: ['198.51.100.1', 'lb.example.org'] };
    assert.deepEqual(addressesOf(pod, service), [
      own,
      { host: '198.51.100.1', port: 22 },
      { host: 'lb.example.org', port: 22 },
      { host: '192.0.2.7', port: 30_022 },
    ]);
  });

  it('is none of a pod that has no node yet', () =>
    assert.deepEqual(
      addressesOf({ ip: undefined, nodeIp: undefined }, { nodePort: 30_022, balancers: [] }),
      [],
    ));
});
