/** A task's command as ssh is given it: one string that the login shell of the workspace runs. Pure. */
import { shellQuote } from '../../workspace/shell.ts';

export interface RemoteCommand {
  /** A line of shell, or several. */
  readonly command: string;
  /** Absolute, or below the home; absent: the home. */
  readonly cwd?: string | undefined;
  /** Of the terminal that shows it. */
  readonly size?: { readonly columns: number; readonly rows: number } | undefined;
}

/** It runs by sh, whatever the login shell is, which has no more to do than to start it. */
export function remoteCommand({ command, cwd, size }: RemoteCommand): string {
  const script = [
    ...(size ? [`stty cols ${Math.trunc(size.columns)} rows ${Math.trunc(size.rows)} 2>/dev/null`] : []),
    ...(cwd ? [`cd -- ${shellQuote(belowHome(cwd))} || exit`] : []),
    command,
  ].join('\n');
  return `exec sh -c ${anyShellQuote(script)}`;
}

/** ssh begins in the home. */
function belowHome(path: string): string {
  return path === '~' ? '.' : path.replace(/^~\/+/, './');
}

/** One word for POSIX shells and fish alike, which takes a backslash between single quotes for its own. */
function anyShellQuote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, mark => `'\\${mark}'`)}'`;
}
