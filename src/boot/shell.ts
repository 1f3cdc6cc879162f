/** Text as the POSIX shell takes it: values of any content, and names that a shell keeps for itself. */
import { shellQuote } from '../workspace/shell.ts';

/** Several assignments, one a line; the names are ours and need no check. */
export function assignments(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${shellQuote(String(value))}\n`)
    .join('');
}

/**
 * Variables that a shell sets itself or refuses to take over from others: assigning them ends a bash (readonly) or a
 * dash (OPTIND), or is without effect.
 */
export const shellOwnNames: ReadonlySet<string> = new Set(
  (
    'BASHOPTS BASHPID BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_LINENO BASH_SOURCE BASH_SUBSHELL ' +
    'BASH_VERSINFO BASH_VERSION COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD LINENO ' +
    'OPTARG OPTERR OPTIND PIPESTATUS PPID RANDOM SECONDS SHELLOPTS SRANDOM UID _'
  ).split(' '),
);
