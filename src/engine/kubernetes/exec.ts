/** Programs run to their end in a workspace. */
import type { Readable } from 'node:stream';
import * as l10n from '@vscode/l10n';
import { recordFolder } from '../../boot/bootFiles.ts';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { ExecOptions, ExecResult } from '../engine.ts';
import { execStreams } from './execStreams.ts';
import { containerName } from './names.ts';
import { factsOf } from './parts.ts';
import { runningPod, type Workbench } from './workbench.ts';

/** Far more than any program that Berth runs prints. */
const maxOutputBytes = 64 * 1024 ** 2;

export async function execToEnd(
  bench: Workbench,
  name: WorkspaceName,
  argv: readonly string[],
  { user, stdin, signal }: ExecOptions,
): Promise<ExecResult> {
  const { objects } = bench;
  const { pod, parts } = await runningPod(bench, name, signal);
  const login = factsOf(parts).login?.name ?? 'root';
  // The pod's own user runs what is exec'd: boot changes to another.
  const asUser = ['/bin/sh', `${recordFolder}/boot.sh`, 'as', user ?? login, ...argv];
  const place = { namespace: objects.namespace, name: pod.name };
  const options = { stdin: stdin !== undefined, ...(signal && { signal }) };
  using streams = await execStreams(objects.api, place, containerName, asUser, options);
  streams.stdin?.end(stdin);
  const [stdout, stderr, { exitCode }] = await Promise.all([
    textOf(streams.stdout),
    textOf(streams.stderr),
    streams.exit,
  ]);
  return { exitCode, stdout, stderr };
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > maxOutputBytes) throw new BerthError(l10n.t('The program printed too much.'));
  }
  return Buffer.concat(chunks).toString();
}
