/** One field of the form: label, control, help, what is wrong, what a change costs. */
import * as l10n from '@vscode/l10n';
import type { Notice } from '../../src/workspace/conflicts.ts';
import type { FormKey } from '../../src/workspace/draft.ts';
import { type Control, costOf, type EditCost, type FieldMeta, helpOf } from '../../src/workspace/field.ts';
import { boundWords, lockedBy } from '../../src/workspace/policy/apply.ts';
import { h, setAttribute, setText } from '../shared/dom.ts';
import { icon } from '../shared/icons.ts';
import type { FormModel } from './model.ts';

/** Ids of the parts of the field at a path; a control carries the first two. */
export function idsOf(path: string) {
  const stem = `f-${path.replaceAll('.', '-')}`;
  const [message, help, lock] = [`${stem}-message`, `${stem}-help`, `${stem}-lock`];
  return { control: stem, message, help, lock, describedBy: `${message} ${help}` };
}

/** Controls that are made of many: they are named as a group, with their help above. */
const listControls: ReadonlySet<Control> = new Set([
  'mounts',
  'ports',
  'apps',
  'env',
  'labels',
  'tolerations',
  'offeredLines',
]);

/**
 * A block with label and messages around a control. Help and message stand in the same place, so that nothing moves
 * when one takes the place of the other.
 */
export function fieldBlock(
  model: FormModel,
  key: FormKey,
  meta: FieldMeta,
  control: HTMLElement,
): HTMLElement {
  const ids = idsOf(key);
  const isList = listControls.has(meta.control);
  const help = () => [l10n.t(helpOf(meta, model.engine)), boundWordsOf(model, key)].filter(Boolean).join(' ');
  const chip = h('span', { class: 'chip' });
  const lock = h('span', { class: 'lock', id: ids.lock });
  const unit = meta.unit && h('span', { class: 'unit' }, ` (${meta.unit})`);
  const label = isList
    ? h('h3', { class: 'label', id: `${ids.control}-label` }, h('span', {}, l10n.t(meta.title)), lock, chip)
    : h('label', { class: 'label', for: ids.control }, l10n.t(meta.title), unit, lock, chip);
  // All that is in it is out of reach at once, whatever the control is made of.
  const hasPolicy = key !== 'target' && key !== 'name';
  const fence = h('fieldset', { class: 'fence', role: 'presentation' }, control);
  const block = h(
    'div',
    {
      class: `field field-${meta.control}`,
      'data-key': key,
      ...(isList ? { role: 'group', 'aria-labelledby': `${ids.control}-label` } : {}),
    },
    meta.control === 'checkbox' ? undefined : label,
    isList ? helpAndMessage(model, key, help) : undefined,
    hasPolicy ? fence : control,
    isList ? undefined : helpAndMessage(model, key, help),
  );
  if (meta.control === 'checkbox') block.prepend(h('span', { class: 'label-of-checkbox' }, lock, chip));
  model.watch(() => {
    const by = lockedBy(model.limits(key));
    fence.disabled = by !== undefined;
    const words = by === undefined ? '' : l10n.t('Set by {0}', by);
    if (lock.textContent !== words) lock.replaceChildren(...(words ? [icon('lock'), words] : []));
  });
  if (model.setup.mode === 'edit') model.watch(() => showCost(model, key, costOf(meta, model.engine), chip));
  return block;
}

function boundWordsOf(model: FormModel, key: FormKey): string {
  return key === 'target' || key === 'name' ? '' : boundWords(key, model.limits(key));
}

/** The line under a control: its help, or what is wrong. Also marks the control with its id as invalid. */
export function helpAndMessage(model: FormModel, path: string, help: string | (() => string)): HTMLElement {
  const ids = idsOf(path);
  const message = h('p', { class: 'message', id: ids.message });
  const helpLine = h('p', { class: 'help', id: ids.help });
  const line = h('div', { class: 'below' }, helpLine, message);
  model.watch(() => {
    const notice = model.noticeAt(path);
    setText(helpLine, typeof help === 'string' ? help : help());
    line.classList.toggle('has-message', notice !== undefined);
    showNotice(message, notice);
    const control = document.getElementById(ids.control);
    if (control) setAttribute(control, 'aria-invalid', notice?.level === 'error' ? 'true' : undefined);
  }, line);
  return line;
}

function showNotice(element: HTMLElement, notice: Notice | undefined): void {
  const level = notice?.level ?? 'none';
  if (element.dataset.level === level && element.textContent === (notice?.message ?? '')) return;
  element.dataset.level = level;
  element.replaceChildren(...(notice ? [icon('warning'), notice.message] : []));
}

function showCost(model: FormModel, key: FormKey, cost: EditCost, chip: HTMLElement): void {
  const isChanged = model.plan?.changed.some(change => change.key === key);
  chip.className = isChanged ? `chip chip-${cost}` : cost === 'never' ? 'chip chip-locked' : 'chip';
  setText(chip, isChanged ? costWords(cost) : cost === 'never' ? l10n.t('cannot be changed') : '');
}

/** What a change takes, in a word or two. */
function costWords(cost: EditCost): string {
  switch (cost) {
    case 'live':
      return l10n.t('at once');
    case 'restart':
      return l10n.t('needs a restart');
    case 'rebuild':
      return l10n.t('needs a rebuild');
    case 'never':
      return l10n.t('cannot be changed');
  }
}
