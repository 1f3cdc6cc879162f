/**
 * The text of the launcher, ProxyCommand's first word: it finds a Node that is still there and hands over to the
 * proxy beside it. Editors move with every update, hence several candidates, and at last the `node` of the PATH.
 */
import { shellQuote } from '../workspace/shell.ts';

/** `nodes` are absolute paths, best first; `program` is relative to the launcher, with `/`. */
export interface LauncherParts {
  readonly version: string;
  readonly nodes: readonly string[];
  readonly program: string;
}

/**
 * Debuggers and other options meant for the person's own programs are kept out of ours. Where ssh waits for an open
 * connection (ProxyUseFdpass: one socket is both standard input and output; clients written in Node use two), Node is
 * told to take that socket as its channel, over which it can pass one.
 */
export function posixLauncher({ version, nodes, program }: LauncherParts): string {
  return `#!/bin/sh
# Berth's way into workspaces, called by ssh. Written by Berth ${version}.
unset NODE_OPTIONS VSCODE_INSPECTOR_OPTIONS NODE_CHANNEL_SERIALIZATION_MODE
ELECTRON_RUN_AS_NODE=1
export ELECTRON_RUN_AS_NODE
if [ -S /dev/fd/1 ] && [ /dev/fd/0 -ef /dev/fd/1 ]; then
  NODE_CHANNEL_FD=1
  export NODE_CHANNEL_FD
else
  unset NODE_CHANNEL_FD
fi
program=\${0%/*}/${program}
for node in ${nodes.map(shellQuote).join(' ')}; do
  [ -x "$node" ] && exec "$node" "$program" "$@"
done
command -v node >/dev/null && exec node "$program" "$@"
echo 'berth: no Node to run with: open an editor with Berth once, or install Node' >&2
exit 127
`;
}

/** The same for Windows, where nothing is handed over. CRLF, as cmd.exe wants it. */
export function windowsLauncher({ version, nodes, program }: LauncherParts): string {
  const path = program.replaceAll('/', '\\');
  return [
    '@echo off',
    `rem Berth's way into workspaces, called by ssh. Written by Berth ${version}.`,
    'setlocal',
    'set NODE_OPTIONS=',
    'set VSCODE_INSPECTOR_OPTIONS=',
    'set NODE_CHANNEL_FD=',
    'set ELECTRON_RUN_AS_NODE=1',
    ...nodes.flatMap(node => [
      `if exist ${windowsQuoted(node)} (`,
      `  ${windowsQuoted(node)} "%~dp0${path}" %*`,
      '  exit /b',
      ')',
    ]),
    'where /q node && (',
    `  node "%~dp0${path}" %*`,
    '  exit /b',
    ')',
    '>&2 echo berth: no Node to run with: open an editor with Berth once, or install Node',
    'exit /b 127',
    '',
  ].join('\r\n');
}

/** The version and the Node candidates of a launcher that stands there; empty where it is not one of ours. */
export function parseLauncher(text: string): { readonly version: string; readonly nodes: readonly string[] } {
  const version = / Written by Berth (\S+)\.\r?$/m.exec(text)?.[1] ?? '';
  const posix = /^for node in (.*); do$/m.exec(text)?.[1];
  const nodes =
    posix === undefined
      ? [...text.matchAll(/^if exist "([^"]+)" \(\r?$/gm)].map(([, node]) =>
          (node ?? '').replaceAll('%%', '%'),
        )
      : [...posix.matchAll(/'((?:[^']|'\\'')*)'(?= |$)/g)].map(([, node]) =>
          (node ?? '').replaceAll("'\\''", "'"),
        );
  return { version, nodes };
}

function windowsQuoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
