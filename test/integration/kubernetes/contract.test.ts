/** The contract of engines, on a real cluster, as an ordinary user of one namespace. */
import { engineContract } from '../engineContract.ts';
import { openKubeBench } from './kubeBench.ts';

engineContract('Kubernetes', async () => {
  const { cluster, bench, leftovers } = await openKubeBench();
  return {
    bench,
    leftovers,
    stop: () => cluster[Symbol.asyncDispose](),
    traits: { tellsCapacity: false, limitsLive: false },
  };
});
