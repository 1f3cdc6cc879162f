/** A long log that stays smooth: text comes in once a frame, in blocks of lines, and the oldest blocks go. */
import * as l10n from '@vscode/l10n';
import { h, setText } from './dom.ts';
import { LineReader } from './logText.ts';

const linesPerBlock = 200;
const maxBlocks = 100;

export class LogView {
  readonly element: HTMLElement;
  readonly lines = h('div', { class: 'log-lines' });
  readonly #rest = h('div', { class: 'log-rest' });
  readonly #dropped = h('div', { class: 'log-dropped', hidden: true });
  #reader = new LineReader();
  #pending: string[] = [];
  #block: { readonly element: HTMLElement; lines: number } | undefined;
  #isScheduled = false;
  #isFollowing = true;
  /** When the person last moved the log; scrolling that layout causes is not theirs. */
  #touchedAt = 0;
  readonly #onFollow: (isFollowing: boolean) => void;
  /** Lines came or went. */
  onDidChange: () => void = () => undefined;

  /** `onFollow` hears when scrolling by hand ends or resumes the following. */
  constructor(label: string, onFollow: (isFollowing: boolean) => void) {
    this.#onFollow = onFollow;
    this.element = h(
      'div',
      {
        class: 'log',
        role: 'log',
        // Read on demand: thousands of lines must not be read out as they come.
        'aria-live': 'off',
        'aria-label': label,
        tabindex: 0,
        onscroll: () => this.#onScroll(),
        onwheel: () => this.#touched(),
        onkeydown: () => this.#touched(),
        onpointerdown: () => this.#touched(),
        onpointermove: (event: PointerEvent) => event.buttons > 0 && this.#touched(),
        ontouchmove: () => this.#touched(),
      },
      this.#dropped,
      this.lines,
      this.#rest,
    );
    // Lines that are laid out late, or a window of another size, must not leave the end behind.
    const keepEnd = new ResizeObserver(() => this.#isFollowing && this.#toEnd());
    keepEnd.observe(this.lines);
    keepEnd.observe(this.element);
  }

  append(text: string): void {
    for (const line of this.#reader.push(text)) this.#pending.push(line);
    // What would be dropped at once is not drawn at all.
    const most = linesPerBlock * maxBlocks;
    if (this.#pending.length > most) {
      this.#pending = this.#pending.slice(-most);
      this.#noteDropped();
    }
    this.#schedule();
  }

  clear(): void {
    this.#reader = new LineReader();
    this.#pending = [];
    this.#block = undefined;
    this.lines.replaceChildren();
    this.#dropped.hidden = true;
    setText(this.#rest, '');
    this.onDidChange();
  }

  /** Brings a piece of the lines into view, and follows no more. */
  reveal(range: Range): void {
    this.#isFollowing = false;
    this.#onFollow(false);
    const scroll = () => {
      const [box, found] = [this.element.getBoundingClientRect(), range.getBoundingClientRect()];
      this.element.scrollTop += found.top - box.top - this.element.clientHeight / 2;
    };
    scroll();
    // What comes into view is laid out then, and may be of another height than it was taken for.
    requestAnimationFrame(scroll);
  }

  get text(): string {
    return [...this.lines.children].map(block => block.textContent ?? '').join('');
  }

  set isFollowing(isFollowing: boolean) {
    this.#isFollowing = isFollowing;
    if (isFollowing) this.#toEnd();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const lines = this.#pending;
    this.#pending = [];
    for (let at = 0; at < lines.length; ) {
      if (!this.#block || this.#block.lines >= linesPerBlock) {
        this.#block = { element: h('div', { class: 'log-block' }), lines: 0 };
        this.lines.append(this.#block.element);
      }
      const taken = lines.slice(at, at + linesPerBlock - this.#block.lines);
      this.#block.element.append(`${taken.join('\n')}\n`);
      this.#block.lines += taken.length;
      at += taken.length;
    }
    while (this.lines.childElementCount > maxBlocks) {
      this.lines.firstElementChild?.remove();
      this.#noteDropped();
    }
    setText(this.#rest, this.#reader.rest);
    if (this.#isFollowing) this.#toEnd();
    if (lines.length > 0) this.onDidChange();
  }

  #noteDropped(): void {
    this.#dropped.hidden = false;
    setText(this.#dropped, l10n.t('… earlier lines are not shown any more'));
  }

  #toEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  #touched(): void {
    this.#touchedAt = Date.now();
  }

  #onScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < 24;
    if (isAtEnd === this.#isFollowing || Date.now() - this.#touchedAt > 1000) return;
    this.#isFollowing = isAtEnd;
    this.#onFollow(isAtEnd);
  }
}
