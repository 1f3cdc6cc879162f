/** Homes on a real Docker and a real Podman. */
import Dockerode from 'dockerode';
import { dockerSocket } from '../../support/dockerd.ts';
import { EngineBench } from '../engineBench.ts';
import { homeContract } from '../homeContract.ts';
import { leftoversOf } from './leftovers.ts';

homeContract('Docker', async () => {
  const docker = new Dockerode({ socketPath: dockerSocket });
  return {
    bench: await EngineBench.on(dockerSocket),
    leftovers: name => leftoversOf(docker, name),
    stop: async () => {},
  };
});
