/** How much a workspace uses, about once a second. */
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import * as z from 'zod';
import type { Stats } from '../engine.ts';
import { decoded, linesOf } from '../lines.ts';
import { abortable } from './observe.ts';
import { endOnAbort } from './output.ts';

/** Ends without an error when the container stops or the signal aborts. */
export async function* statsOf(container: Dockerode.Container, signal: AbortSignal): AsyncIterable<Stats> {
  const stream = await container.stats({ stream: true, ...abortable(signal) });
  try {
    for await (const line of linesOf(decoded(endOnAbort(stream as Readable, signal)))) {
      const stats = statsFrom(line, Date.now());
      if (stats) yield stats;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

const Cpu = z.object({
  cpu_usage: z.object({ total_usage: z.number().default(0) }),
  system_cpu_usage: z.number().default(0),
  online_cpus: z.number().default(1),
});
const Sample = z.object({
  cpu_stats: Cpu,
  precpu_stats: Cpu.partial(),
  memory_stats: z.object({
    usage: z.number().default(0),
    limit: z.number().default(0),
    stats: z.record(z.string(), z.unknown()).nullish(),
  }),
  networks: z.record(z.string(), z.object({ rx_bytes: z.number(), tx_bytes: z.number() })).nullish(),
  blkio_stats: z
    .object({
      io_service_bytes_recursive: z.array(z.object({ op: z.string(), value: z.number() })).nullish(),
    })
    .nullish(),
});

/** Pure: one line of the stream, or undefined where it is no sample, or the first one, which has nothing to compare with. */
export function statsFrom(line: string, at: number): Stats | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const sample = Sample.safeParse(json).data;
  if (!sample?.precpu_stats.system_cpu_usage) return undefined;
  const { cpu_stats: now, precpu_stats: before, memory_stats: memory } = sample;
  const used = now.cpu_usage.total_usage - (before.cpu_usage?.total_usage ?? 0);
  const passed = now.system_cpu_usage - sample.precpu_stats.system_cpu_usage;
  const networks = Object.values(sample.networks ?? {});
  const blocks = sample.blkio_stats?.io_service_bytes_recursive ?? [];
  return {
    at,
    cpus: passed > 0 ? Math.max(0, (used / passed) * now.online_cpus) : 0,
    memoryBytes: Math.max(0, memory.usage - cacheOf(memory.stats)),
    memoryLimitBytes: memory.limit,
    receivedBytes: sum(networks.map(({ rx_bytes }) => rx_bytes)),
    sentBytes: sum(networks.map(({ tx_bytes }) => tx_bytes)),
    readBytes: sum(blocks.filter(({ op }) => /^read$/i.test(op)).map(({ value }) => value)),
    writtenBytes: sum(blocks.filter(({ op }) => /^write$/i.test(op)).map(({ value }) => value)),
  };
}

/** Files in the page cache that can be given back at any time, as `docker stats` takes them off (cgroup v1, then v2). */
function cacheOf(stats: Readonly<Record<string, unknown>> | null | undefined): number {
  const cache = stats?.total_inactive_file ?? stats?.inactive_file;
  return typeof cache === 'number' ? cache : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
