/** What is said at the end of a creation, and what a person goes on with. Pure. */
import * as l10n from '@vscode/l10n';

export interface CreationNews {
  readonly message: string;
  /** Buttons, and the command of each. */
  readonly steps: readonly { readonly label: string; readonly command: string }[];
}

/** One that was only added is off: it is not ready, and the next step is its start. */
export function creationNews(name: string, isStarted: boolean): CreationNews {
  if (!isStarted) {
    return {
      message: l10n.t('{0} was added', name),
      steps: [{ label: l10n.t('Start'), command: 'berth.start' }],
    };
  }
  return {
    message: l10n.t('{0} is ready', name),
    steps: [
      { label: l10n.t('Connect'), command: 'berth.connect' },
      { label: l10n.t('Connect in New Window'), command: 'berth.connectNewWindow' },
    ],
  };
}
