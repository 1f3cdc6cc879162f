import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  claimManifest,
  jobManifest,
  podManifest,
  probeManifest,
  pullSecretManifest,
  secretManifest,
  serviceManifest,
} from '../../../../src/engine/kubernetes/manifests.ts';
import { imageOf, type PodPlan, unsupportedMount } from '../../../../src/engine/kubernetes/podTemplate.ts';
import { loginFor } from '../../../../src/image/loginDocument.ts';
import { parseLogin } from '../../../../src/image/loginFiles.ts';
import { parseRegistry } from '../../../../src/image/reference.ts';
import { isBerthError } from '../../../../src/workspace/error.ts';
import { assertGolden } from '../../../support/golden.ts';
import { recordOf, settingsOf } from '../records.ts';
import { manifestSets } from './manifestSets.ts';
import { yamlOf } from './support.ts';

const owner = { name: 'berth-web', uid: '11111111-2222-3333-4444-555555555555' };
const plan = (name: string): PodPlan => manifestSets[name] ?? assert.fail(name);

/** All that is made of one workspace, the Secret without its values. */
function documentsOf({ record, image, ...how }: PodPlan): string {
  const secret = secretManifest(record, image, '#!/bin/sh\n');
  const objects = [
    { ...secret, data: Object.fromEntries(Object.keys(secret.data ?? {}).map(key => [key, '…'])) },
    claimManifest(record),
    jobManifest({ record, image, ...how }, owner),
    serviceManifest(record, owner),
  ];
  return objects.flatMap(object => (object ? [yamlOf(object)] : [])).join('---\n');
}

/** As it goes over the wire. */

function golden(name: string): string {
  return join(import.meta.dirname, 'golden', `${name}.yaml`);
}

describe('the objects of a workspace', () => {
  for (const name of Object.keys(manifestSets)) {
    it(`are this document: ${name}`, () => assertGolden(golden(name), documentsOf(plan(name))));
  }

  it('end by a policy’s cap, where that is sooner than a day behind the lifespan', () => {
    const { record, ...rest } = plan('default');
    const settings = { ...record.settings, lifespanHours: 8 };
    const { spec } = jobManifest({ ...rest, record: { ...record, settings, capHours: 12 } }, owner);
    assert.equal(spec?.activeDeadlineSeconds, 12 * 3600 + 600);
  });

  it('show no secret outside the data of the Secret', () => {
    assert.doesNotMatch(documentsOf(plan('everything')), /hidden|PRIVATE/);
  });
});

describe('the pod that is tried against admission', () => {
  it('is the one of the Job, by its own name', () => {
    for (const each of Object.values(manifestSets)) {
      const { metadata, spec } = jobManifest(each, owner).spec?.template ?? {};
      const pod = podManifest(each);
      assert.deepEqual(pod.spec, spec);
      assert.deepEqual(pod.metadata, { ...metadata, name: 'berth-web' });
    }
  });
});

describe('the pod that looks into an image', () => {
  it('is this document', () => {
    const settings = settingsOf({ imagePullSecrets: ['acme'] });
    const { record } = plan('default');
    assertGolden(golden('probe'), yamlOf(probeManifest(record.name, settings, imageOf(record), '0a1b2c3d')));
  });
});

describe('the image of a pod', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const table = [
    ['by its digest where that is known', 'ghcr.io/acme/dev:1', digest, `ghcr.io/acme/dev@${digest}`],
    ['of Docker Hub', 'debian:bookworm', digest, `debian@${digest}`],
    ['of a registry with a port', '10.0.0.1:5000/a/b:2', digest, `10.0.0.1:5000/a/b@${digest}`],
    ['as it was written where no digest is known', 'debian:bookworm', '', 'debian:bookworm'],
    ['with a digest that is none', 'debian:bookworm', 'sha256:zz', 'debian:bookworm'],
    ['not yet resolved', '', '', 'from-settings:1'],
  ] as const;
  for (const [what, reference, digest, expected] of table) {
    it(what, () => {
      assert.equal(
        imageOf(recordOf({ image: 'from-settings:1' }, { image: { reference, digest } })),
        expected,
      );
    });
  }
});

describe('a pod patch', () => {
  const patchedPod = (podPatch: string) =>
    podManifest({ ...plan('default'), record: recordOf({ podPatch }) });
  it('cannot make the pod one that Berth does not find', () => {
    for (const patch of [
      'metadata: { labels: null }',
      'metadata: { labels: { workspace.berth/name: other } }',
      'metadata: { $patch: replace }',
    ]) {
      assert.equal(patchedPod(patch).metadata.labels?.['workspace.berth/name'], 'web', patch);
    }
  });

  it('may name the container that fills the home, which is not there at every start', () => {
    const podPatch = 'spec: { containers: [{ name: fill-home, resources: { limits: { memory: 1Gi } } }] }';
    const containersOf = (fillsHome: boolean) =>
      podManifest({ ...plan('default'), record: recordOf({ podPatch }), fillsHome }).spec?.containers ?? [];
    assert.deepEqual(
      containersOf(true).map(({ name, resources }) => [name, resources?.limits?.memory]),
      [
        ['workspace', '2048Mi'],
        ['fill-home', '1Gi'],
      ],
    );
    assert.deepEqual(
      containersOf(false).map(({ name }) => name),
      ['workspace'],
    );
  });

  it('cannot take the workspace’s own container away', () => {
    for (const patch of [
      '$patch: replace',
      'spec: null',
      'metadata: 3',
      'spec: 3',
      'spec: { containers: null }',
      'spec: { containers: [{ $patch: replace }, { name: other }] }',
      'spec: { containers: [{ name: workspace, $patch: delete }] }',
    ]) {
      assert.throws(() => patchedPod(patch), isBerthError, patch);
    }
  });
});

describe('an image pull secret', () => {
  const secretOf = (registry: string) =>
    pullSecretManifest({ name: 'acme', registry, username: 'ann', password: 'p:"ä' });
  const fileOf = (registry: string) =>
    Buffer.from(secretOf(registry).data?.['.dockerconfigjson'] ?? '', 'base64').toString();

  it('is what a kubelet reads, and no workspace’s', () => {
    const { data: _, ...shown } = secretOf('ghcr.io');
    assert.deepEqual(shown, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'acme', labels: { 'app.kubernetes.io/managed-by': 'berth' } },
      type: 'kubernetes.io/dockerconfigjson',
    });
  });

  it('logs in to its registry as typed, to Docker Hub by any of its names', () => {
    for (const registry of ['ghcr.io', '10.0.0.1:5000', 'docker.io', 'index.docker.io']) {
      const { document } = parseLogin(fileOf(registry), 'acme', 'docker');
      const found = document && loginFor(document, parseRegistry(registry));
      assert.deepEqual(
        found,
        { kind: 'inline', credentials: { username: 'ann', password: 'p:"ä' } },
        registry,
      );
    }
  });
});

describe('mounts that only Docker has', () => {
  it('are told', () => {
    const cifs = { type: 'cifs', source: '//nas/share', path: '/data' } as const;
    assert.equal(unsupportedMount(settingsOf({ mounts: [cifs] }))?.type, 'cifs');
    assert.equal(unsupportedMount(plan('gpu-and-mounts').record.settings), undefined);
  });
});
