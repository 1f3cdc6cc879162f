/** The log channel of Berth, made at its first line; the level is the person's choice there. */
import * as vscode from 'vscode';
import { causeChain } from '../workspace/error.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export class Log implements vscode.Disposable {
  #channel: vscode.LogOutputChannel | undefined;

  /** An error is written with all its causes; the stack of the innermost stands at level debug. */
  write(level: LogLevel, message: string, error?: unknown): void {
    const channel = this.#open();
    const chain = error === undefined ? [] : causeChain(error).filter(text => text !== message);
    channel[level]([message, ...chain].join(' ← '));
    if (error instanceof Error && error.stack) channel.debug(error.stack);
  }

  show(): void {
    this.#open().show(true);
  }

  dispose(): void {
    this.#channel?.dispose();
  }

  #open(): vscode.LogOutputChannel {
    this.#channel ??= vscode.window.createOutputChannel('Berth', { log: true });
    return this.#channel;
  }
}
