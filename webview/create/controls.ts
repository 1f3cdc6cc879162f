/** The control of every kind of field: a new kind in the schema without one here is a type error. */
import * as l10n from '@vscode/l10n';
import type { FormKey } from '../../src/workspace/draft.ts';
import type { Control, EngineKind } from '../../src/workspace/field.ts';
import { WorkspaceForm } from '../../src/workspace/settings.ts';
import { Combobox } from '../shared/combobox.ts';
import { h, setAttribute } from '../shared/dom.ts';
import { afterClick } from '../shared/pointer.ts';
import { checkbox } from '../shared/toolkit.ts';
import { type ControlContext, isLocked } from './controlContext.ts';
import { environment } from './environment.ts';
import { idsOf } from './field.ts';
import { imagePicker } from './image.ts';
import { apps, ports } from './lists.ts';
import type { FormModel } from './model.ts';
import { mounts } from './mounts.ts';
import { nameField } from './name.ts';
import { offered, offeredLines } from './offered.ts';
import { labels, tolerations } from './placement.ts';
import { targetPicker } from './target.ts';

export const controls: Readonly<Record<Control, (context: ControlContext) => HTMLElement>> = {
  target: targetPicker,
  name: nameField,
  image: imagePicker,
  text: context => (recentOf(context).length > 0 ? recentInput(context) : textInput(context)),
  number: context => textInput(context, { inputmode: 'decimal', class: 'input input-number' }),
  secret: secretInput,
  multiline: context => textArea(context, 8),
  lines: context => textArea(context, 3),
  choice: context => select(context, () => choicesOf(context)),
  runtime,
  offered,
  offeredLines,
  tolerations,
  checkbox: checkboxInput,
  mounts,
  ports,
  apps,
  env: environment,
  labels,
  // Never drawn (create.ts).
  hidden: () => h('span', { hidden: true }),
};

function textInput(
  context: ControlContext,
  attributes: Readonly<Record<string, string>> = {},
): HTMLInputElement {
  const { model, key, meta } = context;
  const ids = idsOf(key);
  const input = h('input', {
    id: ids.control,
    type: 'text',
    class: 'input',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: meta.placeholder,
    'aria-describedby': ids.describedBy,
    disabled: isLocked(context),
    ...attributes,
    oninput: () => model.set({ [key]: input.value }, 'typed'),
  });
  model.watch(() => {
    input.disabled = isLocked(context);
    // What an empty field stands for.
    if (key === 'user') input.placeholder = model.image?.user ?? meta.placeholder ?? '';
    if (input.value !== model.text(key)) input.value = model.text(key);
  });
  return input;
}

/** A text that is offered what was typed before. */
function recentInput(context: ControlContext): HTMLElement {
  const { model, key, meta } = context;
  const ids = idsOf(key);
  const box = new Combobox({
    id: ids.control,
    describedBy: ids.describedBy,
    placeholder: meta.placeholder ?? '',
    options: () => recentOf(context).map(value => ({ value, label: value, group: l10n.t('Used before') })),
    onChange: value => model.set({ [key]: value }, 'typed'),
  });
  model.watch(() => {
    box.input.disabled = isLocked(context);
    if (key === 'user') box.input.placeholder = model.image?.user ?? meta.placeholder ?? '';
    box.show(model.text(key));
  });
  return box.element;
}

function recentOf({ model, key }: ControlContext): readonly string[] {
  return model.setup.recent[key] ?? [];
}

function secretInput(context: ControlContext): HTMLElement {
  const input = textInput(context);
  input.type = 'password';
  if (context.model.setup.kept.gitToken) input.placeholder = l10n.t('Kept. Type to replace it.');
  return input;
}

function textArea({ model, key, meta }: ControlContext, rows: number): HTMLElement {
  const ids = idsOf(key);
  const area = h('textarea', {
    id: ids.control,
    class: 'input textarea',
    rows,
    spellcheck: 'false',
    placeholder: meta.placeholder,
    'aria-describedby': ids.describedBy,
    oninput: () => model.set({ [key]: area.value }, 'typed'),
    onchange: () =>
      afterClick(() => {
        for (const { path } of model.problems) if (path.startsWith(`${key}.`)) model.touch(path);
      }),
  });
  model.watch(() => {
    if (area.value !== model.text(key)) area.value = model.text(key);
  });
  return area;
}

function select(context: ControlContext, options: () => readonly (readonly [string, string])[]): HTMLElement {
  const { model, key } = context;
  const ids = idsOf(key);
  const element = h('select', {
    id: ids.control,
    class: 'input select',
    'aria-describedby': ids.describedBy,
    disabled: isLocked(context),
    onchange: () => model.set({ [key]: element.value === '' ? undefined : element.value }, 'typed'),
  });
  let drawn = '';
  model.watch(() => {
    const now = options();
    if (drawn !== JSON.stringify(now)) {
      drawn = JSON.stringify(now);
      element.replaceChildren(...now.map(([value, label]) => h('option', { value }, label)));
    }
    element.value = model.text(key);
  });
  return element;
}

/** The values of the schema's enum, in the words of its meaning. */
function choicesOf({ model, key, meta }: ControlContext): (readonly [string, string])[] {
  return Object.entries(meta.choices ?? {})
    .filter(([value]) => WorkspaceForm.shape[key].safeParse(value).success)
    .filter(([value]) => value === model.text(key) || isAllowed(model, key, value))
    .map(([value, label]) => [value, l10n.t(label)]);
}

function isAllowed(model: FormModel, key: FormKey, value: string): boolean {
  return model.limits(key)?.allowed.every(({ value: patterns }) => patterns.includes(value)) ?? true;
}

/** An engine of containers tells all its runtimes; a cluster has runtime classes, which may be listed or not. */
function runtime(context: ControlContext): HTMLElement {
  const { model } = context;
  const controlOn: Readonly<Record<EngineKind, HTMLElement>> = {
    docker: select(context, () => runtimesOf(model)),
    kubernetes: offered(context),
  };
  const place = h('div', {});
  model.watch(() => {
    const control = controlOn[model.engine];
    if (place.firstElementChild !== control) place.replaceChildren(control);
  });
  return place;
}

function runtimesOf(model: FormModel): (readonly [string, string])[] {
  const { runtimes = [], defaultRuntime } = model.target?.room ?? {};
  const chosen = model.text('runtime');
  const names = [...new Set([...runtimes, ...(chosen ? [chosen] : [])])];
  const first = defaultRuntime
    ? l10n.t('The target’s default ({0})', defaultRuntime)
    : l10n.t('The target’s default');
  return [
    ['', first],
    ...names.filter(name => name !== defaultRuntime || name === chosen).map(name => [name, name] as const),
  ];
}

function checkboxInput({ model, key, meta }: ControlContext): HTMLElement {
  const ids = idsOf(key);
  const box = checkbox(
    l10n.t(meta.title),
    model.value(key) === true,
    checked => {
      if (checked !== (model.value(key) === true)) model.set({ [key]: checked }, 'typed');
    },
    // Its label does not say who has fixed it, as that of other controls does.
    { id: ids.control, 'aria-describedby': `${ids.describedBy} ${ids.lock}` },
  );
  model.watch(() => {
    box.checked = model.value(key) === true;
    setAttribute(box, 'aria-checked', box.checked ? 'true' : 'false');
  });
  return box;
}
