/** How much a program inside a workspace may print before whoever ran it hears no more: nothing in there can fill this machine. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';

/** Far more than any program that Berth runs prints. */
const maxOutputBytes = 64 * 1024 ** 2;

export class OutputLimit {
  #bytes = 0;

  /** Throws once it was too much. */
  count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > maxOutputBytes) throw new BerthError(l10n.t('The program printed too much.'));
  }
}
