/** A folded group of fields: its title, what is set in it, and whether something is wrong inside. */
import * as l10n from '@vscode/l10n';
import { type FormKey, formFields } from '../../src/workspace/draft.ts';
import type { Group } from '../../src/workspace/field.ts';
import { valueWords } from '../../src/workspace/review.ts';
import { WorkspaceForm } from '../../src/workspace/settings.ts';
import { h, setText } from '../shared/dom.ts';
import { icon } from '../shared/icons.ts';
import type { FormModel } from './model.ts';

/** A `<details>` whose summary tells what is in it while it is folded. */
export function groupSection(
  model: FormModel,
  group: Group,
  keys: readonly FormKey[],
  fields: readonly HTMLElement[],
): HTMLDetailsElement {
  const digest = h('span', { class: 'digest' });
  const title = h('span', { class: 'group-title' }, groupTitle(group));
  const section = h(
    'details',
    { class: 'group', id: `g-${group}` },
    h('summary', {}, icon('chevron'), h('h2', {}, title), digest),
    h('div', { class: 'group-body' }, ...fields),
  );
  model.watch(() => {
    const wrong = model.problems.filter(({ path }) => {
      const key = path.split('.')[0];
      return keys.some(other => other === key) && model.noticeAt(path)?.level === 'error';
    });
    section.classList.toggle('is-wrong', wrong.length > 0);
    setText(
      digest,
      wrong.length > 0
        ? wrong.length === 1
          ? l10n.t('1 problem')
          : l10n.t('{0} problems', String(wrong.length))
        : digestOf(model, keys),
    );
  });
  return section;
}

function digestOf(model: FormModel, keys: readonly FormKey[]): string {
  const { values } = model.checked;
  return keys
    .flatMap(key => {
      const count = model.rows(key).length + inheritedCount(model, key);
      const title = l10n.t(formFields.get(key)?.title ?? key);
      if (Array.isArray(values[key])) return count > 0 ? [`${title}: ${count}`] : [];
      if (model.origin(key) === 'default' || isDefault(key, values[key])) return [];
      const words = valueWords(key, values);
      return words === '' ? [] : [`${title}: ${words}`];
    })
    .join(' · ');
}

function isDefault(key: FormKey, value: unknown): boolean {
  return JSON.stringify(WorkspaceForm.shape[key].safeParse(undefined).data) === JSON.stringify(value);
}

function inheritedCount(model: FormModel, key: FormKey): number {
  if (key !== 'env' && key !== 'labels') return 0;
  const own = new Set(model.rows(key).map(({ name }) => name));
  const leftOut = new Set(model.draft.leftOut[key]);
  return model.inherited[key].filter(({ name }) => !own.has(name) && !leftOut.has(name)).length;
}

function groupTitle(group: Group): string {
  switch (group) {
    case 'basics':
      return l10n.t('Description and kind');
    case 'resources':
      return l10n.t('More resources');
    case 'storage':
      return l10n.t('Volumes and data');
    case 'apps':
      return l10n.t('Ports and apps');
    case 'environment':
      return l10n.t('Environment and labels');
    case 'startup':
      return l10n.t('Startup');
    case 'time':
      return l10n.t('Time limits');
    case 'git':
      return l10n.t('Git and dotfiles');
    case 'access':
      return l10n.t('Access');
    case 'placement':
      return l10n.t('Placement');
    case 'advanced':
      return l10n.t('Advanced');
  }
}
