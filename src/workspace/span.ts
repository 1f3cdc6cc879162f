/** Lengths of time in words. Pure. */
import * as l10n from '@vscode/l10n';

/** '7 h 58 min', '10 min', 'under 1 min'; to the nearest minute. */
export function spanWords(ms: number): string {
  const minutes = Math.round(Math.max(0, ms) / 60_000);
  if (minutes < 1) return l10n.t('under 1 min');
  if (minutes < 60) return l10n.t('{0} min', minutes);
  return minutes % 60 === 0
    ? l10n.t('{0} h', minutes / 60)
    : l10n.t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}

/** As boot says it inside: short ones to the second. */
export function exactSpan(seconds: number): string {
  return seconds < 90 && seconds !== 60 ? l10n.t('{0} s', seconds) : spanWords(seconds * 1000);
}
