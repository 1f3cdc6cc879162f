/** Who sits here: the name that workspaces are marked with, and the git identity that goes into them. */
import { execFile } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { promisify } from 'node:util';
import type { Maker } from '../engine/engine.ts';
import { configuration } from '../vscode/configuration.ts';

export interface GitIdentity {
  readonly name: string;
  readonly email: string;
}

const run = promisify(execFile);

/** This machine's git identity; '' for what is not set, or where there is no git. */
export async function gitIdentity(): Promise<GitIdentity> {
  const [name, email] = await Promise.all([gitSetting('user.name'), gitSetting('user.email')]);
  return { name, email };
}

/** `berth.identity`, else the git e-mail, else user@host. */
export async function maker(): Promise<Maker> {
  const set = configuration.identity() || (await gitSetting('user.email'));
  return {
    identity: set || `${userInfo().username}@${hostname()}`,
    host: hostname(),
    pid: process.pid,
  };
}

async function gitSetting(key: string): Promise<string> {
  try {
    const { stdout } = await run('git', ['config', '--global', '--get', key], { timeout: 3_000 });
    return stdout.trim();
  } catch {
    // Not set, or no git here: both mean that there is none.
    return '';
  }
}
