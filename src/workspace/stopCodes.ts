/**
 * Why a run ended, as a record keeps it: a code with its parameters (`#lifespan 0 28800`), which everybody reads in a
 * language of their own; or words, where older records or an engine have those. boot.sh writes the same. Pure.
 */
import * as l10n from '@vscode/l10n';
import { exactSpan } from './span.ts';

export const limits = ['lifespan', 'daily', 'idle'] as const;
export type Limit = (typeof limits)[number];

/** Those that Berth itself writes down; boot.sh has `#inside`, `#late …` and the limits beside them. */
export const stopCodes = {
  person: '#person',
  forced: '#forced',
  cancelled: '#cancelled',
  rebuilt: '#rebuilt',
  rebuildCancelled: '#rebuild-cancelled',
  deleted: '#deleted',
  machine: '#machine',
  limit: '#limit',
  memory: '#memory',
  deadline: '#deadline',
} as const;

/** For people, of what a record has; a code that this version does not know is shown as it is. */
export function reasonWords(kept: string): string {
  if (!kept.startsWith('#')) return kept;
  const [code = '', ...parameters] = kept.slice(1).split(' ');
  switch (code) {
    case 'person':
      return l10n.t('a person stopped it');
    case 'forced':
      return l10n.t('a person forced it off');
    case 'cancelled':
      return l10n.t('its start was cancelled');
    case 'rebuilt':
      return l10n.t('a person rebuilt it');
    case 'rebuild-cancelled':
      return l10n.t('its rebuild was cancelled');
    case 'deleted':
      return l10n.t('a person deleted it');
    case 'inside':
      return l10n.t('stopped from inside');
    case 'machine':
      return l10n.t('the engine or the machine stopped it');
    case 'memory':
      return l10n.t('it ran out of memory and was killed. Give it more memory.');
    case 'deadline':
      return l10n.t('it was stopped at its deadline');
    case 'limit':
      return l10n.t('a time limit stopped it');
    case 'late':
      return l10n.t('stopped late: {0}', limitWords(`#${parameters.join(' ')}`));
    default:
      return wordsOf(code, parameters, {
        lifespan: span => l10n.t('stopped at its {0} lifespan', span),
        daily: time => l10n.t('daily stop at {0}', time),
        idle: span => l10n.t('idle for {0}', span),
      });
  }
}

/** The limit alone, of what `berth time` says: '8 h lifespan, extended by 1 h'. */
export function limitWords(kept: string): string {
  if (!kept.startsWith('#')) return kept;
  const [code = '', ...parameters] = kept.slice(1).split(' ');
  return wordsOf(code, parameters, {
    lifespan: span => l10n.t('{0} lifespan', span),
    daily: time => l10n.t('daily stop at {0}', time),
    idle: span => l10n.t('{0} without a connection', span),
  });
}

/** `parameters`: by how many seconds it was put off, then the limit's own: seconds, or a time of day and its zone. */
function wordsOf(
  code: string,
  [late = '', ...own]: readonly string[],
  words: Readonly<Record<Limit, (parameter: string) => string>>,
): string {
  const limit = limits.find(known => known === code);
  if (!limit || !/^\d{1,9}$/.test(late)) return [code, late, ...own].join(' ').trim();
  const text = words[limit](limit === 'daily' ? own.join(' ') : exactSpan(Number(own[0])));
  return late === '0' ? text : l10n.t('{0}, extended by {1}', text, exactSpan(Number(late)));
}
