/** What this machine's OpenSSH is like, and the shell in which it starts a proxy. */
import { execFile } from 'node:child_process';

let asked: Promise<boolean> | undefined;
let heard: Promise<boolean> | undefined;
/** A shell that takes longer to start speaks too late, if at all. */
const shellMs = 5_000;

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

/**
 * Whether something else than the proxy speaks where ssh waits for a connection that is handed over. ssh starts the proxy by
 * the person's shell, with a socket as its input (ProxyUseFdpass); bash, where it is the outermost shell, takes that for a
 * network's and reads ~/.bashrc: what that prints comes in the place of the connection.
 */
export function isShellLoud(): Promise<boolean> {
  heard ??= listenToShell(process.env.SHELL || '/bin/sh', process.env);
  return heard;
}

/** What Node calls a pipe is a socket, as ssh's is. */
export function listenToShell(shell: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise(resolve => {
    const options = { timeout: shellMs, env: { ...env, SHLVL: '0' } };
    execFile(shell, ['-c', 'exec true'], options, (error, stdout) =>
      resolve(stdout !== '' || (error?.killed ?? false)),
    );
  });
}
