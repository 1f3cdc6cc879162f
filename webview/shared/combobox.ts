/** A text field with a list to choose from, filtered as one types: the combobox pattern of WAI-ARIA 1.2. */
import * as l10n from '@vscode/l10n';
import { freshId, h, setAttribute } from './dom.ts';
import { icon } from './icons.ts';

export interface Option {
  /** What the field holds once it is chosen. */
  readonly value: string;
  /** Shown in the list; also searched. */
  readonly label: string;
  readonly detail?: string;
  /** Options of one group stand together under its name. */
  readonly group?: string;
  /** Said by a dot before the label. */
  readonly tone?: 'good' | 'bad' | 'unknown';
}

export interface ComboboxOptions {
  readonly id: string;
  readonly describedBy: string;
  readonly placeholder?: string;
  readonly label?: string;
  /** The text that stands in the field for a value; where it is absent the value itself does, and any text may be typed. */
  readonly textOf?: (value: string) => string;
  readonly options: () => readonly Option[];
  readonly onChange: (value: string) => void;
  readonly onLeave?: () => void;
  /** Where options are searched elsewhere and come as they fit: what to look for, all where it is empty. */
  readonly onSearch?: (text: string) => void;
  readonly onClose?: () => void;
  /** A last line that is no option, such as that more may come. */
  readonly status?: () => string;
}

export class Combobox {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  readonly #options: ComboboxOptions;
  readonly #list: HTMLUListElement;
  #value = '';
  #shown: readonly Shown[] = [];
  #active = -1;
  /** Whether the text was typed since the list opened: only then does it filter. */
  #isFiltering = false;

