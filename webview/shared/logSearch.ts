/** Looks for words in a log: all finds are marked, and one after the other is brought into view. */
import * as l10n from '@vscode/l10n';
import { h, setText } from './dom.ts';
import { iconButton } from './toolkit.ts';

/** More are not marked, and not counted. */
const maxFinds = 5000;
const againMs = 400;

/** As much of a log as a search uses. */
export interface SearchedLog {
  readonly element: HTMLElement;
  readonly lines: HTMLElement;
  onDidChange: () => void;
  /** Brings the range into view and ends the following. */
  reveal(range: Range): void;
}

export class LogSearch {
  readonly element: HTMLElement;
  readonly #log: SearchedLog;
  readonly #input: HTMLInputElement;
  readonly #count = h('span', { class: 'search-count', role: 'status' });
  readonly #onQuery: (query: string) => void;
  #finds: Range[] = [];
  #at = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(log: SearchedLog, query: string, onQuery: (query: string) => void) {
    this.#log = log;
    this.#onQuery = onQuery;
    this.#input = h('input', {
      class: 'input search-input',
      type: 'search',
      value: query,
      placeholder: l10n.t('Search'),
      'aria-label': l10n.t('Search the log'),
      oninput: () => this.#changed(),
      onkeydown: (event: KeyboardEvent) => this.#onKey(event),
    });
    this.element = h(
      'div',
      { class: 'search', role: 'search' },
      this.#input,
      this.#count,
      iconButton('up', l10n.t('Previous find'), () => this.#step(-1)),
      iconButton('down', l10n.t('Next find'), () => this.#step(1)),
    );
    log.onDidChange = () => this.#schedule();
  }

  get #query(): string {
    return this.#input.value;
  }

  /** However fast a log grows, it is searched again now and then only. */
  #schedule(): void {
    if (this.#query === '') return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#find(this.#finds[this.#at]);
    }, againMs);
  }

  #changed(): void {
    this.#onQuery(this.#query);
    this.#find(undefined);
    if (this.#finds.length > 0) this.#go(this.#finds.length - 1);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') this.#step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && this.#query !== '') {
      this.#input.value = '';
      this.#changed();
    } else return;
    event.preventDefault();
  }

  /** `current` stays the one where it is still there. */
  #find(current: Range | undefined): void {
    this.#finds = this.#query === '' ? [] : findsIn(this.#log.lines, this.#query);
    this.#at = current
      ? this.#finds.findIndex(
          ({ startContainer, startOffset }) =>
            startContainer === current.startContainer && startOffset === current.startOffset,
        )
      : -1;
    this.#draw();
  }

  #step(by: 1 | -1): void {
    const { length } = this.#finds;
    if (length === 0) return;
    const from = this.#at === -1 && by === -1 ? 0 : this.#at;
    this.#go((from + by + length) % length);
  }

  #go(at: number): void {
    this.#at = at;
    const find = this.#finds[at];
    if (find) this.#log.reveal(find);
    this.#draw();
  }

  #draw(): void {
    const current = this.#finds[this.#at];
    CSS.highlights.set('log-find', new Highlight(...this.#finds));
    CSS.highlights.set('log-find-current', new Highlight(...(current ? [current] : [])));
    const count = this.#finds.length >= maxFinds ? `${maxFinds}+` : String(this.#finds.length);
    const words = current ? l10n.t('{0} of {1}', String(this.#at + 1), count) : l10n.t('{0} found', count);
    setText(this.#count, this.#query === '' ? '' : words);
  }
}

/** The last ones where they are too many: the end of a log is what is looked at. */
function findsIn(lines: HTMLElement, query: string): Range[] {
  const pattern = new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  const finds: Range[] = [];
  const walker = document.createTreeWalker(lines, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const { index, 0: found } of (node.nodeValue ?? '').matchAll(pattern)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + found.length);
      finds.push(range);
    }
  }
  return finds.slice(-maxFinds);
}
