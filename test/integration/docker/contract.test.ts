/** The contract of engines, on a real Docker and a real Podman. */
import Dockerode from 'dockerode';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { ensureBaseImage } from '../../support/baseImage.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { startPodman } from '../../support/podman.ts';
import { EngineBench } from '../engineBench.ts';
import { engineContract } from '../engineContract.ts';
import { leftoversOf } from './leftovers.ts';

engineContract('Docker', async () => ({
  bench: await EngineBench.on(dockerSocket),
  leftovers: leftovers(dockerSocket),
  stop: async () => {},
  traits: { tellsCapacity: true, limitsLive: true },
}));

engineContract('Podman', async () => {
  const podman = await startPodman();
  try {
    await ensureBaseImage(() => {}, podman.socketPath);
    return {
      bench: await EngineBench.on(podman.socketPath),
      leftovers: leftovers(podman.socketPath),
      stop: () => podman.stop(),
      traits: { tellsCapacity: true, limitsLive: true },
    };
  } catch (error) {
    await podman.stop();
    throw error;
  }
});

function leftovers(socketPath: string): (name: WorkspaceName) => Promise<readonly string[]> {
  const docker = new Dockerode({ socketPath });
  return name => leftoversOf(docker, name);
}
