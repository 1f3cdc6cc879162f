/** A labelled choice from a short list. */
import { freshId, h } from '../shared/dom.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
}

export interface ChoiceField {
  readonly element: HTMLElement;
  show(options: readonly Option[], value: string): void;
}

export function choiceField(label: string, onChange: (value: string) => void): ChoiceField {
  const id = freshId('choice');
  const select = h('select', { id, class: 'input select', onchange: () => onChange(select.value) });
  let shown = '';
  return {
    element: h('div', { class: 'choice' }, h('label', { for: id }, label), select),
    show: (options, value) => {
      const key = JSON.stringify(options);
      if (key !== shown) {
        select.replaceChildren(...options.map(option => h('option', { value: option.value }, option.label)));
        shown = key;
      }
      select.value = options.some(option => option.value === value) ? value : (options[0]?.value ?? '');
    },
  };
}
