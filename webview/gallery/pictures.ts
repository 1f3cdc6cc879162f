/** The icons of entries, asked for when they come into sight, a few at a time, each once. */
import type { EntryRef } from '../../src/panels/galleryMessages.ts';
import { h } from '../shared/dom.ts';

type Wanted = Partial<EntryRef> & { readonly catalogue: string };

const mostAtOnce = 6;

export class Pictures {
  readonly #ask: (wanted: Wanted) => Promise<string | undefined>;
  readonly #found = new Map<string, string | undefined>();
  readonly #waiting = new Map<Element, { readonly key: string; readonly wanted: Wanted }>();
  readonly #queue: Element[] = [];
  readonly #observer: IntersectionObserver;
  #running = 0;

  /** `ask` answers with a data URI, or with nothing. */
  constructor(ask: (wanted: Wanted) => Promise<string | undefined>) {
    this.#ask = ask;
    this.#observer = new IntersectionObserver(
      entries => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          this.#observer.unobserve(target);
          this.#queue.push(target);
        }
        this.#next();
      },
      { rootMargin: '200px' },
    );
  }

  /** Decoration: the name stands beside it. Until it is there, and where there is none, the first letter stands for it. */
  element(wanted: Wanted, name: string, hasIcon: boolean, size: 'small' | 'large'): HTMLElement {
    const key = `${wanted.catalogue}\n${wanted.entry ?? ''}`;
    const letter = [...name.trim()][0]?.toUpperCase() ?? '?';
    const frame = h('span', { class: `picture picture-${size}`, 'aria-hidden': 'true' }, letter);
    const known = this.#found.get(key);
    if (known !== undefined) frame.replaceChildren(imageOf(known));
    else if (hasIcon && !this.#found.has(key)) {
      this.#waiting.set(frame, { key, wanted });
      this.#observer.observe(frame);
    }
    return frame;
  }

  /** A list was read anew: icons may have changed with it. */
  forget(): void {
    this.#found.clear();
  }

  #next(): void {
    while (this.#running < mostAtOnce) {
      const frame = this.#queue.shift();
      if (!frame) return;
      const waiting = this.#waiting.get(frame);
      this.#waiting.delete(frame);
      if (!waiting || !frame.isConnected) continue;
      void this.#fetch(frame, waiting);
    }
  }

  async #fetch(frame: Element, { key, wanted }: { readonly key: string; readonly wanted: Wanted }) {
    this.#running++;
    const source = await this.#ask(wanted).catch(() => undefined);
    this.#found.set(key, source);
    if (source !== undefined) frame.replaceChildren(imageOf(source));
    this.#running--;
    this.#next();
  }
}

/** An SVG is inert in an <img>: no script of it runs, and it loads nothing. */
function imageOf(source: string): HTMLElement {
  return h('img', { src: source, alt: '', draggable: 'false' });
}
