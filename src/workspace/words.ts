/** Numbers and states as people read them. Units of bytes are binary and say so. */
import * as l10n from '@vscode/l10n';
import type { StateKind } from './state.ts';

/** Such as '1.5 GiB'. */
export function binarySize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log2(bytes) / 10) : 0);
  const value = bytes / 1024 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${units[power]}`;
}

/** The largest unit that fits, such as '3 h'. */
export function duration(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return l10n.t('under 1 min');
  if (minutes < 60) return l10n.t('{0} min', minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? l10n.t('{0} h', hours) : l10n.t('{0} days', Math.floor(hours / 24));
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
