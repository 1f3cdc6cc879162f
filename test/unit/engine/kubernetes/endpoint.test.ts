import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clusterName, formatCluster } from '../../../../src/engine/kubernetes/endpoint.ts';

describe('a namespace of a cluster', () => {
  it('is one line, with the kubeconfig where it is a special one', () => {
    const endpoint = { type: 'kubernetes', context: 'kind-dev', namespace: 'a' } as const;
    assert.equal(formatCluster(endpoint), 'kubernetes:kind-dev/a');
    assert.equal(formatCluster({ ...endpoint, kubeconfig: '/k' }), 'kubernetes:kind-dev/a (/k)');
    assert.equal(formatCluster({ type: 'kubernetes', namespace: 'a' }), 'kubernetes:in-cluster/a');
  });

  for (const [context, name] of [
    ['kind-dev', 'kind-dev'],
    ['arn:aws:eks:eu-west-1:123456789012:cluster/prod', 'prod'],
    ['gke_my-project_europe-west1-b_blue_team', 'blue_team'],
    ['kubernetes-admin@kubernetes', 'kubernetes'],
    ['dev@prod.eu-west-1.eksctl.io', 'prod.eu-west-1.eksctl.io'],
    ['team-a/api-cluster-example-com:6443/dev', 'api-cluster-example-com'],
    [undefined, 'in-cluster'],
  ] as const) {
    it(`of the context ${context ?? '(none)'} is called ${name}`, () =>
      assert.equal(clusterName(context === undefined ? {} : { context }), name));
  }
});
