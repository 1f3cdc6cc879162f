/** The page that edits one entry of a catalogue: its file is the state, and the form one way to look at it. */
import '../shared/noEval.ts';
import * as l10n from '@vscode/l10n';
import '../shared/base.css';
import './entry.css';
import { type EntryView, entryProtocol } from '../../src/panels/messages.ts';
import { announce } from '../shared/announce.ts';
import { h, setText } from '../shared/dom.ts';
import { Host } from '../shared/rpc.ts';
import { button } from '../shared/toolkit.ts';
import { block, type ControlView, controlOf, type Form, idOf, showBelow } from './controls.ts';
import { type Field, fieldsOf } from './fields.ts';
import { reviewOf } from './review.ts';

const page = document.getElementById('page') ?? document.body;
let show: ((entry: EntryView) => void) | undefined;

const host = new Host(entryProtocol, { entry: entry => show?.(entry) });

host.request('open', {}).then(
  ({ translations, schema, file, entry }) => {
    l10n.config({ contents: translations ?? {} });
    draw(fieldsOf(schema), file, entry);
  },
  (error: unknown) => {
    page.replaceChildren(
      h('h1', {}, l10n.t('Catalogue entry')),
      h('p', { class: 'problem', role: 'alert' }, String(error)),
    );
  },
);

function draw(fields: readonly Field[], file: string, first: EntryView): void {
  let icons: readonly string[] = [];
  const failed = h('p', { class: 'problem', role: 'alert' });
  const sent = (request: Promise<unknown>) =>
    request.then(
      () => setText(failed, ''),
      (error: unknown) => setText(failed, error instanceof Error ? error.message : String(error)),
    );
  const form: Form = {
    set: (path, value) =>
      void sent(host.request('set', { path: [...path], ...(value === undefined ? {} : { value }) })),
    icons: () => icons,
    pickIcon: () =>
      void sent(
        host
          .request('pickIcon', {})
          .then(picked =>
            picked ? host.request('set', { path: ['image_src'], value: picked.name }) : undefined,
          ),
      ),
  };
  const controls = fields.map(field => {
    const path = [field.key];
    const view: ControlView = controlOf({ form, field, path, id: idOf(path) });
    return { field, view, element: block(field, path, view.element) };
  });
  const title = h('h1', {});
  const counts = h('p', { class: 'lead', role: 'status' });
  const body = h('div', { class: 'fields' }, ...controls.map(({ element }) => element));
  const unreadable = h('p', { class: 'problem' }, l10n.t('The file is no JSON: mend it as text first.'));
  const review = h('section', { class: 'review' });
  page.replaceChildren(
    h(
      'header',
      { class: 'header' },
      h('div', {}, title, h('p', { class: 'lead' }, h('code', {}, file)), counts),
      button('secondary', l10n.t('Edit as Text'), () => void sent(host.request('openAsText', {}))),
    ),
    failed,
    unreadable,
    body,
    review,
  );
  show = entry => {
    const { value, problems } = entry;
    icons = entry.icons;
    unreadable.hidden = value !== undefined;
    body.hidden = value === undefined;
    review.hidden = value === undefined;
    const name = value?.friendly_name;
    setText(title, typeof name === 'string' && name !== '' ? name : l10n.t('Catalogue entry'));
    const words = countsOf(entry);
    if (counts.textContent !== words) announce(words);
    setText(counts, words);
    for (const { field, view } of controls) view.show(value?.[field.key]);
    showProblems(fields, problems, value);
    review.replaceChildren(...reviewOf(entry));
  };
  show(first);
}

function countsOf({ value, problems }: EntryView): string {
  if (value === undefined) return '';
  if (problems.length === 0) return l10n.t('Nothing is wrong with it.');
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return l10n.t('Errors: {0}. Warnings: {1}.', errors, problems.length - errors);
}

/** Each at its own field; of what lies deeper than any field, at the nearest above it. */
function showProblems(
  fields: readonly Field[],
  problems: EntryView['problems'],
  value: EntryView['value'],
): void {
  const paths = fields.flatMap(field => {
    const { key, spec } = field;
    const items = value?.[key];
    const rows = spec.kind === 'rows' && Array.isArray(items) ? [...items.keys()] : [];
    const inner = rows.flatMap(row =>
      spec.kind === 'rows' ? spec.fields.map(one => ({ path: [key, row, one.key], help: one.help })) : [],
    );
    return [...inner, { path: [key], help: field.help }];
  });
  const left = new Set(problems);
  for (const { path, help } of paths) {
    const own = [...left].filter(problem => path.every((step, at) => problem.path[at] === step));
    for (const problem of own) left.delete(problem);
    showBelow(path, help, own.find(({ severity }) => severity === 'error') ?? own[0]);
  }
}
