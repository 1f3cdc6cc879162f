/**
 * What Remote-SSH does, by hand: a real VS Code server is copied into a workspace through the generated ssh config,
 * started over ssh, and answers over a forward of its port.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Berth } from '../support/berth.ts';
import { installCodeServer } from '../support/codeServer.ts';
import { Background, freePort, run } from '../support/command.ts';

export async function assertServes(berth: Berth, name: string): Promise<void> {
  const vscode = join(await installCodeServer(() => {}), 'lib', 'vscode');
  const ssh = ['ssh', ...berth.sshArguments, berth.alias(name)];
  const copy = (from: string, what: string) =>
    run(
      'bash',
      [
        '-o',
        'pipefail',
        '-c',
        'from=$1 what=$2; shift 2; tar -C "$from" -ch "$what" | "$@" "mkdir -p server && tar -C server -x"',
        'copy',
        from,
        what,
        ...ssh,
      ],
      {
        timeoutMs: 180_000,
      },
    );
  await copy(dirname(vscode), 'vscode');
  await copy(dirname(process.execPath), 'node');

  const port = await freePort();
  const command =
    'cd server && exec ./node vscode/out/server-main.js --host 127.0.0.1 --port 8123 --without-connection-token --accept-server-license-terms --server-data-dir "$HOME/.berth-server"';
  const server = new Background('ssh', [
    ...berth.sshArguments,
    ...['-o', 'ExitOnForwardFailure=yes', '-L', `127.0.0.1:${port}:127.0.0.1:8123`],
    berth.alias(name),
    command,
  ]);
  const version = () =>
    fetch(`http://127.0.0.1:${port}/version`, { signal: AbortSignal.timeout(2_000) }).then(
      answer => (answer.ok ? answer.text() : ''),
      () => '',
    );
  try {
    await server.until(
      async () => (await version()) !== '',
      'the server answered through the forward',
      60_000,
    );
    const product: { commit: string } = JSON.parse(await readFile(join(vscode, 'product.json'), 'utf8'));
    assert.equal(await version(), product.commit);
  } finally {
    await server.stop();
  }
}
