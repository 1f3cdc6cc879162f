/** All catalogues with their cards, and what narrows them down. */
import * as l10n from '@vscode/l10n';
import type { CatalogueInfo, EntryRef } from '../../src/panels/galleryMessages.ts';
import { ago } from '../../src/workspace/words.ts';
import { announce } from '../shared/announce.ts';
import { debounce, h, setText } from '../shared/dom.ts';
import { button, checkbox } from '../shared/toolkit.ts';
import { cardOf, Roving } from './card.ts';
import { choiceField } from './choice.ts';
import { type Filter, isShown, valuesOf } from './filter.ts';
import type { Model } from './model.ts';
import type { Pictures } from './pictures.ts';

export interface ShelfDoors {
  open(ref: EntryRef): void;
  add(): void;
  refresh(catalogue?: string): void;
  remove(catalogue: string): void;
  revoke(catalogue: string): void;
  fix(catalogue: string): void;
  setChannel(catalogue: string, channel: string | undefined): void;
  openLink(url: string): void;
  filterChanged(): void;
}

interface Section {
  readonly element: HTMLElement;
  readonly info: CatalogueInfo;
  readonly cells: readonly HTMLElement[];
}

export class ShelfView {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #pictures: Pictures;
  readonly #doors: ShelfDoors;
  readonly #search: HTMLInputElement;
  readonly #count = h('p', { class: 'count', role: 'status' });
  readonly #body = h('div', { class: 'catalogues' });
  readonly #roving = new Roving(this.#body);
  readonly #architecture = choiceField(l10n.t('Architecture'), value =>
    this.#choose({ architecture: value }),
  );
  readonly #category = choiceField(l10n.t('Category'), value => this.#choose({ category: value }));
  readonly #catalogue = choiceField(l10n.t('Catalogue'), value => this.#choose({ catalogue: value }));
  readonly #target = choiceField(l10n.t('Target'), value => {
    this.#model.target = value;
    this.#choose({});
  });
  readonly #fits = checkbox(l10n.t('Fits my target'), false, checked => {
    if (checked !== this.#model.filter.fits) this.#choose({ fits: checked });
  });
  #sections: readonly Section[] = [];

  constructor(model: Model, pictures: Pictures, doors: ShelfDoors) {
    this.#model = model;
    this.#pictures = pictures;
    this.#doors = doors;
    const search = debounce(120, () => this.#choose({ query: this.#search.value }));
    this.#search = h('input', {
      type: 'search',
      class: 'input search',
      id: 'search',
      placeholder: l10n.t('Search by name, description or category'),
      'aria-label': l10n.t('Search the catalogues'),
      value: model.filter.query,
      oninput: search,
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== 'ArrowDown') return;
        event.preventDefault();
        this.#body.querySelector<HTMLElement>('.card[tabindex="0"]')?.focus();
      },
    });
    this.element = h(
      'div',
      { class: 'shelf' },
      h(
        'header',
        { class: 'header' },
        h('div', {}, h('h1', {}, l10n.t('Catalogues')), h('p', { class: 'lead' }, lead())),
        h(
          'div',
          { class: 'tools' },
          button('secondary', l10n.t('Add Catalogue…'), () => doors.add()),
          button('secondary', l10n.t('Refresh'), () => doors.refresh()),
        ),
      ),
      h(
        'div',
        { class: 'filters', role: 'search' },
        this.#search,
        this.#architecture.element,
        this.#category.element,
        this.#catalogue.element,
        this.#target.element,
        this.#fits,
      ),
      this.#count,
      this.#body,
    );
  }

  /** The list of catalogues is another one; the cards of those that are what they were stay. */
  draw(): void {
    const before = new Map(this.#sections.map(section => [section.info.address, section]));
    this.#sections = this.#model.catalogues.map(info => {
      const known = before.get(info.address);
      return known?.info === info ? known : this.#section(info);
    });
    const focused = document.activeElement?.closest<HTMLElement>('.card')?.dataset;
    const wasInside = this.#body.contains(document.activeElement);
    this.#body.replaceChildren(...this.#sections.map(({ element }) => element));
    this.narrow();
    if (wasInside && focused) this.focus({ catalogue: focused.catalogue ?? '', entry: focused.entry ?? '' });
  }

  /** Shows what fits the filter. */
  narrow(): void {
    const { filter, catalogues, targets } = this.#model;
    const target = targets.find(({ id }) => id === this.#model.target);
    const all = (label: string) => ({ value: '', label });
    const plain = (values: readonly string[]) => values.map(value => ({ value, label: value }));
    this.#architecture.show(
      [all(l10n.t('Any')), ...plain(valuesOf(catalogues, 'architectures'))],
      filter.architecture,
    );
    this.#category.show([all(l10n.t('Any')), ...plain(valuesOf(catalogues, 'categories'))], filter.category);
    this.#catalogue.show(
      [all(l10n.t('All')), ...catalogues.map(({ address, title }) => ({ value: address, label: title }))],
      filter.catalogue,
    );
    this.#target.show(
      targets.map(({ id, title }) => ({ value: id, label: title })),
      this.#model.target,
    );
    this.#fits.checked = filter.fits;
    let shown = 0;
    let total = 0;
    for (const { element, info, cells } of this.#sections) {
      element.hidden = filter.catalogue !== '' && filter.catalogue !== info.address;
      for (const [index, entry] of info.entries.entries()) {
        const cell = cells[index];
        if (!cell) continue;
        cell.hidden = !isShown(entry, info, filter, target);
        if (!element.hidden) total++;
        if (!cell.hidden) shown++;
      }
    }
    setText(
      this.#count,
      countWords(
        shown,
        total,
        catalogues.some(({ isReading }) => isReading),
      ),
    );
    this.#roving.refresh();
  }

  focus(ref: EntryRef): void {
    const card = [...this.#body.querySelectorAll<HTMLElement>('.card')].find(
      ({ dataset }) => dataset.catalogue === ref.catalogue && dataset.entry === ref.entry,
    );
    (card ?? this.#search).focus();
    card?.scrollIntoView({ block: 'nearest' });
  }

  focusSearch(): void {
    this.#search.focus();
  }

  #choose(change: Partial<Filter>): void {
    this.#model.filter = { ...this.#model.filter, ...change };
    this.narrow();
    this.#doors.filterChanged();
  }

  #section(info: CatalogueInfo): Section {
    const cells = info.entries.map(entry =>
      cardOf(info, entry, this.#pictures, () =>
        this.#doors.open({ catalogue: info.address, entry: entry.id }),
      ),
    );
    const title = h('h2', {}, info.title);
    const element = h(
      'section',
      { class: 'catalogue', 'aria-label': info.title },
      h(
        'div',
        { class: 'catalogue-head' },
        this.#pictures.element({ catalogue: info.address }, info.title, info.hasIcon, 'small'),
        h('div', { class: 'catalogue-words' }, title, h('p', { class: 'lead' }, aboutOf(info))),
        this.#tools(info),
      ),
      info.problem && this.#problem(info),
      info.entries.length > 0 &&
        h('ul', { class: 'cards', 'aria-label': l10n.t('Entries of {0}', info.title) }, ...cells),
      info.entries.length === 0 &&
        info.checkedAt !== undefined &&
        h('p', { class: 'lead' }, l10n.t('It has no entries.')),
      unusableList(info),
    );
    return { element, info, cells };
  }

  #problem({ address, problem }: CatalogueInfo): HTMLElement {
    const fix = problem?.action ?? l10n.t('Try again');
    return h(
      'div',
      { class: 'catalogue-problem' },
      h('p', { class: 'problem', role: 'alert' }, problem?.message ?? ''),
      button('secondary', fix, () =>
        problem?.action ? this.#doors.fix(address) : this.#doors.refresh(address),
      ),
    );
  }

  #tools({ address, title, channels, channel, contactUrl, entries }: CatalogueInfo): HTMLElement {
    const doors = this.#doors;
    const channelChoice = choiceField(l10n.t('Channel'), value => {
      doors.setChannel(address, value);
      announce(l10n.t('{0} is on the channel {1} now', title, value));
    });
    channelChoice.show(
      channels.map(({ name, note }) => ({ value: name, label: note === '' ? name : `${name} (${note})` })),
      channel ?? '',
    );
    return h(
      'div',
      { class: 'tools catalogue-tools' },
      channels.length > 1 && channelChoice.element,
      contactUrl !== undefined && button('secondary', l10n.t('Contact'), () => doors.openLink(contactUrl)),
      entries.some(({ isAllowed }) => isAllowed) &&
        button('secondary', l10n.t('Revoke What Was Allowed'), () => doors.revoke(address)),
      button('secondary', l10n.t('Remove'), () => doors.remove(address)),
    );
  }
}

