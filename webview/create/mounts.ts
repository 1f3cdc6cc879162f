/** The editor of mounts: of each type that the kind of target has, with what is there offered. */
import * as l10n from '@vscode/l10n';
import { type MountType, mountTypesOn, mountTypeWords } from '../../src/workspace/mountTypes.ts';
import { cifsKey } from '../../src/workspace/secrets.ts';
import { Mount } from '../../src/workspace/settings.ts';
import { h } from '../shared/dom.ts';
import { button } from '../shared/toolkit.ts';
import type { ControlContext } from './controlContext.ts';
import type { FormModel } from './model.ts';
import { offersOf } from './offered.ts';
import { type Column, type Row, rowsEditor } from './rows.ts';

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
        choices: row => typesFor(model, row),
      },
      {
        name: 'source',
        label: l10n.t('Volume'),
        kind: 'suggest',
        width: 8,
        isIn: is('volume'),
        placeholder: () =>
          model.engine === 'kubernetes'
            ? l10n.t('a claim of the namespace')
            : l10n.t('an existing one, or the name of a new one'),
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
      ...(['configMap', 'secret'] as const).map(
        (type): Column => ({
          name: 'source',
          label: mountTypeWords(type, 'kubernetes'),
          kind: 'suggest',
          width: 8,
          isIn: is(type),
          placeholder: l10n.t('its name in the namespace'),
          suggestions: () => offersOf(model, type),
        }),
      ),
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
        // A pod's own NFS volume takes none: they are a persistent volume's.
        isIn: row => is('nfs', 'cifs')(row) && model.engine !== 'kubernetes',
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
      {
        name: 'readOnly',
        label: l10n.t('Read-only'),
        kind: 'checkbox',
        width: 3,
        fallback: true,
        // These always are.
        isIn: row => !is('configMap', 'secret')(row),
      },
    ],
    shape: () => model.engine,
  });
  return h('div', {}, rows);
}

/** Those that the target's kind has; and the row's own, though it is to be changed. */
function typesFor({ engine }: FormModel, { type }: Row): (readonly [string, string])[] {
  const types: readonly MountType[] = mountTypesOn(engine);
  const own = Mount.options.map(({ shape }) => shape.type.value).find(name => name === type);
  return [...types, ...(own && !types.includes(own) ? [own] : [])].map(name => [
    name,
    mountTypeWords(name, engine),
  ]);
}

function blank(): Row {
  return { type: 'volume', source: '', path: '', name: '', readOnly: true };
}
