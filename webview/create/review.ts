/** The last section: every value and where it came from, and what it all comes to on the target. */
import * as l10n from '@vscode/l10n';
import type { FormKey } from '../../src/workspace/draft.ts';
import { withInherited } from '../../src/workspace/inherited.ts';
import { originWords, reviewRows } from '../../src/workspace/review.ts';
import type { WorkspaceForm } from '../../src/workspace/settings.ts';
import { h, setText } from '../shared/dom.ts';
import { icon } from '../shared/icons.ts';
import { button } from '../shared/toolkit.ts';
import type { Asker } from './asker.ts';
import { equalOf, equalWords } from './equal.ts';
import type { FormModel } from './model.ts';

export function reviewSection(model: FormModel, asker: Asker): HTMLDetailsElement {
  const table = h('tbody', {});
  const equal = equalOf(model, asker);
  const digest = h('span', { class: 'digest' });
  const section = h(
    'details',
    { class: 'group', id: 'g-review' },
    h(
      'summary',
      {},
      icon('chevron'),
      h('h2', {}, h('span', { class: 'group-title' }, l10n.t('Review'))),
      digest,
    ),
    h(
      'div',
      { class: 'group-body' },
      h(
        'table',
        { class: 'review' },
        h('caption', { class: 'visually-hidden' }, l10n.t('All values')),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, l10n.t('Setting')),
            h('th', { scope: 'col' }, l10n.t('Value')),
            h('th', { scope: 'col' }, l10n.t('From')),
          ),
        ),
        table,
      ),
      equal.element,
      templateTools(model, asker),
    ),
  );
  const draw = () => {
    setText(digest, equalWords(model.engine));
    if (!section.open) return;
    const rows = reviewRows(reviewed(model), model.engine);
    table.replaceChildren(...rows.map(row => rowElement(model, row)));
    equal.draw();
  };
  section.addEventListener('toggle', draw);
  model.watch(draw);
  return section;
}

/** What stands in the form kept for the next time; there as soon as nothing is wrong with it. */
function templateTools(model: FormModel, asker: Asker): HTMLElement {
  const save = button('secondary', l10n.t('Save as template…'), () => {
    const { form } = model.checked;
    if (form) asker.ask('saveAsTemplate', { form }).catch(asker.report);
  });
  model.watch(() => {
    save.disabled = model.checked.form === undefined;
  });
  return h('div', { class: 'tools' }, save);
}

function rowElement(
  model: FormModel,
  { key, title, value }: { readonly key: FormKey; readonly title: string; readonly value: string },
): HTMLElement {
  const from = originWords(model.origin(key));
  const inherited = (key === 'env' || key === 'labels') && model.inherited[key].length > 0;
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, title),
    h('td', { class: value === '' ? 'is-empty' : undefined }, value || '–'),
    h('td', { class: 'origin' }, inherited ? `${from}, ${originWords('target')}` : from),
  );
}

/** What is valid so far, inherited entries put in. */
function reviewed(model: FormModel): Partial<WorkspaceForm> {
  const { values, form } = model.checked;
  if (form) return form;
  const { env, labels } = model.inherited;
  return {
    ...values,
    env: withInherited(values.env ?? [], env, new Set(model.draft.leftOut.env)).map(variable => ({
      secret: false,
      ...variable,
    })),
    labels: withInherited(values.labels ?? [], labels, new Set(model.draft.leftOut.labels)),
  };
}
