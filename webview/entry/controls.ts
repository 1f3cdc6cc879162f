/** The control of every kind of field: shows the value that the file has, and sends what a person makes of it. */
import * as l10n from '@vscode/l10n';
import { h, setAttribute, setText } from '../shared/dom.ts';
import { button, checkbox, iconButton } from '../shared/toolkit.ts';
import type { Field, Spec } from './fields.ts';

export type Path = readonly (string | number)[];

/** What a form's controls share. */
export interface Form {
  /** `value` undefined takes it out. */
  set(path: Path, value: unknown): void;
  /** File names that the icon may be. */
  icons(): readonly string[];
  pickIcon(): void;
}

export interface ControlView {
  readonly element: HTMLElement;
  /** Shows what the file has; a field that a person is in is left alone. */
  show(value: unknown): void;
}

interface Context {
  readonly form: Form;
  readonly field: Field;
  readonly path: Path;
  readonly id: string;
}

export function controlOf(context: Context): ControlView {
  if (context.path.length === 1 && context.field.key === 'image_src') return iconChoice(context);
  const { spec } = context.field;
  switch (spec.kind) {
    case 'text':
      return textControl(context, spec.isLong ? 4 : 1, asText, text => text);
    case 'number':
      return textControl(context, 1, asText, text =>
        text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text),
      );
    case 'lines':
      return textControl(context, 3, linesOf, text =>
        text
          .split('\n')
          .map(line => line.trim())
          .filter(Boolean),
      );
    case 'json':
      return jsonControl(context);
    case 'yesNo':
      return yesNo(context);
    case 'choice':
      return choice(context, () => spec.options);
    case 'choices':
      return choices(context, spec.options);
    case 'rows':
      return rows(context, spec);
  }
}

function textControl(
  { form, field, path, id }: Context,
  lines: number,
  words: (value: unknown) => string,
  read: (text: string) => unknown,
): ControlView {
  const send = () => form.set(path, input.value === '' && !field.isRequired ? undefined : read(input.value));
  const attributes = {
    id,
    class: lines > 1 ? 'input textarea' : 'input',
    spellcheck: 'false',
    onchange: send,
  };
  const input: HTMLInputElement | HTMLTextAreaElement =
    lines > 1
      ? h('textarea', { ...attributes, rows: lines, 'aria-describedby': `${id}-below` })
      : h('input', { ...attributes, type: 'text', autocomplete: 'off', 'aria-describedby': `${id}-below` });
  return {
    element: input,
    show: value => {
      if (document.activeElement !== input) input.value = words(value);
    },
  };
}

/** Sent once it is JSON; until then it is said what is wrong, and the file stays as it is. */
function jsonControl(context: Context): ControlView {
  const { form, path, id } = context;
  const wrong = h('p', { class: 'problem', role: 'status' });
  const area = h('textarea', {
    id,
    class: 'input textarea json',
    rows: 6,
    spellcheck: 'false',
    'aria-describedby': `${id}-below`,
    onchange: () => {
      try {
        const value: unknown = area.value.trim() === '' ? undefined : JSON.parse(area.value);
        setText(wrong, '');
        form.set(path, value);
      } catch (error) {
        setText(wrong, l10n.t('This is not JSON, and not in the file yet: {0}', String(error)));
      }
    },
  });
  return {
    element: h('div', {}, area, wrong),
    show: value => {
      if (document.activeElement === area || wrong.textContent !== '') return;
      area.value = value === undefined ? '' : JSON.stringify(value, null, 2);
    },
  };
}

function yesNo({ form, path, id, field }: Context): ControlView {
  let shown = false;
  const box = checkbox(
    field.key,
    false,
    checked => {
      if (checked !== shown) form.set(path, checked);
    },
    { id, 'aria-describedby': `${id}-below` },
  );
  return {
    element: box,
    show: value => {
      // Nothing said means offered.
      shown = value === undefined || value === null ? field.key === 'enabled' : value === true;
      box.checked = shown;
    },
  };
}

function choice({ form, path, id, field }: Context, options: () => readonly string[]): ControlView {
  const select = h('select', {
    id,
    class: 'input select',
    'aria-describedby': `${id}-below`,
    onchange: () => form.set(path, select.value === '' ? undefined : select.value),
  });
  return {
    element: select,
    show: value => {
      const chosen = asText(value);
      const all = new Set([...(field.isRequired && chosen !== '' ? [] : ['']), ...options(), chosen]);
      select.replaceChildren(...[...all].map(option => h('option', { value: option }, option)));
      select.value = chosen;
    },
  };
}