function lead(): string {
  return l10n.t('Ready-made workspaces. What one would be allowed is shown before it is used.');
}

function aboutOf({ description, checkedAt, isReading, address }: CatalogueInfo): string {
  const state = isReading
    ? l10n.t('Reading…')
    : checkedAt === undefined
      ? ''
      : l10n.t('read {0}', ago(Date.now() - checkedAt));
  return [description, address, state].filter(Boolean).join(' · ');
}

function countWords(shown: number, total: number, isReading: boolean): string {
  if (total === 0) return isReading ? l10n.t('Reading…') : l10n.t('No entries');
  return shown === total ? l10n.t('{0} entries', total) : l10n.t('{0} of {1} entries', shown, total);
}

/** What cannot be used, and why; and what was got over. Folded: it is of use to few. */
function unusableList({ unusable, oddities }: CatalogueInfo): HTMLElement | false {
  if (unusable.length === 0 && oddities.length === 0) return false;
  const words =
    unusable.length > 0
      ? l10n.t('Entries that cannot be used: {0}', unusable.length)
      : l10n.t('Oddities in the list, of interest to its author');
  return h(
    'details',
    { class: 'unusable' },
    h('summary', {}, words),
    h(
      'ul',
      {},
      ...unusable.map(({ name, reasons }) => h('li', {}, h('strong', {}, name), `: ${reasons.join('; ')}`)),
      ...oddities.map(text => h('li', { class: 'lead' }, text)),
    ),
  );
}
