/** Logins for images, made through Berth and used by a real kubelet on a real private registry. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { SettingsInput } from '../../../src/workspace/settings.ts';
import { failure } from '../engineBench.ts';
import { type KubeBench, openKubeBench } from './kubeBench.ts';

const name = `t-pull-${randomBytes(4).toString('hex')}`;
let kube: KubeBench;
before(
  async () => {
    kube = await openKubeBench();
  },
  { timeout: 3_000_000 },
);
after(async () => {
  await kube?.bench[Symbol.asyncDispose]();
  await kube?.cluster.kubectl(['delete', 'secret', name, '-n', namespace(), '--ignore-not-found']);
  await kube?.cluster[Symbol.asyncDispose]();
});

const namespace = () => kube.cluster.namespaces.usual;
const store = () => kube.bench.engine.pullSecrets ?? assert.fail('pull secrets');
/** Where the node has the image already, it is pulled all the same: the login is what is tried. */
const settings: Partial<SettingsInput> = { cpus: 0.1, imagePullSecrets: [name], imagePullPolicy: 'Always' };

describe('an image pull secret', () => {
  it('is made from what a person types, and a workspace starts with it', async t => {
    const { registry } = kube.cluster;
    if (!registry) return t.skip('this cluster has no private registry');
    const { host, user, password } = registry;
    await store().create({ name, registry: host, username: user, password });
    const offered = await kube.bench.engine.offers?.list('pullSecret');
    assert.ok(offered?.some(offer => offer.name === name));
    const workspace = await kube.bench.create(settings);
    assert.equal((await kube.bench.state(workspace))?.kind, 'Running');
  });

  it('belongs to no workspace', async () => {
    const { stdout } = await kube.cluster.kubectl(['get', 'secret', name, '-n', namespace(), '-o', 'json']);
    const { type, metadata } = JSON.parse(stdout) as { type: string; metadata: { labels: object } };
    assert.equal(type, 'kubernetes.io/dockerconfigjson');
    assert.deepEqual(metadata.labels, { 'app.kubernetes.io/managed-by': 'berth' });
    assert.ok((await kube.bench.engine.list()).every(workspace => !name.includes(workspace.name)));
  });

  it('is not made over another', async () => {
    const again = { name, registry: 'ghcr.io', username: 'ann', password: 'hidden' };
    const { message } = await failure(store().create(again), 'conflict');
    assert.match(message, new RegExp(name));
    assert.doesNotMatch(message, /hidden/);
  });

  it('is refused in words where its name, registry or login will not do', async () => {
    const good = { name: `${name}-2`, registry: 'ghcr.io', username: 'ann', password: 'hidden' };
    const bad = [
      { name: 'Not A Name' },
      { registry: 'https://ghcr.io' },
      { username: 'a:b' },
      { password: 'hidden\n' },
    ];
    for (const part of bad) {
      const { message } = await failure(store().create({ ...good, ...part }), 'invalid');
      assert.doesNotMatch(message, /hidden/);
    }
  });

  it('with the wrong password has the workspace say that the registry refused', async t => {
    const { registry } = kube.cluster;
    if (!registry) return t.skip('this cluster has no private registry');
    await kube.cluster.kubectl(['delete', 'secret', name, '-n', namespace()]);
    await store().create({ name, registry: registry.host, username: registry.user, password: 'wrong' });
    const error = await failure(kube.bench.create(settings));
    assert.equal(error.code, 'pull-refused', error.message);
    assert.match(error.message, /pull secret/);
  });
});
