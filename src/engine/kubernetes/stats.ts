/**
 * How much a workspace uses, about once a second: what its cgroup and network say, read inside by one program that
 * stays. Where that cannot be, the cluster's own metrics have to do: they know less, and seldom.
 */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Stats } from '../engine.ts';
import { decoded, linesOf } from '../lines.ts';
import { execStreams } from './execStreams.ts';
import { metricsOf, servesMetrics } from './metrics.ts';
import { containerName } from './names.ts';
import { factsOf } from './parts.ts';
import { isConnectionFailure } from './unreachable.ts';
import { observe, podThatRuns, runningPod, type Workbench } from './workbench.ts';

/**
 * One sample a block, ended by a line 'end'. cgroup v2 first, then v1 (cgroups(7)). Input has to be open: its end is the
 * only word that a program in a pod gets of a connection that was let go.
 */
const script = `
cd /sys/fs/cgroup || exit
while :; do
  if [ -r cpu.stat ]; then
    while read -r k v; do [ "$k" != usage_usec ] || echo "cpuUsec $v"; done <cpu.stat
    read -r v <memory.current && echo "memory $v"
    read -r v <memory.max && echo "limit $v"
    while read -r k v; do [ "$k" != inactive_file ] || echo "cache $v"; done <memory.stat
    [ ! -r io.stat ] || while read -r _ a b _; do echo "read \${a#rbytes=}"; echo "written \${b#wbytes=}"; done <io.stat
  else
    read -r v <cpuacct/cpuacct.usage && echo "cpuNsec $v"
    read -r v <memory/memory.usage_in_bytes && echo "memory $v"
    read -r v <memory/memory.limit_in_bytes && echo "limit $v"
    while read -r k v; do [ "$k" != total_inactive_file ] || echo "cache $v"; done <memory/memory.stat
    while read -r _ k v; do case $k in Read) echo "read $v" ;; Write) echo "written $v" ;; esac; done \\
      <blkio/blkio.throttle.io_service_bytes_recursive 2>/dev/null
  fi
  while read -r k rest; do
    case $k in *:) [ "$k" = lo: ] || { set -- $rest; echo "received $1"; echo "sent $9"; } ;; esac
  done </proc/net/dev
  echo end
  sleep 1
done &
while read -r _; do :; done
kill $!`;

/** Ends without an error when the workspace stops or the signal aborts. */
export async function* statsOf(
  bench: Workbench,
  name: WorkspaceName,
  signal: AbortSignal,
): AsyncIterable<Stats> {
  const { pod, parts } = await runningPod(bench, name, signal);
  const limitBytes = (factsOf(parts).settings?.memoryMiB ?? 0) * 1024 ** 2;
  let isTelling = false;
  try {
    for await (const stats of fromInside(bench, pod.name, limitBytes, signal)) {
      isTelling = true;
      yield stats;
    }
    if (isTelling || signal.aborted) return;
    if (podThatRuns(await observe(bench, name, signal))?.name !== pod.name) return;
    throw unreadable(name);
  } catch (error) {
    if (signal.aborted) return;
    if (isTelling || isConnectionFailure(error) || !(await servesMetrics(bench, signal))) throw error;
    bench.log('debug', `${name}: its use comes from metrics.k8s.io, because: ${error}`);
  }
  yield* metricsOf(bench, name, limitBytes, signal);
}

/** Ends when the program does: at once where it has nothing to read. */
async function* fromInside(
  { objects }: Workbench,
  pod: string,
  limitBytes: number,
  signal: AbortSignal,
): AsyncIterable<Stats> {
  const place = { namespace: objects.namespace, name: pod };
  const options = { stdin: true, signal };
  using streams = await execStreams(objects.api, place, containerName, ['/bin/sh', '-c', script], options);
  streams.stderr.resume();
  let before: Sample | undefined;
  let lines: string[] = [];
  for await (const line of linesOf(decoded(streams.stdout))) {
    if (line !== 'end') {
      lines.push(line);
      continue;
    }
    const sample = sampleOf(lines, Date.now());
    lines = [];
    if (before) yield statsBetween(before, sample, limitBytes);
    before = sample;
  }
}

function unreadable(name: WorkspaceName): BerthError {
  return new BerthError(
    l10n.t(
      'Cannot tell how much “{0}” uses: its own files (/sys/fs/cgroup) cannot be read, and the cluster serves no metrics.k8s.io.',
      name,
    ),
    { code: 'unsupported' },
  );
}

export interface Sample {
  /** Unix time in ms. */
  readonly at: number;
  readonly cpuSeconds: number;
  readonly values: Readonly<Record<string, number>>;
}

/** What the script writes. */
const kinds: ReadonlySet<string> = new Set([
  ...['cpuUsec', 'cpuNsec', 'memory', 'limit', 'cache'],
  ...['read', 'written', 'received', 'sent'],
]);

/** Pure: the lines of one block; several of a kind (disks, networks) are added up. */
export function sampleOf(lines: readonly string[], at: number): Sample {
  const values: Record<string, number> = {};
  for (const line of lines) {
    const [key = '', text = ''] = line.split(' ');
    const value = Number(text);
    // Programs of the workspace may write among the lines.
    if (!kinds.has(key) || text === '' || !Number.isFinite(value)) continue;
    values[key] = (values[key] ?? 0) + value;
  }
  const cpuSeconds = (values.cpuUsec ?? 0) / 1e6 + (values.cpuNsec ?? 0) / 1e9;
  return { at, cpuSeconds, values };
}

/** Pure. A limit of 'max', or one that no machine has, is the pod's own. */
export function statsBetween(before: Sample, now: Sample, ownLimitBytes: number): Stats {
  const { values } = now;
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const limit = values.limit ?? 0;
  return {
    at: now.at,
    cpus: Math.max(0, (now.cpuSeconds - before.cpuSeconds) / seconds),
    memoryBytes: Math.max(0, (values.memory ?? 0) - (values.cache ?? 0)),
    memoryLimitBytes: limit > 0 && limit < 2 ** 53 ? limit : ownLimitBytes,
    receivedBytes: values.received ?? 0,
    sentBytes: values.sent ?? 0,
    readBytes: values.read ?? 0,
    writtenBytes: values.written ?? 0,
  };
}
