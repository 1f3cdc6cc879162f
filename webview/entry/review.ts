/** What those who install the entry will be asked and told, while it is written. */
import * as l10n from '@vscode/l10n';
import type { EntryView } from '../../src/panels/messages.ts';
import { h } from '../shared/dom.ts';

export function reviewOf({ grants, leftOut }: EntryView): readonly HTMLElement[] {
  const levels = [
    ['blocked', l10n.t('Blocked, unless they allow it')],
    ['warned', l10n.t('They have to accept it')],
    ['shown', l10n.t('They are shown it')],
  ] as const;
  const sections = levels.flatMap(([level, title]) => {
    const own = grants.filter(grant => grant.level === level);
    return own.length === 0 ? [] : [listOf(level, title, own)];
  });
  const away = leftOut.map(({ key, words, value }) => ({ words: `${key}: ${words}`, value }));
  return [
    h('h2', {}, l10n.t('What those who install it will be asked')),
    ...(sections.length === 0 && away.length === 0
      ? [h('p', { class: 'lead' }, l10n.t('Nothing: it wants no more than any workspace has.'))]
      : []),
    ...sections,
    ...(away.length === 0 ? [] : [listOf('left-out', l10n.t('Left out, and said so'), away)]),
  ];
}

function listOf(
  level: string,
  title: string,
  items: readonly { readonly words: string; readonly value: string }[],
): HTMLElement {
  return h(
    'section',
    { class: `level level-${level}` },
    h('h3', {}, title),
    h(
      'ul',
      {},
      ...items.map(({ words, value }) =>
        h('li', {}, h('span', {}, words), value === '' ? undefined : h('code', {}, value)),
      ),
    ),
  );
}
