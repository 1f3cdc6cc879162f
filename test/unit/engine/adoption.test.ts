import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isForeign, ListedContainer, publishedPort } from '../../../src/engine/docker/adoption.ts';
import { candidatesOf, ForeignPod } from '../../../src/engine/kubernetes/adoption.ts';

describe('a container that can be adopted', () => {
  const own = { 'workspace.berth/name': 'yak' };
  for (const [title, container, expected] of [
    ['is anybody’s', {}, true],
    ['is not a workspace', { Labels: own, Mounts: [{ Name: 'berth-yak-record' }] }, false],
    [
      'is not what Berth only passes through',
      { Labels: { ...own, 'workspace.berth/role': 'passage' } },
      false,
    ],
    ['is one that merely runs an image made of a workspace', { Labels: own, Mounts: [] }, true],
    ['is not a cluster’s own', { Labels: { 'io.kubernetes.pod.namespace': 'kube-system' } }, false],
    ['is a pod’s of anybody’s', { Labels: { 'io.kubernetes.pod.namespace': 'default' } }, true],
    ['is not a pod’s sandbox', { Labels: { 'io.kubernetes.docker.type': 'podsandbox' } }, false],
  ] as const) {
    it(title, () => assert.equal(isForeign(ListedContainer.parse({ Id: 'x', ...container })), expected));
  }

  it('is reached by a port that it publishes on loopback or everywhere, and by no other', () => {
    const with_ = (HostIp: string) => ({
      Id: 'x',
      State: { Status: 'running', Running: true },
      NetworkSettings: { Ports: { '22/tcp': [{ HostIp, HostPort: '2200' }], '80/tcp': null } },
    });
    assert.equal(publishedPort(with_('0.0.0.0'), 22), 2200);
    assert.equal(publishedPort(with_('127.0.0.1'), 22), 2200);
    assert.equal(publishedPort(with_('192.0.2.1'), 22), undefined);
    assert.equal(publishedPort(with_('0.0.0.0'), 80), undefined);
    assert.equal(publishedPort(undefined, 22), undefined);
  });
});

describe('a pod that can be adopted', () => {
  const pod = (metadata: object = {}) =>
    ForeignPod.parse({
      metadata: { name: 'web-0', uid: 'u', ...metadata },
      spec: {
        containers: [
          { name: 'app', image: 'app:1' },
          { name: 'side', image: 'side:1' },
        ],
      },
      status: {
        containerStatuses: [
          { name: 'app', state: { running: {} } },
          { name: 'side', state: { waiting: { reason: 'CrashLoopBackOff' } } },
        ],
      },
    });

  it('is each of its containers that runs', () => {
    assert.deepEqual(candidatesOf(pod()), [{ name: 'web-0', id: 'u', container: 'app', image: 'app:1' }]);
  });

  it('is neither a workspace’s nor on its way out', () => {
    assert.deepEqual(candidatesOf(pod({ labels: { 'workspace.berth/name': 'yak' } })), []);
    assert.deepEqual(candidatesOf(pod({ deletionTimestamp: '2026-01-01T00:00:00Z' })), []);
  });
});
