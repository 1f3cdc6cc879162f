/** Whether a key enters a workspace that runs: tried with the machine's own ssh, as a person would come in. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type { Target } from '../engine/target.ts';
import { type Workspace, workspaceAlias } from '../workspace/workspace.ts';
import { writeAtomically } from './atomicWrite.ts';
import { lastWords } from './portForward.ts';
import type { SshHome } from './sshHome.ts';

export interface Entry {
  readonly target: Target;
  readonly workspace: Workspace;
}

/** One try: the handshake on a slow line. */
const tryMs = 60_000;
/** A cluster may take a minute and more until a changed Secret stands in a pod. */
const patienceMs = 120_000;
const pauseMs = 2_000;

/** Undefined where it enters; else why not, in ssh's words. `folder`: for a config with that key and no other. */
export async function tryEntry(
  home: SshHome,
  { target, workspace }: Entry,
  keyPath: string,
  folder: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const config = join(folder, 'config');
  await writeAtomically(config, await home.configFor(target, [workspace], keyPath), { mode: 0o600 });
  const until = performance.now() + patienceMs;
  for (;;) {
    const words = await once(config, workspaceAlias(workspace), signal);
    if (words === undefined || performance.now() > until || !/permission denied/i.test(words)) return words;
    await sleep(pauseMs, undefined, { signal });
  }
}

async function once(config: string, alias: string, signal: AbortSignal): Promise<string | undefined> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(tryMs)]);
  const child = spawn('ssh', ['-F', config, '-T', '-o', 'BatchMode=yes', alias, 'true'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: bounded,
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    words = (words + chunk).slice(-4_000);
  });
  const code = await new Promise<number | null>(resolve => {
    child.once('error', () => resolve(-1));
    child.once('close', resolve);
  });
  signal.throwIfAborted();
  if (code === 0) return undefined;
  return bounded.aborted
    ? l10n.t('ssh did not answer within {0} s', tryMs / 1000)
    : lastDenial(words) || lastWords(words) || l10n.t('ssh ended with code {0}', code ?? '');
}

/** What the server said, whatever the proxy said before. */
function lastDenial(words: string): string {
  return (
    words
      .split('\n')
      .findLast(line => /permission denied/i.test(line))
      ?.trim() ?? ''
  );
}
