/** The editors of ports and apps. */
import * as l10n from '@vscode/l10n';
import type { ControlContext } from './controlContext.ts';
import { rowsEditor } from './rows.ts';

export function ports({ model, key }: ControlContext): HTMLElement {
  return rowsEditor({
    model,
    key,
    rowWords: number => l10n.t('port {0}', String(number)),
    addWords: l10n.t('Add port'),
    blank: () => ({ port: '', label: '', protocol: 'http' }),
    columns: [
      { name: 'port', label: l10n.t('Port'), kind: 'number', width: 3, placeholder: '8080' },
      { name: 'label', label: l10n.t('Label'), kind: 'text', width: 6 },
      {
        name: 'protocol',
        label: l10n.t('Protocol'),
        kind: 'select',
        width: 3,
        choices: ['http', 'https', 'tcp'].map(name => [name, name]),
      },
    ],
  });
}

export function apps({ model, key }: ControlContext): HTMLElement {
  return rowsEditor({
    model,
    key,
    rowWords: number => l10n.t('app {0}', String(number)),
    addWords: l10n.t('Add app'),
    blank: () => ({ id: '', label: '', command: '', port: '', start: 'boot', readyPath: '', restart: true }),
    columns: [
      { name: 'id', label: l10n.t('Id'), kind: 'text', width: 4, placeholder: 'web' },
      { name: 'label', label: l10n.t('Label'), kind: 'text', width: 5 },
      { name: 'port', label: l10n.t('Port'), kind: 'number', width: 3 },
      { name: 'command', label: l10n.t('Command'), kind: 'multiline', width: 12, placeholder: 'npm run dev' },
      { name: 'folder', label: l10n.t('Folder'), kind: 'text', width: 4, placeholder: l10n.t('the home') },
      { name: 'user', label: l10n.t('User'), kind: 'text', width: 4, placeholder: l10n.t('who logs in') },
      {
        name: 'readyPath',
        label: l10n.t('Ready path'),
        kind: 'text',
        width: 4,
        placeholder: l10n.t('port accepts'),
      },
      {
        name: 'start',
        label: l10n.t('Starts'),
        kind: 'select',
        width: 4,
        choices: [
          ['boot', l10n.t('by itself')],
          ['open', l10n.t('when opened')],
        ],
      },
      { name: 'restart', label: l10n.t('Restart on crash'), kind: 'checkbox', width: 8, fallback: true },
    ],
  });
}
