/** The editors of labels of every sort, and of tolerations. */
import * as l10n from '@vscode/l10n';
import { h } from '../shared/dom.ts';
import type { ControlContext } from './controlContext.ts';
import { inheritedList } from './inheritedList.ts';
import { offersOf } from './offered.ts';
import { type Column, rowsEditor } from './rows.ts';

/** Labels of the workspace, annotations, and labels that a node must have: what the field is decides the words. */
export function labels({ model, key, meta }: ControlContext): HTMLElement {
  const isAnnotation = key === 'annotations';
  const { offers } = meta;
  const name: Column = offers
    ? {
        name: 'name',
        label: l10n.t('Name'),
        kind: 'suggest',
        width: 7,
        placeholder: 'topology.kubernetes.io/zone',
        suggestions: () => offersOf(model, offers),
        spread: pair,
      }
    : { name: 'name', label: l10n.t('Name'), kind: 'text', width: 5, placeholder: 'team' };
  const rows = rowsEditor({
    model,
    key,
    rowWords: number =>
      isAnnotation ? l10n.t('annotation {0}', String(number)) : l10n.t('label {0}', String(number)),
    addWords: isAnnotation
      ? l10n.t('Add annotation')
      : offers
        ? l10n.t('Add node label')
        : l10n.t('Add label'),
    blank: () => ({ name: '', value: '' }),
    columns: [name, { name: 'value', label: l10n.t('Value'), kind: 'text', width: offers ? 5 : 7 }],
  });
  return h('div', {}, key === 'labels' ? inheritedList(model, 'labels') : undefined, rows);
}

/** A label of a node is offered, and may be pasted, with its value. */
function pair(text: string): { name: string; value: string } | undefined {
  const at = text.indexOf('=');
  return at < 0 ? undefined : { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

export function tolerations({ model, key }: ControlContext): HTMLElement {
  return rowsEditor({
    model,
    key,
    rowWords: number => l10n.t('toleration {0}', String(number)),
    addWords: l10n.t('Add toleration'),
    blank: () => ({ key: '', operator: 'Exists', value: '', effect: '' }),
    shapedBy: ['operator'],
    columns: [
      { name: 'key', label: l10n.t('Taint'), kind: 'text', width: 4, placeholder: l10n.t('every taint') },
      {
        name: 'operator',
        label: l10n.t('Operator'),
        kind: 'select',
        width: 2,
        choices: [
          ['Exists', l10n.t('Exists')],
          ['Equal', l10n.t('Equals')],
        ],
      },
      {
        name: 'value',
        label: l10n.t('Value'),
        kind: 'text',
        width: 3,
        isIn: ({ operator }) => operator === 'Equal',
      },
      {
        name: 'effect',
        label: l10n.t('Effect'),
        kind: 'select',
        width: 3,
        choices: [
          ['', l10n.t('Every effect')],
          ['NoSchedule', 'NoSchedule'],
          ['PreferNoSchedule', 'PreferNoSchedule'],
          ['NoExecute', 'NoExecute'],
        ],
      },
    ],
  });
}
