import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointOf, inOrder, type KubeContext } from '../../../src/engine/clusters.ts';

const context = (name: string, more: Partial<KubeContext> = {}): KubeContext => ({
  name,
  server: 'https://10.0.0.1:6443',
  user: 'me',
  namespace: 'default',
  file: '/home/me/.kube/config',
  isCurrent: false,
  ...more,
});

describe('contexts to pick from', () => {
  it('stand in the order of their names, the current one first', () => {
    const order = inOrder([context('b'), context('c', { isCurrent: true }), context('a')]);
    assert.deepEqual(
      order.map(({ name }) => name),
      ['c', 'a', 'b'],
    );
  });

  it('lead to their namespace, by kubectl’s own way where it knows one', () => {
    assert.deepEqual(endpointOf(context('dev'), 'team', false), {
      type: 'kubernetes',
      context: 'dev',
      namespace: 'team',
    });
  });

  it('lead by their file where kubectl would not read it', () => {
    assert.deepEqual(endpointOf(context('dev', { file: '/else/config' }), 'team', true), {
      type: 'kubernetes',
      context: 'dev',
      kubeconfig: '/else/config',
      namespace: 'team',
    });
  });

  it('lead into the cluster around this program without a context', () => {
    assert.deepEqual(endpointOf(context('in-cluster', { file: undefined }), 'team', false), {
      type: 'kubernetes',
      namespace: 'team',
    });
  });
});
