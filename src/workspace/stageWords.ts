/** The stages of boot as people read them, in a list and as lines of a log. */
import * as l10n from '@vscode/l10n';
import { reasonWords } from './stopCodes.ts';

/** A stage's name; one that this version does not know is shown as it is. */
export function stageWords(stage: string): string {
  const words: Readonly<Record<string, () => string>> = {
    home: () => l10n.t('User and home'),
    hostkey: () => l10n.t('Host key'),
    sshd: () => l10n.t('SSH server'),
    ready: () => l10n.t('Ready to enter'),
    git: () => l10n.t('Git repository'),
    dotfiles: () => l10n.t('Dotfiles'),
    init: () => l10n.t('Init script'),
    apps: () => l10n.t('Apps'),
    time: () => l10n.t('Time'),
    stop: () => l10n.t('Stop'),
  };
  return Object.hasOwn(words, stage) ? (words[stage]?.() ?? stage) : stage;
}

/** One line of a log, without its end. */
export function stageLine({
  stage,
  event,
  message,
}: {
  readonly stage: string;
  readonly event: string;
  readonly message: string;
}): string {
  const name = `── ${stageWords(stage)}`;
  const words = stage === 'stop' ? reasonWords(message) : message;
  const detail = words === '' ? '' : `: ${words}`;
  switch (event) {
    case 'begin':
      return `${name} …${message && ` ${message}`}`;
    case 'ok':
      return `${name} ✓${detail}`;
    case 'fail':
      return l10n.t('{0} failed{1}', name, detail);
    case 'skip':
      return l10n.t('{0}: nothing to do', name);
    default:
      return `${name}${detail}`;
  }
}
