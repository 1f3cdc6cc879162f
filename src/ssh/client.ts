/** What this machine's OpenSSH is like. */
import { execFile } from 'node:child_process';

let asked: Promise<boolean> | undefined;

/**
 * Whether its default key exchange is slow: from 9.0, sntrup761, whose code is slow until 9.9 prefers another. From
 * 10.1 ssh warns about anything that is not post-quantum, so nothing is changed there.
 */
export function hasSlowKeyExchange(): Promise<boolean> {
  asked ??= new Promise(resolve => {
    execFile('ssh', ['-V'], { timeout: 3_000 }, (_error, stdout, stderr) =>
      resolve(isSlowVersion(`${stdout}${stderr}`)),
    );
  });
  return asked;
}

/** Pure: by what `ssh -V` prints. */
export function isSlowVersion(text: string): boolean {
  const [, major, minor] = /OpenSSH_(?:for_Windows_)?(\d+)\.(\d+)/.exec(text) ?? [];
  const version = Number(major) * 100 + Number(minor);
  return version >= 900 && version <= 1000;
}
