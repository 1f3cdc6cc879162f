/** The editor of a list of things with several cells each: ports, apps, mounts, variables, labels. */
import * as l10n from '@vscode/l10n';
import type { FormKey } from '../../src/workspace/draft.ts';
import { Combobox, type Option } from '../shared/combobox.ts';
import { type Child, h } from '../shared/dom.ts';
import { afterClick } from '../shared/pointer.ts';
import { button, checkbox, iconButton } from '../shared/toolkit.ts';
import { helpAndMessage, idsOf } from './field.ts';
import type { FormModel } from './model.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Column {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'number' | 'secret' | 'multiline' | 'select' | 'checkbox' | 'suggest';
  /** Columns of a grid of 12. */
  readonly width: number;
  readonly placeholder?: string | ((row: Row) => string);
  readonly help?: string;
  readonly choices?:
    | readonly (readonly [string, string])[]
    | ((row: Row) => readonly (readonly [string, string])[]);
  readonly suggestions?: () => readonly Option[];
  /** What a value sets in the whole row, where it stands for more than its own cell. */
  readonly spread?: (value: string) => Row | undefined;
  /** Whether a row of this content has it; all do where absent. */
  readonly isIn?: (row: Row) => boolean;
  /** What a ticked or unticked box means where the row says nothing. */
  readonly fallback?: boolean;
  /** Text that is pasted into it; true: it was taken care of. */
  readonly onPaste?: (text: string, index: number) => boolean;
}

export interface RowsOptions {
  readonly model: FormModel;
  readonly key: FormKey;
  readonly columns: readonly Column[];
  /** Such as 'Port 2', the legend of a row. */
  readonly rowWords: (number: number) => string;
  readonly addWords: string;
  readonly blank: () => Row;
  /** More buttons beside 'add'. */
  readonly tools?: readonly Child[];
  /** Columns that, changed, decide which others there are. */
  readonly shapedBy?: readonly string[];
  /** What beside the rows decides which columns there are; drawn anew when it changes. */
  readonly shape?: () => string;
}

export function rowsEditor(options: RowsOptions): HTMLElement {
  const { model, key } = options;
  const list = h('div', { class: 'rows' });
  let drawn: readonly Row[] | undefined;
  let shape = options.shape?.();
  let isTyping = false;
  const draw = () => {
    drawn = model.rows(key);
    list.replaceChildren(...drawn.map((row, index) => rowElement(options, row, index, onCell)));
  };
  const onCell = (index: number, column: string, value: unknown) => {
    const spread = options.columns.find(({ name }) => name === column)?.spread?.(String(value));
    isTyping = spread === undefined;
    model.setCells(key, index, spread ?? { [column]: value });
    isTyping = false;
    if (options.shapedBy?.includes(column)) {
      draw();
      document.getElementById(idsOf(`${key}.${index}.${column}`).control)?.focus();
    }
  };
  const add = button('secondary', options.addWords, () => {
    model.addRows(key, [options.blank()]);
    const first = options.columns[0]?.name ?? '';
    document.getElementById(idsOf(`${key}.${model.rows(key).length - 1}.${first}`).control)?.focus();
  });
  // What was typed here is drawn already; only rows that came, went or were filled in from elsewhere are drawn anew.
  model.watch(() => {
    const rows = model.rows(key);
    const isShaped = shape === options.shape?.();
    shape = options.shape?.();
    if (rows === drawn && isShaped) return;
    if (isTyping && isShaped) drawn = rows;
    else draw();
  });
  return h(
    'div',
    { class: 'rows-editor' },
    list,
    h('div', { class: 'tools' }, add, ...(options.tools ?? [])),
  );
}

type OnCell = (index: number, column: string, value: unknown) => void;

