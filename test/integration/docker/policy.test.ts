/** Policies in front of Docker. */
import { ensureBaseImage } from '../../support/baseImage.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { EngineBench } from '../engineBench.ts';
import { policyContract } from '../policyContract.ts';

policyContract('Docker', async () => {
  await ensureBaseImage(() => {});
  return { bench: await EngineBench.on(dockerSocket), stop: async () => {} };
});
