/** Homes on a real cluster, as an ordinary user of one namespace. */
import { homeContract } from '../homeContract.ts';
import { openKubeBench } from './kubeBench.ts';

homeContract('Kubernetes', async () => {
  const { cluster, bench, leftovers } = await openKubeBench();
  return { bench, leftovers, stop: () => cluster[Symbol.asyncDispose]() };
});
