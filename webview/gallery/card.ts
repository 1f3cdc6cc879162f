/** The card of one entry, and the grid of a catalogue's cards with one focus that the arrow keys move. */
import * as l10n from '@vscode/l10n';
import type { CatalogueInfo, EntryInfo } from '../../src/panels/galleryMessages.ts';
import { h, setAttribute } from '../shared/dom.ts';
import type { Pictures } from './pictures.ts';

export function cardOf(
  catalogue: CatalogueInfo,
  entry: EntryInfo,
  pictures: Pictures,
  open: () => void,
): HTMLElement {
  const marks = marksOf(entry);
  const details = [entry.categories.join(', '), entry.architectures.join(', ')].filter(Boolean);
  const name = [entry.name, ...marks.map(({ text }) => text), entry.description, ...details];
  return h(
    'li',
    { class: 'cell' },
    h(
      'button',
      {
        type: 'button',
        class: `card${entry.isEnabled ? '' : ' is-disabled'}`,
        'data-entry': entry.id,
        'data-catalogue': catalogue.address,
        'aria-label': name.filter(Boolean).join('. '),
        tabindex: -1,
        onclick: open,
      },
      h(
        'span',
        { class: 'card-head' },
        pictures.element(
          { catalogue: catalogue.address, entry: entry.id },
          entry.name,
          entry.hasIcon,
          'small',
        ),
        h(
          'span',
          { class: 'card-title' },
          h('span', { class: 'card-name' }, entry.name),
          h(
            'span',
            { class: 'marks' },
            ...marks.map(({ text, tone }) => h('span', { class: `mark ${tone}` }, text)),
          ),
        ),
      ),
      h('span', { class: 'card-description' }, entry.description),
      h('span', { class: 'card-foot' }, details.join(' · ')),
    ),
  );
}

/** What is special about it, in words: never by colour alone. */
export function marksOf(entry: EntryInfo): readonly { readonly text: string; readonly tone: string }[] {
  return [
    ...(entry.isEnabled ? [] : [{ text: l10n.t('Not offered now'), tone: 'mark-off' }]),
    ...(entry.hasChanged ? [{ text: l10n.t('Changed since you used it'), tone: 'mark-news' }] : []),
    ...(entry.isAllowed ? [{ text: l10n.t('Allowed more'), tone: 'mark-plain' }] : []),
    ...(entry.requiresGpu ? [{ text: l10n.t('Needs a GPU'), tone: 'mark-plain' }] : []),
  ];
}

/** One Tab stop for all cards of the page; the arrow keys, Home and End move between them. */
export class Roving {
  readonly #root: HTMLElement;
  #current: HTMLElement | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
    root.addEventListener('keydown', event => this.#onKey(event));
    root.addEventListener('focusin', ({ target }) => {
      if (target instanceof HTMLElement && target.matches('.card')) this.#take(target);
    });
  }

  /** After cards came, went or were hidden. */
  refresh(): void {
    const cards = this.#cards();
    const current = cards.find(card => card === this.#current) ?? cards[0];
    for (const card of this.#root.querySelectorAll('.card')) setAttribute(card, 'tabindex', -1);
    this.#current = undefined;
    if (current) this.#take(current);
  }

  #cards(): HTMLElement[] {
    return [...this.#root.querySelectorAll<HTMLElement>('.cell:not([hidden]) > .card')].filter(
      card => card.closest('section[hidden]') === null,
    );
  }

  #take(card: HTMLElement): void {
    if (this.#current && this.#current !== card) setAttribute(this.#current, 'tabindex', -1);
    this.#current = card;
    setAttribute(card, 'tabindex', 0);
  }

  #onKey(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLElement) || !event.target.matches('.card')) return;
    const cards = this.#cards();
    const at = cards.indexOf(event.target);
    const columns = columnsAt(cards, at);
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      Home: 0,
      End: cards.length - 1,
    };
    const to = moves[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const card = cards[Math.max(0, Math.min(to, cards.length - 1))];
    card?.focus();
    card?.scrollIntoView({ block: 'nearest' });
  }
}

/** How many cards stand beside each other in the row of this one. */
function columnsAt(cards: readonly HTMLElement[], at: number): number {
  const list = cards[at]?.closest('.cards');
  const own = cards.filter(card => card.closest('.cards') === list);
  const topOf = (card: HTMLElement | undefined) => card?.parentElement?.offsetTop;
  const first = topOf(own[0]);
  const next = own.findIndex(card => topOf(card) !== first);
  return next < 0 ? Math.max(1, own.length) : next;
}
