/** What the proxy says on stderr: progress where a person watches, and else nothing but the one line of a failure. */
import * as l10n from '@vscode/l10n';
import type { Progress } from '../engine/engine.ts';
import { isBerthError } from '../workspace/error.ts';

export class Voice {
  readonly #out: NodeJS.WriteStream;
  #lastLine = '';
  #lastFailure = '';
  #waitedFor = '';

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    // Nobody listens any more: no reason to stop.
    out.on('error', () => {});
  }

  /** One line, for a person at a terminal only. */
  note(words: string): void {
    if (this.#out.isTTY) this.#write(words);
  }

  /** One line, whoever listens. */
  warn(words: string): void {
    this.#write(words);
  }

  progress(progress: Progress): void {
    switch (progress.kind) {
      case 'step':
        this.note(progress.message);
        break;
      case 'boot':
        if (progress.event.event === 'begin') this.note(l10n.t('boot: {0}', progress.event.stage));
        if (progress.event.event === 'fail') this.#lastFailure = progress.event.message;
        break;
      case 'output':
        this.#lastLine = progress.text.trimEnd().split('\n').at(-1) ?? this.#lastLine;
        break;
      case 'layer':
        break;
    }
  }

  /** Said once for each thing that is waited for. */
  waiting(what: 'creation' | 'stop', name: string): void {
    if (this.#waitedFor === what) return;
    this.#waitedFor = what;
    const words = {
      creation: l10n.t('waiting until {0} has been created', name),
      stop: l10n.t('waiting until {0} has stopped', name),
    };
    this.note(words[what]);
  }

  /** The one line of a failure; boot's own words are added where the error has not got them. */
  fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const detail = isBerthError(error, 'boot-failed') ? this.#lastFailure || this.#lastLine : '';
    this.#write(detail === '' || message.includes(detail) ? message : `${message}: ${detail}`);
  }

  #write(words: string): void {
    // What others wrote must neither span lines nor steer the terminal.
    this.#out.write(`berth: ${words.replace(/\s*[\r\n]+\s*/g, '; ').replace(/\p{Cc}/gu, ' ')}\n`);
  }
}
