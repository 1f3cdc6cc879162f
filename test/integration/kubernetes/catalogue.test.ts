/** An entry of a catalogue on a real cluster: what has a counterpart is there, and what has none was said. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { withoutCounterpart } from '../../../src/workspace/grantSupport.ts';
import { makeFromCatalogue, seeThatItIsReal } from '../catalogueScene.ts';
import { type KubeBench, openKubeBench } from './kubeBench.ts';

describe('a workspace from a catalogue on Kubernetes', () => {
  let kube: KubeBench;
  before(async () => {
    kube = await openKubeBench();
  });
  after(async () => {
    await kube.bench[Symbol.asyncDispose]();
    await kube.cluster[Symbol.asyncDispose]();
  });

  it('has what was allowed, and ran what it runs at first', async () => {
    const { image, imagePullSecrets } = kube.bench.settings();
    const made = await makeFromCatalogue(kube.bench, image, { image, imagePullSecrets });
    await seeThatItIsReal(made);
    const { settings } = await made.engine.record(made.name);
    assert.deepEqual(
      withoutCounterpart(settings.overrides ?? {}, 'kubernetes').map(({ key }) => key),
      ['publish'],
    );
    assert.deepEqual(await made.read('/proc/1/comm').then(text => text.trim() !== ''), true);
  });
});