function iconChoice(context: Context): ControlView {
  const { element, show } = choice(context, () => context.form.icons());
  const pick = button('secondary', l10n.t('Choose a Picture…'), () => context.form.pickIcon());
  return { element: h('div', { class: 'with-button' }, element, pick), show };
}

function choices({ form, path, id }: Context, options: readonly string[]): ControlView {
  let chosen: readonly string[] = [];
  const boxes = options.map(option =>
    checkbox(option, false, checked => {
      if (checked === chosen.includes(option)) return;
      form.set(
        path,
        options.filter(one => (one === option ? checked : chosen.includes(one))),
      );
    }),
  );
  return {
    element: h('div', { id, class: 'choices', role: 'group', 'aria-describedby': `${id}-below` }, ...boxes),
    show: value => {
      chosen = stringsIn(value);
      for (const [index, box] of boxes.entries()) box.checked = chosen.includes(options[index] ?? '');
    },
  };
}

function rows({ form, field, path, id }: Context, { fields }: Extract<Spec, { kind: 'rows' }>): ControlView {
  const list = h('div', { id, class: 'rows' });
  let views: (readonly ControlView[])[] = [];
  let count = 0;
  const add = button('secondary', l10n.t('Add'), () => {
    const empty = Object.fromEntries(fields.filter(one => one.isRequired).map(one => [one.key, '']));
    form.set([...path, count], empty);
  });
  const draw = () => {
    views = [];
    list.replaceChildren(
      ...Array.from({ length: count }, (_, index) => {
        const own = fields.map(one => {
          const at = [...path, index, one.key];
          return { one, at, view: controlOf({ form, field: one, path: at, id: idOf(at) }) };
        });
        views.push(own.map(({ view }) => view));
        return h(
          'fieldset',
          { class: 'row' },
          h('legend', { class: 'visually-hidden' }, `${field.key} ${index + 1}`),
          ...own.map(({ one, at, view }) => block(one, at, view.element)),
          iconButton('remove', l10n.t('Remove {0} {1}', field.key, index + 1), () =>
            form.set([...path, index], undefined),
          ),
        );
      }),
    );
  };
  return {
    element: h('div', {}, list, add),
    show: value => {
      const items: readonly unknown[] = Array.isArray(value) ? value : [];
      if (items.length !== count) {
        count = items.length;
        draw();
      }
      for (const [index, item] of items.entries()) {
        for (const [at, one] of fields.entries()) {
          const own = typeof item === 'object' && item !== null ? Reflect.get(item, one.key) : undefined;
          views[index]?.[at]?.show(own);
        }
      }
    },
  };
}

/** Label, control, and the one line below it: help, or what is wrong. */
export function block({ key, help, isRequired, spec }: Field, path: Path, control: HTMLElement): HTMLElement {
  const id = idOf(path);
  const isGroup = spec.kind === 'rows' || spec.kind === 'choices';
  const words = [
    h('code', {}, key),
    isRequired ? h('span', { class: 'required' }, l10n.t('required')) : undefined,
  ];
  const label = isGroup
    ? h('h2', { class: 'label' }, ...words)
    : h('label', { class: 'label', for: id }, ...words);
  return h(
    'div',
    { class: 'field', 'data-path': path.join('.') },
    spec.kind === 'yesNo' ? undefined : label,
    control,
    h('p', { class: 'below', id: `${id}-below` }, help),
  );
}

export function idOf(path: Path): string {
  return `f-${path.join('-')}`;
}

/** Under the field: what is wrong with it, else its help. */
export function showBelow(
  path: Path,
  help: string,
  problem: { severity: string; message: string } | undefined,
): void {
  const below = document.getElementById(`${idOf(path)}-below`);
  if (!below) return;
  setText(below, problem ? problem.message : help);
  setAttribute(below, 'data-level', problem?.severity);
  const control = document.getElementById(idOf(path));
  if (control) setAttribute(control, 'aria-invalid', problem?.severity === 'error' ? 'true' : undefined);
}

function asText(value: unknown): string {
  return value === undefined || value === null
    ? ''
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
}

function linesOf(value: unknown): string {
  return stringsIn(value).join('\n');
}

function stringsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
