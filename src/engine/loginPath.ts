/** Where programs are found: an editor started from a desktop knows less of a person's PATH than their terminal does. */
import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

const askTimeoutMs = 3_000;
const maxOutputBytes = 1 << 20;
const mark = '_berth_path_';

/**
 * PATH with what the person's login shell adds to it. The shell is asked once, and only where it is of use: where the
 * program is not found without it, or where this process was not started from a terminal.
 */
export async function pathFor(program: string, environment = process.env): Promise<string> {
  const path = environment.PATH ?? '';
  const isFromTerminal = environment.TERM !== undefined || environment.VSCODE_CLI !== undefined;
  if (process.platform === 'win32' || (isFromTerminal && (await isFound(program, path)))) return path;
  asked ??= askLoginShell(environment);
  return joined(path, await asked);
}

let asked: Promise<string | undefined> | undefined;

async function isFound(program: string, path: string): Promise<boolean> {
  const candidates = isAbsolute(program)
    ? [program]
    : path.split(delimiter).map(folder => join(folder, program));
  for (const candidate of candidates) {
    if (await access(candidate, constants.X_OK).then(yes, no)) return true;
  }
  return false;
}

function joined(path: string, more: string | undefined): string {
  return [...new Set([...path.split(delimiter), ...(more ?? '').split(delimiter)])]
    .filter(folder => folder !== '')
    .join(delimiter);
}

/** Undefined where it says nothing of use in time. Interactive, because that is where many people set their PATH. */
function askLoginShell(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const shell = environment.SHELL || userInfo().shell || '/bin/sh';
  return new Promise(resolve => {
    const child = spawn(shell, ['-l', '-i', '-c', `printf ${mark}; printenv PATH; printf ${mark}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
      // A session of its own: an interactive shell would stop for want of the terminal that we may have.
      detached: true,
      env: { ...environment, DISABLE_AUTO_UPDATE: 'true' },
    });
    let output = '';
    const finish = (path: string | undefined) => {
      clearTimeout(timer);
      child.stdout.destroy();
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
      resolve(path);
    };
    const timer = setTimeout(() => finish(undefined), askTimeoutMs);
    child.once('error', () => finish(undefined));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const answer = pathIn(output);
      if (answer !== undefined || output.length > maxOutputBytes) finish(answer);
    });
    child.stdout.once('end', () => finish(pathIn(output)));
  });
}

/** Between the marks: what start-up files print stands before them. */
function pathIn(output: string): string | undefined {
  const [, path] = output.split(mark);
  return output.split(mark).length < 3 ? undefined : path?.trim();
}

const yes = () => true;
const no = () => false;
