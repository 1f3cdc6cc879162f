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
/** For a command that was interrupted, until the terminal is taken away from it; and for an ssh that hangs. */
const hangUpMs = 2_000;
const killMs = 7_000;

export class CommandTerminal implements vscode.Pseudoterminal, Disposable {
  readonly #parts: Parts;
  readonly #definition: unknown;
  readonly #output = new vscode.EventEmitter<string>();
  readonly #end = new vscode.EventEmitter<number>();
  readonly #cancelled = new vscode.CancellationTokenSource();
  #ssh: ChildProcessWithoutNullStreams | undefined;

  readonly onDidWrite = this.#output.event;
  readonly onDidClose = this.#end.event;

  /** `definition`: as it stands in tasks.json, variables put in. */
  constructor(parts: Parts, definition: unknown) {
    this.#parts = parts;
    this.#definition = definition;
  }

  open(size: vscode.TerminalDimensions | undefined): void {
    this.#run(size).catch((error: unknown) => this.#fail(error));
  }

  handleInput(data: string): void {
    this.#ssh?.stdin.write(data);
  }

  /** Interrupts the command as Ctrl-C does, and hangs up on one that goes on. */
  close(): void {
    this.#cancelled.cancel();
    const ssh = this.#ssh;
    if (!isRunning(ssh)) return;
    ssh.stdin.write('\x03');
    setTimeout(() => ssh.kill('SIGHUP'), hangUpMs).unref();
    setTimeout(() => ssh.kill('SIGKILL'), killMs).unref();
  }

  /** With the window: nothing waits any more. */
  [Symbol.dispose](): void {
    this.#cancelled.cancel();
    this.#ssh?.kill('SIGHUP');
  }

  async #run(size: vscode.TerminalDimensions | undefined): Promise<void> {
    const { workspace: text, ...command } = parseInput(CommandTask, this.#definition);
    const { token } = this.#cancelled;
    const workspace = await meantBy(this.#parts, text, token);
    if (workspace.state.kind !== 'Running') this.#say(`${l10n.t('Starting {0}', workspace.name)}\n`);
    if (!(await enterable(this.#parts, workspace)))
      throw new BerthError(l10n.t('{0} was not entered', workspace.name), { code: 'cancelled' });
    await this.#parts.upkeep.filesReady(workspace.target);
    if (token.isCancellationRequested) return;
    const config = this.#parts.machine.ssh.folder.config(workspace.target);
    // A terminal there, so that the command ends with the connection; nothing of ssh's own among what it prints.
    const options = ['-F', config, '-tt', '-o', 'LogLevel=ERROR'];
    const remote = remoteCommand({ ...command, size });
    const ssh = spawn('ssh', [...options, workspaceAlias(workspace), remote], { cwd: homedir() });
    this.#ssh = ssh;
    ssh.stdin.on('error', () => {});
    ssh.stdout.setEncoding('utf8').on('data', (data: string) => this.#output.fire(data));
    ssh.stderr.setEncoding('utf8').on('data', (data: string) => this.#say(data));
    ssh.on('error', cause => this.#fail(new BerthError(l10n.t('ssh does not run'), { cause })));
    ssh.on('close', code => this.#end.fire(code ?? failed));
  }

  #fail(error: unknown): void {
    if (!isBerthError(error)) this.#parts.log.write('error', 'a task failed', error);
    this.#say(`${error instanceof Error ? error.message : String(error)}\n`);
    this.#end.fire(failed);
  }

  #say(text: string): void {
    this.#output.fire(text.replaceAll(/\r?\n/g, '\r\n'));
  }
}

function isRunning(ssh: ChildProcessWithoutNullStreams | undefined): ssh is ChildProcessWithoutNullStreams {
  return ssh !== undefined && ssh.exitCode === null && ssh.signalCode === null;
}
