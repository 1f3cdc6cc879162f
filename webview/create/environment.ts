/** The editor of environment variables: inherited ones, own ones, secrets, and the import of `.env` files. */
import * as l10n from '@vscode/l10n';
import { parseEnvFile } from '../../src/workspace/envFile.ts';
import { announce } from '../shared/announce.ts';
import { h } from '../shared/dom.ts';
import { button } from '../shared/toolkit.ts';
import type { ControlContext } from './controlContext.ts';
import { inheritedList } from './inheritedList.ts';
import type { FormModel } from './model.ts';
import { rowsEditor } from './rows.ts';

/** Names whose values are most likely secret: imported as such, to be unticked. */
const secretName = /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PASS|KEY|CREDENTIALS?)(?:_|$)/i;

export function environment({ model, key, asker }: ControlContext): HTMLElement {
  const report = h('div', { class: 'import-report', role: 'status' });
  const importText = (text: string, source: string) => {
    const { entries, problems } = parseEnvFile(text);
    const names = new Set(entries.map(({ name }) => name));
    const kept = model.rows(key).filter(({ name }) => name !== '' && !names.has(String(name)));
    const added = entries.map(({ name, value }) => ({ name, value, secret: secretName.test(name) }));
    if (added.length > 0) model.set({ env: [...kept, ...added] }, 'typed');
    const words = l10n.t('{0} variables from {1}.', String(added.length), source);
    report.replaceChildren(
      h('p', {}, words),
      ...problems
        .slice(0, 8)
        .map(({ line, message }) =>
          h('p', { class: 'import-problem' }, l10n.t('Line {0}: {1}', String(line), message)),
        ),
    );
    announce(words);
  };
  const pasteArea = h('textarea', {
    class: 'input textarea',
    rows: 5,
    spellcheck: 'false',
    'aria-label': l10n.t('Lines of a .env file'),
    placeholder: 'NAME=value',
  });
  const paste = h(
    'div',
    { class: 'paste', hidden: true },
    pasteArea,
    button('secondary', l10n.t('Import these lines'), () => {
      importText(pasteArea.value, l10n.t('the pasted lines'));
      pasteArea.value = '';
      paste.hidden = true;
    }),
  );
  const tools = [
    button('secondary', l10n.t('Import .env file…'), () => {
      asker
        .ask('readEnvFile', {})
        .then(file => file && importText(file.text, file.name))
        .catch((error: unknown) => {
          report.textContent = error instanceof Error ? error.message : String(error);
        });
    }),
    button('secondary', l10n.t('Paste lines…'), () => {
      paste.hidden = !paste.hidden;
      if (!paste.hidden) pasteArea.focus();
    }),
  ];
  const rows = rowsEditor({
    model,
    key,
    rowWords: number => l10n.t('variable {0}', String(number)),
    addWords: l10n.t('Add variable'),
    blank: () => ({ name: '', value: '', secret: false }),
    tools,
    shapedBy: ['secret'],
    columns: [
      {
        name: 'name',
        label: l10n.t('Name'),
        kind: 'text',
        width: 4,
        placeholder: 'NAME',
        onPaste: text => {
          if (!/^\s*(?:export\s+)?\w+=/m.test(text)) return false;
          importText(text, l10n.t('the pasted lines'));
          return true;
        },
      },
      {
        name: 'value',
        label: l10n.t('Value'),
        kind: 'text',
        width: 6,
        isIn: row => row.secret !== true,
      },
      {
        name: 'value',
        label: l10n.t('Value'),
        kind: 'secret',
        width: 6,
        isIn: row => row.secret === true,
        placeholder: row => keptWords(model, row.name),
      },
      { name: 'secret', label: l10n.t('Secret'), kind: 'checkbox', width: 2 },
    ],
  });
  return h('div', {}, inheritedList(model, 'env'), rows, paste, report);
}

function keptWords(model: FormModel, name: unknown): string {
  return model.setup.kept.env.includes(String(name)) ? l10n.t('Kept. Type to replace it.') : '';
}
