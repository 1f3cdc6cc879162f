/** How much a workspace uses, as the cluster's own metrics tell it: metrics.k8s.io (k8s.io/metrics, v1beta1). */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Stats } from '../engine.ts';
import { containerName } from './names.ts';
import { unlessMissing } from './objects.ts';
import { quantity } from './quantity.ts';
import { observe, podThatRuns, type Workbench } from './workbench.ts';

/** They are made anew every quarter of a minute at best. */
const pollMs = 10_000;
const api = '/apis/metrics.k8s.io/v1beta1';

const PodMetrics = z.object({
  timestamp: z.string(),
  containers: z.array(
    z.object({ name: z.string(), usage: z.object({ cpu: z.string(), memory: z.string() }) }),
  ),
});
export type PodMetrics = z.infer<typeof PodMetrics>;

/** Whether the cluster has metrics at all. */
export async function servesMetrics({ objects }: Workbench, signal: AbortSignal): Promise<boolean> {
  try {
    return (await unlessMissing(objects.api.text({ path: api, signal }))) !== undefined;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** A sample each time that there is a new one. Ends without an error when the workspace stops or the signal aborts. */
export async function* metricsOf(
  bench: Workbench,
  name: WorkspaceName,
  limitBytes: number,
  signal: AbortSignal,
): AsyncIterable<Stats> {
  const { objects } = bench;
  let lastAt = 0;
  try {
    for (;;) {
      const pod = podThatRuns(await observe(bench, name, signal));
      if (!pod) return;
      const path = `${api}/namespaces/${encodeURIComponent(objects.namespace)}/pods/${encodeURIComponent(pod.name)}`;
      // Of a pod that is new they say nothing yet.
      const metrics = await unlessMissing(objects.api.request(PodMetrics, { path, signal }));
      const stats = metrics && statsOfMetrics(metrics, limitBytes);
      if (stats && stats.at > lastAt) {
        lastAt = stats.at;
        yield stats;
      }
      await sleep(pollMs, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Pure. undefined for what says nothing of the workspace's own container. */
export function statsOfMetrics(
  { timestamp, containers }: PodMetrics,
  memoryLimitBytes: number,
): Stats | undefined {
  const usage = containers.find(({ name }) => name === containerName)?.usage;
  const [at, cpus, memoryBytes] = [
    Date.parse(timestamp),
    quantity(usage?.cpu ?? ''),
    quantity(usage?.memory ?? ''),
  ];
  if (![at, cpus, memoryBytes].every(Number.isFinite)) return undefined;
  return { at, cpus, memoryBytes, memoryLimitBytes };
}
