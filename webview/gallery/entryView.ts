/** One entry: what it is, where it would run, what it may do, and the way into the form. */
import * as l10n from '@vscode/l10n';
import type { CatalogueInfo, Details, EntryInfo } from '../../src/panels/galleryMessages.ts';
import { h } from '../shared/dom.ts';
import { icon } from '../shared/icons.ts';
import { button } from '../shared/toolkit.ts';
import type { Answer } from './answer.ts';
import { marksOf } from './card.ts';
import { choiceField } from './choice.ts';
import type { Model } from './model.ts';
import { notesView } from './notes.ts';
import type { Pictures } from './pictures.ts';
import { type ReviewView, reviewView } from './reviewView.ts';

export interface EntryDoors {
  back(): void;
  details(channel: string | undefined, target: string): Promise<Details>;
  use(details: Details, answer: Answer, channel: string | undefined, target: string): Promise<unknown>;
  revoke(): void;
  openLink(url: string): void;
  targetChosen(target: string): void;
}

export class EntryView {
  readonly element = h('div', { class: 'entry' });
  readonly #model: Model;
  readonly #catalogue: CatalogueInfo;
  readonly #entry: EntryInfo;
  readonly #doors: EntryDoors;
  readonly #title: HTMLElement;
  readonly #body = h('div', { class: 'entry-body' });
  readonly #problem = h('p', { class: 'problem', role: 'alert' });
  #channel: string | undefined;
  /** As it is drawn: drawn again, it keeps what the person has said to it. */
  #drawn: { readonly digest: string; readonly review: ReviewView } | undefined;
  /** The answers to questions that were asked before the last one come too late. */
  #asked = 0;

  constructor(
    model: Model,
    { catalogue, entry }: { readonly catalogue: CatalogueInfo; readonly entry: EntryInfo },
    pictures: Pictures,
    doors: EntryDoors,
  ) {
    this.#model = model;
    this.#catalogue = catalogue;
    this.#entry = entry;
    this.#doors = doors;
    const { channel } = catalogue;
    this.#channel = channel !== undefined && entry.channels.includes(channel) ? channel : undefined;
    this.#title = h('h1', { tabindex: -1 }, entry.name);
    const facts = [
      catalogue.title,
      entry.categories.join(', '),
      entry.architectures.join(', '),
      entry.cpus !== undefined && l10n.t('CPUs: {0}', entry.cpus),
      entry.memoryMiB !== undefined && l10n.t('Memory: {0} MiB', entry.memoryMiB),
      entry.gpuCount !== undefined && l10n.t('GPUs: {0}', entry.gpuCount),
    ];
    this.element.append(
      h(
        'nav',
        {},
        button('secondary', l10n.t('Back to the Catalogues'), () => doors.back()),
      ),
      h(
        'header',
        { class: 'entry-head' },
        pictures.element(
          { catalogue: catalogue.address, entry: entry.id },
          entry.name,
          entry.hasIcon,
          'large',
        ),
        h(
          'div',
          {},
          this.#title,
          h('p', { class: 'lead' }, facts.filter(Boolean).join(' · ')),
          h(
            'p',
            { class: 'marks' },
            ...marksOf(entry).map(({ text, tone }) => h('span', { class: `mark ${tone}` }, text)),
          ),
          h('p', { class: 'entry-description' }, entry.description),
        ),
      ),
      h('div', { class: 'entry-choices' }, this.#targetChoice(), this.#channelChoice()),
      this.#body,
    );
    this.load();
  }

  focus(): void {
    this.#title.focus();
  }

  /** Asks for the review again: what was allowed, or the choice, is another one. */
  load(): void {
    const asked = ++this.#asked;
    this.#doors.details(this.#channel, this.#model.target).then(
      details => {
        if (asked === this.#asked) this.#draw(details);
      },
      (error: unknown) => {
        if (asked !== this.#asked) return;
        this.#body.replaceChildren(h('p', { class: 'problem', role: 'alert' }, wordsOf(error)));
      },
    );
  }

  #draw(details: Details): void {
    const earlier = this.#drawn?.digest === details.digest ? this.#drawn.review.answer() : undefined;
    const review = reviewView(details, this.#catalogue.title, earlier);
    this.#drawn = { digest: details.digest, review };
    const asks = details.grants.some(({ verdict }) => verdict === 'asks');
    const use = button(
      'primary',
      asks ? l10n.t('Accept and Fill In the Form') : l10n.t('Fill In the Form'),
      () => {
        this.#problem.textContent = '';
        this.#doors
          .use(details, review.answer(), this.#channel, this.#model.target)
          .catch((error: unknown) => {
            this.#problem.textContent = wordsOf(error);
            this.load();
          });
      },
    );
    if (!this.#entry.isEnabled) use.setAttribute('disabled', '');
    const size = details.sizeMB === undefined ? '' : l10n.t('{0} MB on disk', Math.round(details.sizeMB));
    const parts = [
      h(
        'p',
        { class: 'entry-image' },
        h('code', {}, details.image),
        size && h('span', { class: 'lead' }, size),
      ),
      details.hasChanged &&
        h(
          'p',
          { class: 'notice', role: 'note' },
          icon('warning'),
          l10n.t('It has changed since you allowed it: look at it once more. What is new is marked.'),
        ),
      ...details.misfits.map(text => h('p', { class: 'notice' }, icon('warning'), text)),
      review.element,
      this.#problem,
      h(
        'div',
        { class: 'buttons' },
        use,
        (this.#entry.isAllowed || details.grants.some(({ verdict }) => verdict === 'allowed')) &&
          button('secondary', l10n.t('Revoke What Was Allowed'), () => this.#doors.revoke()),
      ),
      !this.#entry.isEnabled && h('p', { class: 'lead' }, l10n.t('Its catalogue does not offer it now.')),
      details.notes.trim() !== '' &&
        h(
          'section',
          { class: 'notes', 'aria-label': l10n.t('Notes') },
          h('h2', {}, l10n.t('Notes')),
          ...notesView(details.notes, url => this.#doors.openLink(url)),
        ),
    ];
    this.#body.replaceChildren(...parts.filter(child => child !== false));
  }

  #targetChoice(): HTMLElement {
    const choice = choiceField(l10n.t('Target'), value => {
      this.#doors.targetChosen(value);
      this.load();
    });
    choice.show(
      this.#model.targets.map(({ id, title }) => ({ value: id, label: title })),
      this.#model.target,
    );
    return choice.element;
  }

  #channelChoice(): HTMLElement | string {
    const { channels } = this.#entry;
    if (channels.length === 0) return '';
    const choice = choiceField(l10n.t('Channel'), value => {
      this.#channel = value === '' ? undefined : value;
      this.load();
    });
    const own = { value: '', label: l10n.t('As the catalogue has it') };
    const options = channels.map(value => ({ value, label: value }));
    choice.show(this.#channel === undefined ? [own, ...options] : options, this.#channel ?? '');
    return choice.element;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
