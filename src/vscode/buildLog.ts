/** What builds say, in a channel of the Output view. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Report } from '../engine/engine.ts';

export class BuildLog implements vscode.Disposable {
  #channel: vscode.OutputChannel | undefined;

  /** Begins a build's part of the log and shows it; what is reported is written there and handed on. */
  begin(title: string, report: Report): Report {
    const channel = this.#open();
    channel.appendLine(`${title}\n`);
    channel.show(true);
    return progress => {
      if (progress.kind === 'output') channel.append(progress.text);
      report(progress);
    };
  }

  /** The last words of a build. */
  end(words: string): void {
    this.#open().appendLine(`\n${words}\n`);
  }

  show(): void {
    this.#open().show();
  }

  dispose(): void {
    this.#channel?.dispose();
  }

  #open(): vscode.OutputChannel {
    this.#channel ??= vscode.window.createOutputChannel(l10n.t('Berth Builds'));
    return this.#channel;
  }
}
