/** Programs run to their end in a workspace. */
import * as l10n from '@vscode/l10n';
import { recordFolder } from '../../boot/bootFiles.ts';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { inFolder } from '../../workspace/ownImage.ts';
import type { ExecOptions, ExecResult } from '../engine.ts';
import { execStreams, outcomeOf } from './execStreams.ts';
import { containerName } from './names.ts';
import { factsOf } from './parts.ts';
import { runningPod, type Workbench } from './workbench.ts';

export async function execToEnd(
  bench: Workbench,
  name: WorkspaceName,
  argv: readonly string[],
  { user, stdin, signal, env, folder, privileged }: ExecOptions,
): Promise<ExecResult> {
  if (privileged) {
    throw new BerthError(l10n.t('Kubernetes cannot give a program more rights than its pod has.'), {
      code: 'unsupported',
    });
  }
  const { objects } = bench;
  const { pod, parts } = await runningPod(bench, name, signal);
  const login = factsOf(parts).login?.name ?? 'root';
  // The pod's own user runs what is exec'd: boot changes to another.
  const asUser = ['/bin/sh', `${recordFolder}/boot.sh`, 'as', user ?? login, ...placed(argv, env, folder)];
  const place = { namespace: objects.namespace, name: pod.name };
  const options = { stdin: stdin !== undefined, ...(signal && { signal }) };
  using streams = await execStreams(objects.api, place, containerName, asUser, options);
  return await outcomeOf(streams, stdin);
}

/** The API's exec has neither variables nor a folder: programs of the image put them on. */
function placed(
  argv: readonly string[],
  env: ExecOptions['env'] = {},
  folder: string | undefined,
): readonly string[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [...(variables.length > 0 ? ['env', ...variables] : []), ...inFolder(argv, folder)];
}
