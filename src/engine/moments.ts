/** What a catalogue's entry runs in a workspace at its moments (`exec_config`): once a container, once a start. */
import * as l10n from '@vscode/l10n';
import type { WorkspaceName } from '../workspace/name.ts';
import type { ExecCommand, ExecMoment, Overrides } from '../workspace/overrides.ts';
import type { Engine, Report } from './engine.ts';

/** An entry's command may install things. */
const patienceMs = 10 * 60_000;

/** Left behind in the workspace: the first goes with its container, the second with its run. */
const marks = {
  firstLaunch: ['/var/tmp', '.berth-first-launch'],
  assign: ['/dev/shm', '.berth-assign'],
} as const;
type Marked = keyof typeof marks;

/** Ends with 3 where the mark is there already; a workspace that cannot keep one gets its command all the same. */
const claim = [
  'd=$1; [ -d "$d" ] && [ -w "$d" ] || d=/tmp',
  '[ ! -e "$d/$2" ] || exit 3',
  'mkdir "$d/$2" 2>/dev/null || [ ! -e "$d/$2" ] || exit 3',
].join('\n');

interface Run {
  readonly name: WorkspaceName;
  readonly overrides?: Overrides | undefined;
}

/** One after the other. What goes wrong is reported and never fatal; only the signal's end is thrown. */
export async function runMoments(
  engine: Pick<Engine, 'exec'>,
  { name, overrides = {} }: Run,
  moments: readonly Marked[],
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  for (const moment of moments) {
    const command = overrides[moment];
    if (!command) continue;
    await reporting(moment, report, signal, async until => {
      const [folder, mark] = marks[moment];
      const words = ['/bin/sh', '-c', claim, 'sh', folder, mark];
      const { exitCode } = await engine.exec(name, words, { signal: until });
      if (exitCode !== 3) await run(engine, name, moment, command, {}, report, until);
    });
  }
}

/** Has the workspace open an address in itself, as its entry says how. */
export async function go(
  engine: Pick<Engine, 'exec'>,
  { name, overrides = {} }: Run,
  url: string,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const command = overrides.go;
  if (!command) return;
  await reporting('go', report, signal, until =>
    run(engine, name, 'go', command, { KASM_URL: url }, report, until),
  );
}

async function run(
  engine: Pick<Engine, 'exec'>,
  name: WorkspaceName,
  moment: ExecMoment,
  { command, user, privileged, environment, folder }: ExecCommand,
  more: Readonly<Record<string, string>>,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  report({ kind: 'output', text: `${l10n.t('{0}: {1}', keyOf(moment), command.join(' '))}\n` });
  const { exitCode, stdout, stderr } = await engine.exec(name, command, {
    env: { ...environment, ...more },
    signal,
    ...(user !== undefined && { user }),
    ...(folder !== undefined && { folder }),
    ...(privileged && { privileged }),
  });
  for (const text of [stdout, stderr]) {
    if (text !== '') report({ kind: 'output', text: text.endsWith('\n') ? text : `${text}\n` });
  }
  if (exitCode !== 0) throw new Error(l10n.t('it ended with {0}', exitCode));
}

async function reporting(
  moment: ExecMoment,
  report: Report,
  signal: AbortSignal,
  action: (until: AbortSignal) => Promise<void>,
): Promise<void> {
  const late = AbortSignal.timeout(patienceMs);
  try {
    await action(AbortSignal.any([signal, late]));
  } catch (error) {
    signal.throwIfAborted();
    const why = late.aborted
      ? l10n.t('it took longer than {0} min', patienceMs / 60_000)
      : error instanceof Error
        ? error.message
        : String(error);
    report({ kind: 'output', text: `${l10n.t('{0} failed: {1}', keyOf(moment), why)}\n` });
  }
}

/** As a catalogue writes it. */
function keyOf(moment: ExecMoment): string {
  return moment === 'firstLaunch' ? 'first_launch' : moment;
}
