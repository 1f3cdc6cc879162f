/** A task of the type `berth`: one command in a workspace over ssh, in a terminal of the editor. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { homedir } from 'node:os';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import * as z from 'zod';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import { workspaceAlias } from '../../workspace/workspace.ts';
import { enterable } from '../connect.ts';
import type { Parts } from '../parts.ts';
import { parseInput } from './inputs.ts';
import { meantBy } from './operate.ts';
import { remoteCommand } from './remoteCommand.ts';

const noNul = /^[^\0]*$/;
const CommandTask = z.object({
  workspace: z.string().trim().min(1).max(80),
  command: z.string().min(1).max(65_536).regex(noNul),
  cwd: z.string().max(4_096).regex(noNul).optional(),
});

/** What ssh ends with when it is ssh that failed. */
const failed = 255;
/** Between the end of the connection, which ends the command, and that of an ssh that hangs. */
const killMs = 5_000;

/** `definition`: as it stands in tasks.json, variables put in. */
export function commandTerminal(parts: Parts, definition: unknown): vscode.Pseudoterminal {
  const output = new vscode.EventEmitter<string>();
  const end = new vscode.EventEmitter<number>();
  const cancelled = new vscode.CancellationTokenSource();
  let ssh: ChildProcessWithoutNullStreams | undefined;

  const say = (text: string) => output.fire(text.replaceAll(/\r?\n/g, '\r\n'));
  const run = async (size: vscode.TerminalDimensions | undefined) => {
    const { workspace: text, ...command } = parseInput(CommandTask, definition);
    const workspace = await meantBy(parts, text, cancelled.token);
    if (workspace.state.kind !== 'Running') say(`${l10n.t('Starting {0}', workspace.name)}\n`);
    if (!(await enterable(parts, workspace)))
      throw new BerthError(l10n.t('{0} was not entered', workspace.name), { code: 'cancelled' });
    await parts.upkeep.filesReady(workspace.target);
    if (cancelled.token.isCancellationRequested) return;
    const alias = workspaceAlias(workspace);
    const config = parts.machine.ssh.folder.config(workspace.target);
    // A terminal there, so that the command ends with the connection; nothing of ssh's own among what it prints.
    const options = ['-F', config, '-tt', '-o', 'LogLevel=ERROR'];
    ssh = spawn('ssh', [...options, alias, remoteCommand({ ...command, size })], { cwd: homedir() });
    ssh.stdin.on('error', () => {});
    ssh.stdout.setEncoding('utf8').on('data', (data: string) => output.fire(data));
    ssh.stderr.setEncoding('utf8').on('data', say);
    ssh.on('error', error => fail(new BerthError(l10n.t('ssh does not run'), { cause: error })));
    ssh.on('close', code => end.fire(code ?? failed));
  };
  const fail = (error: unknown) => {
    if (!isBerthError(error)) parts.log.write('error', 'a task failed', error);
    say(`${error instanceof Error ? error.message : String(error)}\n`);
    end.fire(failed);
  };

  return {
    onDidWrite: output.event,
    onDidClose: end.event,
    open: size => void run(size).catch(fail),
    handleInput: data => void ssh?.stdin.write(data),
    close: () => {
      cancelled.cancel();
      ssh?.kill('SIGHUP');
      const { pid } = ssh ?? {};
      if (pid !== undefined) setTimeout(() => ssh?.kill('SIGKILL'), killMs).unref();
    },
  };
}
