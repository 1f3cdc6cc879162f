/** Limits of a workspace's life on Docker. */
import { ensureBaseImage } from '../../support/baseImage.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { EngineBench } from '../engineBench.ts';
import { timeContract } from '../timeContract.ts';

timeContract('Docker', async () => {
  await ensureBaseImage(() => {});
  return { bench: await EngineBench.on(dockerSocket), stop: async () => {} };
});
