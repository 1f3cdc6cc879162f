/** Berth as other programs use it: assistants, extensions, tasks, terminal profiles. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { BerthError } from '../../workspace/error.ts';
import { chooseWorkspace } from '../choose.ts';
import { isConnectable, terminalIn } from '../connect.ts';
import type { Parts } from '../parts.ts';
import { type ApiCalls, apiCalls } from './api.ts';
import { CommandTerminal } from './commandTask.ts';
import { Tools } from './tools.ts';

/** How long the editor may take to open a terminal. */
const openMs = 60_000;

export class Automation implements Disposable {
  readonly tools: Tools;
  readonly api: ApiCalls;
  readonly #parts: Parts;
  readonly #terminals = new Set<CommandTerminal>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.tools = new Tools(parts);
    this.api = apiCalls(parts);
  }

  /** Of a task of the type `berth`. */
  taskTerminal(definition: vscode.TaskDefinition): vscode.Pseudoterminal {
    const terminal = new CommandTerminal(this.#parts, definition);
    this.#terminals.add(terminal);
    terminal.onDidClose(() => this.#terminals.delete(terminal));
    return terminal;
  }

  /** Asks which workspace, and starts it. It outlives a reload of the window, and connects anew after a restart. */
  async terminalProfile(): Promise<vscode.TerminalProfile> {
    const workspace = await chooseWorkspace(this.#parts, [], l10n.t('Berth Workspace'), isConnectable);
    const options = workspace && (await terminalIn(this.#parts, workspace));
    // The editor shows this: it knows no way to be told that a person turned back.
    if (!options) throw new BerthError(l10n.t('No workspace was chosen'), { code: 'cancelled' });
    showOnceOpen(options);
    return new vscode.TerminalProfile(options);
  }

  [Symbol.dispose](): void {
    for (const terminal of this.#terminals) terminal[Symbol.dispose]();
  }
}

/** The editor may open it behind another, or in a panel that is closed. */
function showOnceOpen({ name }: vscode.TerminalOptions): void {
  const opened = vscode.window.onDidOpenTerminal(terminal => {
    if (terminal.name !== name) return;
    opened.dispose();
    terminal.show();
  });
  setTimeout(() => opened.dispose(), openMs).unref();
}
