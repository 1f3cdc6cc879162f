/**
 * What boot says on its standard output, one line an event: `@berth <stage> <event>[ <message>]`.
 * Every other line is output of the programs that boot runs.
 */

/** In the order in which boot goes through them. Up to 'ready' a failure is fatal, after it it is only shown. */
export const bootStages = [
  'home',
  'hostkey',
  'sshd',
  'ready',
  'git',
  'dotfiles',
  'init',
  'apps',
  'time',
  'stop',
] as const;
export type BootStage = (typeof bootStages)[number];
/** begin, then ok or fail; 'skip' where there is nothing to do; 'note' for a word in between. */
export const bootEvents = ['begin', 'ok', 'fail', 'skip', 'note'] as const;
export type BootEventKind = (typeof bootEvents)[number];

export interface BootEvent {
  readonly stage: BootStage;
  readonly event: BootEventKind;
  /** What went wrong and the way out, or the reason of a stop; may be ''. */
  readonly message: string;
}

/** The message is whatever is left of the line, line separators of Unicode among it. */
const pattern = /^@berth ([a-z]+) ([a-z]+)(?: (.*))?$/s;

/** The event in a line of boot's output, or undefined where the line is not boot's. Hostile text is just output. */
export function parseBootLine(line: string): BootEvent | undefined {
  const [, stage, event, message = ''] = pattern.exec(line.endsWith('\r') ? line.slice(0, -1) : line) ?? [];
  if (!isOneOf(bootStages, stage) || !isOneOf(bootEvents, event)) return undefined;
  return { stage, event, message };
}

/** Exit codes of boot: Berth's own, apart from 1, 2, 125-128+n and 255, which others use. */
export const bootExitCodes = {
  /** A person stopped it (SIGUSR1 first). */
  person: 80,
  /** The engine or the machine stopped it (SIGTERM alone). */
  machine: 81,
  /** A time limit stopped it; the reason file says which. */
  limit: 82,
  /** A stage up to 'ready' failed; the reason file names it. */
  bootFailed: 83,
} as const;

function isOneOf<const T extends readonly string[]>(
  values: T,
  value: string | undefined,
): value is T[number] {
  return value !== undefined && (values as readonly string[]).includes(value);
}
