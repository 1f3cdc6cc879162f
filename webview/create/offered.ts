/** Names of things that the target has: offered where it may be asked for them, typed where not. */
import * as l10n from '@vscode/l10n';
import type { OfferKind } from '../../src/workspace/field.ts';
import { Combobox, type Option } from '../shared/combobox.ts';
import { h, setText } from '../shared/dom.ts';
import { afterClick } from '../shared/pointer.ts';
import { button, iconButton } from '../shared/toolkit.ts';
import { type ControlContext, isLocked } from './controlContext.ts';
import { helpAndMessage, idsOf } from './field.ts';
import type { FormModel } from './model.ts';

/** One name. */
export function offered(context: ControlContext): HTMLElement {
  const { model, key, meta } = context;
  const ids = idsOf(key);
  const box = new Combobox({
    id: ids.control,
    describedBy: ids.describedBy,
    placeholder: meta.placeholder ?? '',
    options: () => offersOf(model, meta.offers),
    onChange: name => model.set({ [key]: name }, 'typed'),
  });
  let { choices } = model;
  model.watch(() => {
    box.input.disabled = isLocked(context);
    box.show(model.text(key));
    if (choices !== model.choices) box.refresh();
    choices = model.choices;
  });
  return h('div', {}, box.element, unlistedHint(model, meta.offers));
}

/** Any number of names, one below the other. */
export function offeredLines({ model, key, meta }: ControlContext): HTMLElement {
  const list = h('div', { class: 'rows' });
  const names = (): readonly string[] => {
    const value = model.value(key);
    return Array.isArray(value) ? value.map(String) : [];
  };
  let drawn = -1;
  const draw = () => {
    drawn = names().length;
    list.replaceChildren(...names().map((_, index) => line(index)));
  };
  const line = (index: number): HTMLElement => {
    const path = `${key}.${index}`;
    const ids = idsOf(path);
    const words = l10n.t('{0}, entry {1}', l10n.t(meta.title), String(index + 1));
    const box = new Combobox({
      id: ids.control,
      describedBy: ids.describedBy,
      label: words,
      options: () => offersOf(model, meta.offers).filter(({ value }) => !names().includes(value)),
      onChange: name => {
        model.touched.add(path);
        model.set({ [key]: names().map((old, at) => (at === index ? name : old)) }, 'typed');
      },
      onLeave: () => afterClick(() => model.touch(path)),
    });
    box.show(names()[index] ?? '');
    const remove = iconButton('remove', l10n.t('Remove {0}', words), () => {
      for (const touched of [...model.touched])
        if (touched.startsWith(`${key}.`)) model.touched.delete(touched);
      model.set({ [key]: names().filter((_, at) => at !== index) }, 'typed');
      add.focus();
    });
    return h(
      'div',
      { class: 'row' },
      h('div', { class: 'line' }, box.element, helpAndMessage(model, path, '')),
      remove,
    );
  };
  const add = button('secondary', l10n.t('Add entry'), () => {
    model.set({ [key]: [...names(), ''] }, 'typed');
    document.getElementById(idsOf(`${key}.${names().length - 1}`).control)?.focus();
  });
  add.setAttribute('aria-label', l10n.t('Add to {0}', l10n.t(meta.title)));
  model.watch(() => {
    if (names().length !== drawn) draw();
  });
  return h(
    'div',
    { class: 'rows-editor' },
    list,
    unlistedHint(model, meta.offers),
    h('div', { class: 'tools' }, add),
  );
}

/** What the target has of that kind, as far as it may be asked. */
export function offersOf({ choices }: FormModel, kind: OfferKind | undefined): Option[] {
  return ((kind && choices.offers[kind]) ?? []).map(({ name, note, isDefault }) => ({
    value: name,
    label: name,
    detail: [isDefault ? l10n.t('default') : '', note ?? ''].filter(Boolean).join(' · '),
  }));
}

/** Says that there is no list to choose from, where the target was asked for one. */
function unlistedHint(model: FormModel, kind: OfferKind | undefined): HTMLElement {
  const hint = h('p', { class: 'facts' });
  model.watch(() => {
    const isUnlisted = kind !== undefined && model.choices.unlisted.includes(kind);
    hint.hidden = !isUnlisted;
    setText(hint, isUnlisted ? l10n.t('They cannot be listed there: type the name.') : '');
  });
  return hint;
}
