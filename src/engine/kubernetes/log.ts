/** What a workspace has printed: what was kept of its run before, then that of its pod. */
import { recordFolder } from '../../boot/bootFiles.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { LogOptions } from '../engine.ts';
import { decoded, logFileArgv } from '../logFile.ts';
import { execStreams } from './execStreams.ts';
import { allOf, containerName, objectName } from './names.ts';
import { runEnded } from './runEnded.ts';
import { existing, runningPod, type Workbench } from './workbench.ts';

/** Keys of the Secret, never mounted: the end of the last log that was kept, and of which pod it is. */
const lastLogKey = 'last.log';
const lastPodKey = 'last.pod';
const keptBytes = 64 * 1024;
const lastLogMs = 1500;

/** Ends without an error when the pod ends or the signal aborts. */
export async function* logOf(
  bench: Workbench,
  name: WorkspaceName,
  { follow, tail }: LogOptions,
  signal: AbortSignal,
): AsyncIterable<string> {
  const { objects } = bench;
  const { pods } = await existing(bench, name, signal);
  // The newest that has said something: one that waits for its node has not.
  const pod = pods.find(({ isRunning, end }) => isRunning || end);
  if (!pod || tail === undefined) {
    const { data = {} } = (await objects.get('secret', objectName(name), signal)) ?? {};
    // While it stops, what is kept is of the pod that is still there.
    if (textIn(data, lastPodKey) !== pod?.name) yield lastLines(textIn(data, lastLogKey), tail);
    if (!pod) return;
  }
  const path = `${objects.path('pod', pod.name)}/log`;
  const query = { container: containerName, follow, ...(tail !== undefined && { tailLines: tail }) };
  try {
    for await (const line of objects.api.lines({ path, query, signal })) yield `${line}\n`;
  } catch (error) {
    if (!signal.aborted && !runEnded(error)) throw error;
  }
}

/** One of boot's files, while it runs. Ends without an error when the pod ends or the signal aborts. */
export async function* fileLogOf(
  bench: Workbench,
  name: WorkspaceName,
  file: string,
  options: LogOptions,
  signal: AbortSignal,
): AsyncIterable<string> {
  const { objects } = bench;
  const { pod } = await runningPod(bench, name, signal);
  const place = { namespace: objects.namespace, name: pod.name };
  const argv = logFileArgv(`${recordFolder}/${file}`, options);
  using streams = await execStreams(objects.api, place, containerName, argv, { stdin: true, signal });
  streams.stderr.resume();
  try {
    yield* decoded(streams.stdout);
  } catch (error) {
    if (!signal.aborted && !runEnded(error)) throw error;
  }
}

/** The end of the log of the pod that runs, as data for the Secret; undefined where there is none, or not in time. */
export async function lastLog(
  { objects }: Workbench,
  name: WorkspaceName,
): Promise<Readonly<Record<string, string>> | undefined> {
  const signal = AbortSignal.timeout(lastLogMs);
  try {
    const pods = await objects.list('pod', { labelSelector: allOf(name) }, signal);
    const pod = pods.find(({ isRunning, end }) => isRunning || end);
    if (!pod) return undefined;
    const query = { container: containerName, tailLines: 2000 };
    const text = await objects.api.text({ path: `${objects.path('pod', pod.name)}/log`, query, signal });
    const end = Buffer.from(text).subarray(-keptBytes);
    return { [lastLogKey]: end.toString('base64'), [lastPodKey]: Buffer.from(pod.name).toString('base64') };
  } catch {
    // A stop does not wait for what is only nice to have.
    return undefined;
  }
}

function textIn(data: Readonly<Record<string, string>>, key: string): string {
  return Buffer.from(data[key] ?? '', 'base64').toString();
}

function lastLines(text: string, tail: number | undefined): string {
  return tail === undefined
    ? text
    : text
        .split('\n')
        .slice(-tail - 1)
        .join('\n');
}
