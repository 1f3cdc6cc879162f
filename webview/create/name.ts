/** The name: checked as one types, with a button for another readable one. */
import * as l10n from '@vscode/l10n';
import { h } from '../shared/dom.ts';
import { iconButton } from '../shared/toolkit.ts';
import type { ControlContext } from './controlContext.ts';
import { isLocked } from './controlContext.ts';
import { idsOf } from './field.ts';

export function nameField(context: ControlContext): HTMLElement {
  const { model, asker } = context;
  const ids = idsOf('name');
  const input = h('input', {
    id: ids.control,
    type: 'text',
    class: 'input',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: 60,
    'aria-describedby': ids.describedBy,
    disabled: isLocked(context),
    oninput: () => model.set({ name: input.value }, 'typed'),
  });
  model.watch(() => {
    if (input.value !== model.text('name')) input.value = model.text('name');
  });
  const another = iconButton('refresh', l10n.t('Another name'), () => {
    const { targetId } = model;
    asker
      .ask('generateName', targetId ? { target: targetId } : {})
      .then(({ name }) => model.set({ name }, 'generated'))
      .catch(asker.report);
  });
  return h('div', { class: 'with-button' }, input, isLocked(context) ? undefined : another);
}