function rowElement(options: RowsOptions, row: Row, index: number, onCell: OnCell): HTMLElement {
  const { model, key } = options;
  const words = options.rowWords(index + 1);
  const remove = iconButton('remove', l10n.t('Remove {0}', words), () => {
    model.removeRow(key, index);
    const next = Math.min(index, model.rows(key).length - 1);
    const column = options.columns[0]?.name ?? '';
    const target = document.getElementById(idsOf(`${key}.${next}.${column}`).control);
    (target ?? document.querySelector<HTMLElement>(`[data-key="${key}"] .tools > *`))?.focus();
  });
  const cells = options.columns
    .filter(({ isIn }) => isIn?.(row) ?? true)
    .map(column => cellElement(options, column, row, index, onCell));
  return h(
    'fieldset',
    { class: 'row' },
    h('legend', { class: 'visually-hidden' }, words),
    h('div', { class: 'cells' }, ...cells),
    remove,
  );
}

function cellElement(
  { model, key }: RowsOptions,
  column: Column,
  row: Row,
  index: number,
  onCell: OnCell,
): HTMLElement {
  const path = `${key}.${index}.${column.name}`;
  const ids = idsOf(path);
  const set = (value: unknown) => onCell(index, column.name, value);
  const below = helpAndMessage(model, path, column.help ?? '');
  const className = `cell cell-${column.kind} span-${column.width}`;
  if (column.kind === 'checkbox') {
    const box = checkbox(
      column.label,
      (row[column.name] ?? column.fallback ?? false) === true,
      checked => {
        if (checked !== (model.rows(key)[index]?.[column.name] ?? column.fallback ?? false)) set(checked);
      },
      { id: ids.control },
    );
    return h('div', { class: className }, box);
  }
  return h(
    'div',
    { class: className },
    h('label', { class: 'cell-label', for: ids.control }, column.label),
    cellControl(model, key, column, row, index, ids, set),
    below,
  );
}

function cellControl(
  model: FormModel,
  key: FormKey,
  column: Column,
  row: Row,
  index: number,
  ids: ReturnType<typeof idsOf>,
  set: (value: unknown) => void,
): HTMLElement {
  const value = row[column.name];
  const text = value === undefined || value === null ? '' : String(value);
  const placeholder = typeof column.placeholder === 'function' ? column.placeholder(row) : column.placeholder;
  const path = `${key}.${index}.${column.name}`;
  const common = {
    id: ids.control,
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder,
    'aria-describedby': ids.describedBy,
    value: text,
    onblur: () => afterClick(() => model.touch(path)),
    onpaste: (event: ClipboardEvent) => {
      if (column.onPaste?.(event.clipboardData?.getData('text') ?? '', index)) event.preventDefault();
    },
  };
  switch (column.kind) {
    case 'select': {
      const choices = typeof column.choices === 'function' ? column.choices(row) : (column.choices ?? []);
      const element: HTMLSelectElement = h(
        'select',
        {
          id: ids.control,
          class: 'input select',
          'aria-describedby': ids.describedBy,
          onchange: () => set(element.value),
        },
        ...choices.map(([choice, label]) => h('option', { value: choice }, label)),
      );
      element.value = text;
      return element;
    }
    case 'multiline': {
      const area: HTMLTextAreaElement = h('textarea', {
        ...common,
        class: 'input textarea',
        rows: 2,
        oninput: () => set(area.value),
      });
      return area;
    }
    case 'suggest': {
      const box = new Combobox({
        id: ids.control,
        describedBy: ids.describedBy,
        ...(placeholder === undefined ? {} : { placeholder }),
        options: column.suggestions ?? (() => []),
        onChange: set,
        onLeave: () => afterClick(() => model.touch(path)),
      });
      box.show(text);
      return box.element;
    }
    default: {
      const input: HTMLInputElement = h('input', {
        ...common,
        type: column.kind === 'secret' ? 'password' : 'text',
        inputmode: column.kind === 'number' ? 'numeric' : undefined,
        class: 'input',
        oninput: () => set(input.value),
      });
      return input;
    }
  }
}
