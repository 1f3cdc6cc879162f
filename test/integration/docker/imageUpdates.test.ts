/** Newer images on a real Docker and a real Podman, from a real registry. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import Dockerode from 'dockerode';
import { ImageUpdates } from '../../../src/engine/imageUpdates.ts';
import { baseImage, baseImageTar } from '../../support/baseImage.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { layDownImage } from '../../support/kubernetes/registryStorage.ts';
import { startPodman } from '../../support/podman.ts';
import { EngineBench } from '../engineBench.ts';
import { imageUpdateContract, type UpdatesUnderTest } from '../imageUpdateContract.ts';
import { Scene } from '../targets/support/folder.ts';
import { startRegistry } from '../targets/support/registry.ts';

/** `open`: the path of the engine's socket; `end` lets it go. */
async function on(
  open: (scene: Scene, host: string) => Promise<{ socketPath: string; end: () => Promise<void> }>,
): Promise<UpdatesUnderTest> {
  const scene = await Scene.make();
  const registry = await startRegistry(scene);
  const { socketPath, end } = await open(scene, registry.host);
  const repository = `berth-test-updates-${randomBytes(3).toString('hex')}`;
  const layerTar = await baseImageTar(() => {});
  const docker = new Dockerode({ socketPath });
  return {
    bench: await EngineBench.on(socketPath),
    image: `${registry.host}/${repository}:stable`,
    registry: {},
    publish: version =>
      layDownImage(scene.path(`registry-${registry.port}`), {
        repository,
        tag: 'stable',
        layerTar,
        config: { Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', `VERSION=${version}`], Cmd: ['/bin/bash'] },
      }),
    stop: async () => {
      const images = await docker.listImages();
      const ours = images.filter(({ RepoDigests }) => RepoDigests?.some(name => name.includes(repository)));
      for (const { Id } of ours) await docker.getImage(Id).remove({ force: true });
      await end();
      await scene[Symbol.asyncDispose]();
    },
  };
}

imageUpdateContract('Docker', () => on(async () => ({ socketPath: dockerSocket, end: async () => {} })));

imageUpdateContract('Podman', () =>
  on(async (scene, host) => {
    await writeFile(scene.path('registries.conf'), `[[registry]]\nlocation = "${host}"\ninsecure = true\n`);
    process.env.CONTAINERS_REGISTRIES_CONF = scene.path('registries.conf');
    const podman = await startPodman().finally(() => delete process.env.CONTAINERS_REGISTRIES_CONF);
    return { socketPath: podman.socketPath, end: () => podman.stop() };
  }),
);

describe('an image that was made on the engine', () => {
  let bench: EngineBench;
  before(async () => {
    bench = await EngineBench.on(dockerSocket);
  });
  after(() => bench?.[Symbol.asyncDispose]());

  it('has no registry to be compared with, whatever has its name there', async () => {
    const name = await bench.create({ image: baseImage }, false);
    const workspace = await bench.find(name);
    assert.ok(workspace);
    using updates = new ImageUpdates(
      {
        workspaces: () => [workspace],
        onDidChange: () => ({ [Symbol.dispose]: () => {} }),
        engine: async () => bench.engine,
      },
      {
        newest: async () => `sha256:${'f'.repeat(64)}`,
        log: (message, error) => assert.fail(`${message} ${error}`),
      },
    );
    await updates.ask([workspace]);
    assert.equal(updates.of(workspace), undefined);
  });
});
