/** The editor of mounts: folders of the host, volumes (existing ones offered), NFS, CIFS and any volume driver. */
import * as l10n from '@vscode/l10n';
import { cifsKey } from '../../src/workspace/secrets.ts';
import { h } from '../shared/dom.ts';
import { button } from '../shared/toolkit.ts';
import type { ControlContext } from './controlContext.ts';
import { type Row, rowsEditor } from './rows.ts';

const is =
  (...types: readonly string[]) =>
  (row: Row) =>
    types.includes(String(row.type));

export function mounts({ model, key, asker }: ControlContext): HTMLElement {
  const pickFolder = button('secondary', l10n.t('Add folder…'), () => {
    asker
      .ask('pickFolder', {})
      .then(folder => folder && model.addRows(key, [{ ...blank(), type: 'bind', source: folder.path }]))
      .catch(asker.report);
  });
  model.watch(() => {
    pickFolder.hidden = model.target?.room.isLocal !== true;
  });
  const rows = rowsEditor({
    model,
    key,
    rowWords: number => l10n.t('mount {0}', String(number)),
    addWords: l10n.t('Add mount'),
    blank,
    tools: [pickFolder],
    shapedBy: ['type'],
    columns: [
      {
        name: 'type',
        label: l10n.t('Type'),
        kind: 'select',
        width: 4,
        choices: [
          ['volume', l10n.t('Volume')],
          ['bind', l10n.t('Host folder')],
          ['nfs', 'NFS'],
          ['cifs', 'CIFS (SMB)'],
          ['driver', l10n.t('Volume driver')],
        ],
      },
      {
        name: 'source',
        label: l10n.t('Volume'),
        kind: 'suggest',
        width: 8,
        isIn: is('volume'),
        placeholder: l10n.t('an existing one, or the name of a new one'),
        suggestions: () =>
          model.choices.volumes.map(({ name, driver, homeOf }) => ({
            value: name,
            label: name,
            detail: homeOf ? l10n.t('home of {0}', homeOf) : driver === 'local' ? '' : driver,
          })),
      },
      {
        name: 'source',
        label: l10n.t('Folder on the target'),
        kind: 'text',
        width: 8,
        isIn: is('bind'),
        placeholder: '/srv/data',
      },
      {
        name: 'server',
        label: l10n.t('Server'),
        kind: 'text',
        width: 8,
        isIn: is('nfs'),
        placeholder: 'files.example.com',
      },
      {
        name: 'source',
        label: l10n.t('Export'),
        kind: 'text',
        width: 6,
        isIn: is('nfs'),
        placeholder: '/exports/data',
      },
      {
        name: 'source',
        label: l10n.t('Share'),
        kind: 'text',
        width: 8,
        isIn: is('cifs'),
        placeholder: '//server/share',
      },
      { name: 'username', label: l10n.t('User'), kind: 'text', width: 6, isIn: is('cifs') },
      {
        name: 'password',
        label: l10n.t('Password'),
        kind: 'secret',
        width: 6,
        isIn: is('cifs'),
        placeholder: row => {
          const key = cifsKey({
            source: String(row.source),
            username: row.username ? String(row.username) : undefined,
          });
          return model.setup.kept.cifs.includes(key) ? l10n.t('Kept. Type to replace it.') : '';
        },
      },
      {
        name: 'driver',
        label: l10n.t('Driver'),
        kind: 'text',
        width: 8,
        isIn: is('driver'),
        placeholder: 'rclone',
      },
      {
        name: 'options',
        label: l10n.t('Options'),
        kind: 'text',
        width: 6,
        isIn: is('nfs', 'cifs'),
        placeholder: 'nolock,soft',
      },
      {
        name: 'options',
        label: l10n.t('Options, one name=value a line'),
        kind: 'multiline',
        width: 12,
        isIn: is('driver'),
        placeholder: 'remote=s3:bucket/path',
      },
      {
        name: 'path',
        label: l10n.t('Appears at'),
        kind: 'text',
        width: 5,
        placeholder: row => (row.name ? `/workspace/data/${String(row.name)}` : '/data'),
      },
      {
        name: 'name',
        label: l10n.t('Or name of a data mount'),
        kind: 'text',
        width: 4,
        placeholder: l10n.t('none'),
      },
      { name: 'readOnly', label: l10n.t('Read-only'), kind: 'checkbox', width: 3, fallback: true },
    ],
  });
  return h('div', {}, rows);
}

function blank(): Row {
  return { type: 'volume', source: '', path: '', name: '', readOnly: true };
}
