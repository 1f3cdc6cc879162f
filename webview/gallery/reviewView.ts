/** The trust review of an entry: what it would be allowed, in words and verbatim, and what the person says to it. */
import * as l10n from '@vscode/l10n';
import type { Details, GrantInfo, LeftOutInfo } from '../../src/panels/galleryMessages.ts';
import { freshId, h } from '../shared/dom.ts';
import { icon } from '../shared/icons.ts';
import { checkbox } from '../shared/toolkit.ts';
import { type Answer, answerTo, askedIn, type EarlierAnswer } from './answer.ts';

export interface ReviewView {
  readonly element: HTMLElement;
  answer(): EarlierAnswer;
}

/** `earlier`: of the review of the same entry, as it was drawn before. */
export function reviewView(details: Details, catalogue: string, earlier?: EarlierAnswer): ReviewView {
  const asked = askedIn(details);
  const first = answerTo(details, earlier);
  const accepted = new Set(first.accepted);
  let { scope } = first;
  const of = (level: GrantInfo['level']) => details.grants.filter(grant => grant.level === level);
  const take = (id: string, isAccepted: boolean) => {
    if (isAccepted) accepted.add(id);
    else accepted.delete(id);
  };
  const grantList = (grants: readonly GrantInfo[]) =>
    h('ul', { class: 'grants' }, ...grants.map(grant => grantItem(grant, accepted, take)));
  const [blocked, warned, shown, safe] = [of('blocked'), of('warned'), of('shown'), of('safe')];
  const isPlain = blocked.length + warned.length + shown.length + details.leftOut.length === 0;
  const element = h(
    'section',
    { class: 'review', 'aria-label': l10n.t('What it may do') },
    h('h2', {}, l10n.t('What it may do')),
    isPlain &&
      h('p', { class: 'review-plain' }, icon('check'), l10n.t('Nothing that other workspaces may not.')),
    part(l10n.t('Blocked, unless you allow it'), 'blocked', blocked.length > 0 && grantList(blocked)),
    part(l10n.t('To be accepted'), 'warned', warned.length > 0 && grantList(warned)),
    part(l10n.t('What it runs, as it stands'), 'shown', shown.length > 0 && grantList(shown)),
    part(l10n.t('Its variables and ports'), 'shown', valuesList(details)),
    part(l10n.t('Left out'), 'left-out', details.leftOut.length > 0 && leftOutList(details.leftOut)),
    part(
      l10n.t('What it does not want any more'),
      'gone',
      details.gone.length > 0 &&
        h(
          'ul',
          { class: 'grants' },
          ...details.gone.map(gone => h('li', {}, words(gone.words), verbatim(gone.value))),
        ),
    ),
    safe.length > 0 &&
      h(
        'details',
        { class: 'safe' },
        h('summary', {}, l10n.t('{0} more that are harmless', safe.length)),
        grantList(safe),
      ),
    asked.size > 0 && scopeChoice(scope, catalogue, value => (scope = value)),
  );
  return { element, answer: () => ({ asked, accepted, scope }) };
}

function part(title: string, name: string, body: HTMLElement | false): HTMLElement | false {
  return body && h('div', { class: `review-part review-${name}` }, h('h3', {}, title), body);
}

function grantItem(
  grant: GrantInfo,
  accepted: ReadonlySet<string>,
  take: (id: string, isAccepted: boolean) => void,
): HTMLElement {
  const { id, level, verdict, forbiddenBy = '', value, isNew } = grant;
  const news = isNew && h('span', { class: 'mark mark-news' }, l10n.t('New'));
  const state =
    verdict === 'allowed'
      ? h('span', { class: 'mark mark-plain' }, l10n.t('Allowed before'))
      : verdict === 'forbidden'
        ? h('span', { class: 'mark mark-off' }, l10n.t('Forbidden by {0}', forbiddenBy))
        : undefined;
  const line = h('span', { class: 'grant-words' }, grant.words);
  const box =
    verdict === 'asks'
      ? checkbox(line, accepted.has(id), checked => take(id, checked), {
          'aria-label':
            level === 'blocked'
              ? l10n.t('Allow: {0} {1}', grant.words, value)
              : l10n.t('Accept: {0} {1}', grant.words, value),
        })
      : line;
  return h('li', { class: 'grant' }, h('div', { class: 'grant-line' }, box, news, state), verbatim(value));
}

function valuesList({ env, ports }: Details): HTMLElement | false {
  if (env.length === 0 && ports.length === 0) return false;
  return h(
    'div',
    {},
    ...env.map(({ name, value }) => verbatim(`${name}=${value}`)),
    ...ports.map(({ port, protocol }) => verbatim(l10n.t('Port {0}, {1}', port, protocol))),
  );
}

function leftOutList(all: readonly LeftOutInfo[]): HTMLElement {
  return h(
    'ul',
    { class: 'grants' },
    ...all.map(({ key, level, words: why, value }) =>
      h(
        'li',
        { class: 'grant' },
        h(
          'div',
          { class: 'grant-line' },
          h('code', {}, key),
          h('span', {}, why),
          level === 'target' && h('span', { class: 'mark mark-plain' }, l10n.t('Not on this target')),
        ),
        verbatim(value),
      ),
    ),
  );
}

function scopeChoice(
  scope: Answer['scope'],
  catalogue: string,
  onChange: (scope: Answer['scope']) => void,
): HTMLElement {
  const name = freshId('scope');
  const option = (value: Answer['scope'], text: string) =>
    h(
      'label',
      { class: 'radio' },
      h('input', { type: 'radio', name, checked: scope === value, onchange: () => onChange(value) }),
      text,
    );
  return h(
    'fieldset',
    { class: 'scope' },
    h('legend', {}, l10n.t('What you allow counts for')),
    option('entry', l10n.t('this entry as it is now')),
    option(
      'catalogue',
      l10n.t('every entry of {0} that wants the same; one that has changed is asked about again', catalogue),
    ),
    option('changes', l10n.t('every entry of {0} that wants the same, whatever changes in it', catalogue)),
  );
}

function words(text: string): HTMLElement {
  return h('span', { class: 'grant-words' }, text);
}

/** As it stands in the catalogue: never wrapped into something else, never a link. */
function verbatim(value: string): HTMLElement | false {
  return value !== '' && h('pre', { class: 'verbatim' }, value);
}
