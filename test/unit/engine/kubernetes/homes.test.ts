import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { mayClone } from '../../../../src/engine/kubernetes/homeClone.ts';
import { homePodManifest } from '../../../../src/engine/kubernetes/homePod.ts';
import { claimManifest } from '../../../../src/engine/kubernetes/manifests.ts';
import { WorkspaceName } from '../../../../src/workspace/name.ts';
import { assertGolden } from '../../../support/golden.ts';
import { manifestSets } from './manifestSets.ts';
import { yamlOf } from './support.ts';

const source = WorkspaceName.parse('source');
const secret = { name: 'berth-web', uid: 'the-uid' };

describe('the pod beside homes', () => {
  for (const [title, set, isUp] of [
    ['beside-homes', 'default', true],
    ['beside-homes-rootless', 'rootless', false],
  ] as const) {
    it(`is this document: ${title}`, () => {
      const plan = manifestSets[set];
      assert.ok(plan);
      const pod = { record: plan.record, as: plan.as, secret, source: { name: source, isUp } };
      const path = join(import.meta.dirname, 'golden', `${title}.yaml`);
      assertGolden(path, yamlOf(homePodManifest(pod, '0a1b2c3d')));
    });
  }
});

describe('a home is cloned by its storage', () => {
  const gib = 1024 ** 3;
  const claim = { storageClass: 'fast', requestedBytes: 20 * gib, capacityBytes: 20 * gib };
  for (const [title, of, settings, expected] of [
    ['within one class', claim, { storageClass: 'fast', diskGiB: 20 }, true],
    ['where no class was chosen', claim, { diskGiB: 20 }, true],
    ['into more room', claim, { storageClass: 'fast', diskGiB: 30 }, true],
    ['never into less', claim, { storageClass: 'fast', diskGiB: 19 }, false],
    ['never into less than it was given', { ...claim, capacityBytes: 25 * gib }, { diskGiB: 20 }, false],
    ['never by another class', claim, { storageClass: 'slow', diskGiB: 20 }, false],
    ['never without a class', { ...claim, storageClass: undefined }, { diskGiB: 20 }, false],
  ] as const) {
    it(`${title}: ${expected}`, () => assert.equal(mayClone(of, settings), expected));
  }

  it('by a claim that names the other one', () => {
    const record = manifestSets.default?.record;
    assert.ok(record);
    assert.deepEqual(claimManifest(record, undefined, source).spec?.dataSource, {
      kind: 'PersistentVolumeClaim',
      name: 'berth-source-home',
    });
    assert.equal(claimManifest(record).spec?.dataSource, undefined);
  });
});
