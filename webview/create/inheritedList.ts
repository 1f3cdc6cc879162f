/** What the workspace inherits from the defaults: each with its origin, to override or to leave out. */
import * as l10n from '@vscode/l10n';
import type { Inherited } from '../../src/workspace/inherited.ts';
import { h } from '../shared/dom.ts';
import { button } from '../shared/toolkit.ts';
import { idsOf } from './field.ts';
import type { FormModel } from './model.ts';

export function inheritedList(model: FormModel, part: 'env' | 'labels'): HTMLElement {
  const list = h('ul', { class: 'inherited', 'aria-label': l10n.t('Inherited') });
  let drawn = '';
  model.watch(() => {
    const inherited = model.inherited[part];
    const own = new Set(model.rows(part).map(({ name }) => name));
    const state = JSON.stringify([inherited, [...own], model.draft.leftOut[part]]);
    if (state === drawn) return;
    drawn = state;
    list.hidden = inherited.length === 0;
    list.replaceChildren(...inherited.map(entry => inheritedItem(model, part, entry, own.has(entry.name))));
  });
  return list;
}

function inheritedItem(
  model: FormModel,
  part: 'env' | 'labels',
  { name, value, origin }: Inherited,
  isOverridden: boolean,
): HTMLElement {
  const isLeftOut = model.draft.leftOut[part].includes(name);
  const from = origin === '*' ? l10n.t('default of all targets') : l10n.t('default of {0}', origin);
  const state = isOverridden ? l10n.t('overridden below') : isLeftOut ? l10n.t('left out') : from;
  const override = button('secondary', l10n.t('Override'), () => {
    model.addRows(part, [{ name, value, ...(part === 'env' ? { secret: false } : {}) }]);
    document.getElementById(idsOf(`${part}.${model.rows(part).length - 1}.value`).control)?.focus();
  });
  override.setAttribute('aria-label', l10n.t('Override {0}', name));
  const toggle = button('secondary', isLeftOut ? l10n.t('Take in') : l10n.t('Leave out'), () =>
    model.setLeftOut(part, name, !isLeftOut),
  );
  toggle.setAttribute('aria-label', isLeftOut ? l10n.t('Take in {0}', name) : l10n.t('Leave out {0}', name));
  return h(
    'li',
    { class: isLeftOut || isOverridden ? 'inherited-item is-off' : 'inherited-item' },
    h('code', { class: 'inherited-value' }, `${name}=${value}`),
    h('span', { class: 'origin' }, state),
    !isOverridden && h('span', { class: 'inherited-tools' }, isLeftOut ? undefined : override, toggle),
  );
}
