/** The shells that boot must be read alike by, as they are on this machine. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const candidates: readonly (readonly [string, ...string[]])[] = [
  ['/bin/dash'],
  ['/bin/bash', '--posix'],
  ['/bin/busybox', 'sh'],
];

export const shells = candidates.filter(([file]) => existsSync(file));

/** What a shell prints of a script that it reads from standard input. */
export function output([file, ...args]: readonly [string, ...string[]], script: string): string {
  const { stdout, stderr, status } = spawnSync(file, [...args, '-s'], {
    input: script,
    timeout: 20_000,
    maxBuffer: 64 << 20,
    env: { PATH: process.env.PATH },
  });
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
  return stdout.toString('utf8');
}