  constructor(options: ComboboxOptions) {
    this.#options = options;
    const listId = freshId('list');
    this.#list = h('ul', {
      id: listId,
      class: 'combobox-list',
      role: 'listbox',
      'aria-label': options.label ?? l10n.t('Suggestions'),
      hidden: true,
      // The field keeps the focus while the list is clicked or scrolled.
      onmousedown: (event: MouseEvent) => event.preventDefault(),
    });
    this.input = h('input', {
      id: options.id,
      type: 'text',
      class: 'input',
      role: 'combobox',
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: options.placeholder,
      'aria-label': options.label,
      'aria-autocomplete': 'list',
      'aria-expanded': 'false',
      'aria-controls': listId,
      'aria-describedby': options.describedBy,
      oninput: () => this.#onInput(),
      onkeydown: (event: KeyboardEvent) => this.#onKey(event),
      onclick: () => (this.isOpen ? undefined : this.#open()),
      onblur: () => this.#leave(),
    });
    this.element = h('div', { class: 'combobox' }, this.input, icon('chevron'), this.#list);
  }

  get isOpen(): boolean {
    return !this.#list.hidden;
  }

  /** Shows a value that came from elsewhere. What is being typed is left alone. */
  show(value: string): void {
    this.#value = value;
    const text = this.#options.textOf?.(value) ?? value;
    const isTyping = document.activeElement === this.input && this.#isFiltering;
    if (!isTyping && this.input.value !== text) this.input.value = text;
  }

  /** The options changed while the list may be open. */
  refresh(): void {
    if (this.isOpen) this.#draw();
  }

  #onInput(): void {
    this.#isFiltering = true;
    this.#active = -1;
    if (!this.#options.textOf) this.#take(this.input.value);
    this.#open();
  }

  #onKey(event: KeyboardEvent): void {
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      if (!this.isOpen) this.#open();
      else this.#activate(this.#active < 0 && move < 0 ? this.#shown.length - 1 : this.#active + move);
    } else if (event.key === 'Enter' && this.isOpen) {
      event.preventDefault();
      this.#choose(this.#shown[this.#active]?.option);
    } else if (event.key === 'Escape' && this.isOpen) {
      event.preventDefault();
      this.#close();
      this.show(this.#value);
    }
  }

  #open(): void {
    this.#list.hidden = false;
    setAttribute(this.input, 'aria-expanded', 'true');
    this.#options.onSearch?.(this.#isFiltering ? this.input.value : '');
    this.#draw();
  }

  #close(): void {
    if (this.isOpen) this.#options.onClose?.();
    this.#list.hidden = true;
    this.#isFiltering = false;
    setAttribute(this.input, 'aria-expanded', 'false');
    this.#shown = [];
    this.#list.replaceChildren();
    this.#activate(-1);
  }

  #leave(): void {
    this.#close();
    this.show(this.#value);
    this.#options.onLeave?.();
  }

  #choose(option: Option | undefined): void {
    if (option) this.#take(option.value);
    this.#close();
    this.show(this.#value);
  }

  #take(value: string): void {
    if (value === this.#value) return;
    this.#value = value;
    this.#options.onChange(value);
  }

  #draw(): void {
    const { options, onSearch, textOf, status } = this.#options;
    const isFiltered = this.#isFiltering && !onSearch;
    const words = isFiltered ? this.input.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
    const matches = options()
      .filter(({ label, detail = '' }) =>
        words.every(word => `${label} ${detail}`.toLowerCase().includes(word)),
      )
      .slice(0, 200);
    // What comes late takes nothing away from where one stands.
    const standing = this.#shown[this.#active]?.option.value;
    this.#shown = matches.map(option => ({ option, element: this.#optionElement(option) }));
    const items = grouped(this.#shown);
    const last = status?.() ?? (items.length === 0 && textOf ? l10n.t('Nothing found') : '');
    if (last) items.push(h('li', { class: 'combobox-group combobox-status', role: 'presentation' }, last));
    this.#list.replaceChildren(...items);
    this.#list.classList.toggle('is-empty', items.length === 0);
    const at = (value: string | undefined) => matches.findIndex(match => match.value === value);
    const current = at(standing) >= 0 ? at(standing) : this.#isFiltering ? -1 : at(this.#value);
    this.#activate(textOf && current < 0 && matches.length > 0 ? 0 : current);
  }

  #optionElement(option: Option): HTMLElement {
    return h(
      option.group === undefined ? 'li' : 'div',
      {
        id: freshId('option'),
        class: 'combobox-option',
        role: 'option',
        'aria-selected': 'false',
        title: option.label,
        onclick: () => this.#choose(option),
      },
      option.tone && h('span', { class: `dot dot-${option.tone}` }),
      h('span', { class: 'combobox-label' }, option.label),
      option.detail && h('span', { class: 'combobox-detail' }, option.detail),
    );
  }

  #activate(index: number): void {
    this.#active = Math.max(-1, Math.min(index, this.#shown.length - 1));
    for (const [at, { element }] of this.#shown.entries())
      setAttribute(element, 'aria-selected', at === this.#active ? 'true' : 'false');
    const active = this.#shown[this.#active]?.element;
    setAttribute(this.input, 'aria-activedescendant', active?.id);
    active?.scrollIntoView({ block: 'nearest' });
  }
}

interface Shown {
  readonly option: Option;
  readonly element: HTMLElement;
}

/** Options with the name of their group above; those that stand together are one group for screen readers, too. */
function grouped(shown: readonly Shown[]): HTMLElement[] {
  const items: HTMLElement[] = [];
  let group: { readonly name: string; readonly element: HTMLElement } | undefined;
  for (const { option, element } of shown) {
    if (option.group === undefined) {
      group = undefined;
      items.push(element);
      continue;
    }
    if (group?.name !== option.group) {
      const heading = h('div', { class: 'combobox-group', 'aria-hidden': 'true' }, option.group);
      group = {
        name: option.group,
        element: h('li', { role: 'group', 'aria-label': option.group }, heading),
      };
      items.push(group.element);
    }
    group.element.append(element);
  }
  return items;
}
