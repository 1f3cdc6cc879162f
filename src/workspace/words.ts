/** Numbers and states as people read them. Units of bytes are binary and say so. */
import * as l10n from '@vscode/l10n';
import type { StateKind } from './state.ts';

/** Bytes in the largest binary unit that leaves a number of at least 1: '7.6 GiB', '112 MiB'. */
export function binarySize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let [value, unit] = [bytes, 0];
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${value >= 100 || unit === 0 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}

/** Enough of a digest to tell it from another: 'sha256:0123456789ab'. */
export function shortDigest(digest: string): string {
  const [algorithm, hex = ''] = digest.split(':');
  return `${algorithm}:${hex.slice(0, 12)}`;
}

/** The largest unit that fits, such as '3 h'. */
export function duration(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return l10n.t('under 1 min');
  if (minutes < 60) return l10n.t('{0} min', minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? l10n.t('{0} h', hours) : l10n.t('{0} days', Math.floor(hours / 24));
}

/** How long ago something was: 'just now', '3 h ago'. */
export function ago(ms: number): string {
  return ms < 60_000 ? l10n.t('just now') : l10n.t('{0} ago', duration(ms));
}

/** The name of a state, as a label. */
export function stateLabel(kind: StateKind): string {
  switch (kind) {
    case 'Off':
      return l10n.t('Off');
    case 'Building':
      return l10n.t('Building');
    case 'Initializing':
      return l10n.t('Initializing');
    case 'Running':
      return l10n.t('Running');
    case 'Turning off':
      return l10n.t('Turning off');
    case 'Deleting':
      return l10n.t('Deleting');
    case 'Error':
      return l10n.t('Error');
    case 'Unknown':
      return l10n.t('Unknown');
  }
}
