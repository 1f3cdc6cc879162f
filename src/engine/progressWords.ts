/** The story of an operation in one short line, for where there is room for no more. */
import * as l10n from '@vscode/l10n';
import type { BootEvent } from '../boot/bootLine.ts';
import { binarySize } from '../workspace/words.ts';
import type { Progress } from './engine.ts';

type Layer = Extract<Progress, { kind: 'layer' }>;

/** What it is at now, or undefined while nothing was said. */
export function progressWords(log: readonly Progress[]): string | undefined {
  const at = log.findLastIndex(({ kind }) => kind === 'step' || kind === 'boot');
  const latest = log[at];
  const home = log.slice(at + 1).findLast(entry => entry.kind === 'home');
  if (home) return homeWords(home);
  const layers = log.slice(at + 1).filter(entry => entry.kind === 'layer');
  if (layers.length > 0) return layersWords(layers);
  if (latest?.kind === 'step') return latest.message;
  return latest?.kind === 'boot' ? bootWords(latest.event) : undefined;
}

/** Bytes of a home, and the share where it is known how many there will be. */
function homeWords({ current, total = 0 }: Extract<Progress, { kind: 'home' }>): string {
  if (total < current || total === 0) return l10n.t('{0} of data', binarySize(current));
  const percent = Math.floor((100 * current) / total);
  return l10n.t('{0} of {1} of data ({2} %)', binarySize(current), binarySize(total), percent);
}

/** A stage of boot in words. */
function bootWords({ stage, event, message }: BootEvent): string {
  if ((event === 'fail' || event === 'note') && message !== '') return message;
  switch (stage) {
    case 'home':
      return l10n.t('preparing the home');
    case 'hostkey':
      return l10n.t('checking the host key');
    case 'sshd':
      return l10n.t('starting the ssh server');
    case 'ready':
      return l10n.t('ready');
    case 'git':
      return l10n.t('cloning the repository');
    case 'dotfiles':
      return l10n.t('applying dotfiles');
    case 'init':
      return l10n.t('running the init script');
    case 'apps':
      return l10n.t('starting apps');
    case 'time':
      return l10n.t('watching the time');
    case 'stop':
      return l10n.t('stopping');
  }
}

function layersWords(layers: readonly Layer[]): string {
  const sum = (of: (layer: Layer) => number | undefined) =>
    layers.reduce((total, layer) => total + (of(layer) ?? 0), 0);
  const current = sum(layer => layer.current);
  const total = sum(layer => layer.total);
  const isPush = layers.some(({ status }) =>
    /^(?:push|preparing|layer already exists|mounted)/i.test(status),
  );
  if (isPush) {
    return total > 0 && current <= total
      ? l10n.t('pushing {0} layers: {1} of {2}', layers.length, binarySize(current), binarySize(total))
      : l10n.t('pushing {0} layers', layers.length);
  }
  return total > 0 && current <= total
    ? l10n.t('pulling {0} layers: {1} of {2}', layers.length, binarySize(current), binarySize(total))
    : l10n.t('pulling {0} layers', layers.length);
}
