/** Limits of a workspace's life on Docker. */
import { ensureBaseImage } from '../../support/baseImage.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { testImage } from '../../support/rootfs/testImages.ts';
import { EngineBench } from '../engineBench.ts';
import { timeContract } from '../timeContract.ts';

timeContract('Docker', async () => {
  await ensureBaseImage(() => {});
  const stubborn = { image: await testImage('stubborn'), firstProcess: 'image' } as const;
  return { bench: await EngineBench.on(dockerSocket), stubborn, stop: async () => {} };
});
