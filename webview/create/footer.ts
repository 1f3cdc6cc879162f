/** The bar at the bottom: what stands in the way, what an edit costs and loses, and the buttons. */
import * as l10n from '@vscode/l10n';
import type { EditPlan } from '../../src/workspace/editCost.ts';
import { keepsOnlyHome } from '../../src/workspace/engineTraits.ts';
import type { EngineKind } from '../../src/workspace/field.ts';
import { announce } from '../shared/announce.ts';
import { h, setText } from '../shared/dom.ts';
import { type Button, type ButtonLook, button } from '../shared/toolkit.ts';
import type { Asker } from './asker.ts';
import { idsOf } from './field.ts';
import type { FormModel } from './model.ts';

export function footer(model: FormModel, asker: Asker): HTMLElement {
  const status = h('div', { class: 'status', id: 'status' });
  let isBusy = false;
  const submit = async (start: boolean, next?: 'restart' | 'rebuild') => {
    if (isBusy || model.attempt.kind === 'running') return;
    isBusy = true;
    try {
      // What is shown as a problem may have been put right a moment ago.
      await asker.settled();
      const form = model.checked.form;
      if (!form || model.problems.length > 0) {
        showFirstProblem(model);
        return;
      }
      const { favourite } = model.draft;
      await asker.ask('submit', { form, favourite, start, ...(next ? { next } : {}) });
    } finally {
      isBusy = false;
    }
  };
  const on = (start: boolean, next?: 'restart' | 'rebuild') => () => {
    submit(start, next).catch(asker.report);
  };
  const make = (look: ButtonLook, words: string, run: () => void): Button => button(look, words, run);
  const cancel = make('secondary', l10n.t('Cancel'), () => {
    asker.ask('cancel', {}).catch(asker.report);
  });
  const buttons =
    model.setup.mode === 'edit'
      ? editButtons(model, make, on)
      : [
          make('secondary', l10n.t('Add only'), on(false)),
          make('primary', l10n.t('Add and start'), on(true)),
        ];
  const busy = busyLine(model, asker);
  model.watch(() => {
    const isRunning = model.attempt.kind === 'running';
    busy.hidden = !isRunning;
    status.hidden = isRunning;
    for (const each of buttons) each.toggleAttribute('inert', isRunning);
    drawStatus(model, status);
  });
  return h(
    'footer',
    { class: 'footer' },
    h('div', { class: 'footer-words' }, busy, status),
    h('div', { class: 'buttons' }, cancel, ...buttons),
  );
}

/** What the form was sent for while it is under way, and the way to its page. */
function busyLine(model: FormModel, asker: Asker): HTMLElement {
  const title = h('span', {});
  const page = h(
    'button',
    {
      type: 'button',
      class: 'link',
      onclick: () => {
        asker.ask('showPage', {}).catch(asker.report);
      },
    },
    l10n.t('See its page'),
  );
  model.watch(() => {
    const { attempt } = model;
    const begun = attempt.kind === 'running' ? attempt.title : undefined;
    setText(title, begun === undefined ? l10n.t('Checking…') : `${begun}… `);
    page.hidden = begun === undefined;
  });
  return h('div', { class: 'busy', role: 'status' }, title, page);
}

function editButtons(
  model: FormModel,
  make: (look: ButtonLook, words: string, run: () => void) => Button,
  on: (start: boolean, next?: 'restart' | 'rebuild') => () => void,
): Button[] {
  const save = make('primary', l10n.t('Save'), on(false));
  const restart = make('primary', l10n.t('Save and restart'), on(false, 'restart'));
  const rebuild = make('primary', l10n.t('Save and rebuild'), on(false, 'rebuild'));
  model.watch(() => {
    const cost = model.plan?.cost;
    restart.hidden = cost !== 'restart';
    rebuild.hidden = cost !== 'rebuild';
    save.disabled = cost === undefined && model.problems.length === 0 && !model.touched.has('favourite');
    save.setAttribute('appearance', cost === 'restart' || cost === 'rebuild' ? 'secondary' : 'primary');
  });
  return [save, restart, rebuild];
}

function drawStatus(model: FormModel, status: HTMLElement): void {
  const { problems, plan, setup } = model;
  const shown = problems.filter(({ path }) => model.noticeAt(path)?.level === 'error');
  status.classList.toggle('is-wrong', shown.length > 0);
  if (shown.length > 0) {
    const words =
      shown.length === 1
        ? l10n.t('1 thing to put right')
        : l10n.t('{0} things to put right', String(shown.length));
    if (status.dataset.words === words) return;
    status.dataset.words = words;
    status.replaceChildren(
      h('button', { type: 'button', class: 'link', onclick: () => showFirstProblem(model) }, words),
    );
    return;
  }
  const words = setup.mode === 'edit' ? planWords(plan, model.engine) : '';
  if (status.dataset.words === words) return;
  status.dataset.words = words;
  status.replaceChildren(words);
}

/** What the edit takes, and what is lost by it. */
function planWords(plan: EditPlan | undefined, engine: EngineKind): string {
  if (!plan || plan.cost === undefined) return l10n.t('Nothing is changed yet.');
  const titles = plan.changed
    .filter(({ cost }) => cost === plan.cost)
    .map(({ title }) => l10n.t(title))
    .join(', ');
  switch (plan.cost) {
    case 'live':
      return l10n.t('Takes effect at once; nothing is lost: {0}.', titles);
    case 'restart':
      if (keepsOnlyHome(engine)) {
        return l10n.t(
          '{0}: takes effect at the next start. A restart ends running programs and keeps only the home.',
          titles,
        );
      }
      return l10n.t(
        '{0}: takes effect at the next start. A restart ends running programs; unsaved work in them is lost.',
        titles,
      );
    case 'rebuild':
      return l10n.t(
        '{0}: takes effect with a rebuild. It keeps the home; everything else in the workspace is lost, and running programs end.',
        titles,
      );
    case 'never':
      return l10n.t('{0}: cannot be changed.', titles);
  }
}

/** Shows all problems, unfolds the group of the first and puts the focus there. */
function showFirstProblem(model: FormModel): void {
  model.touchAll();
  const [first] = model.problems;
  if (!first) return;
  const control =
    document.getElementById(idsOf(first.path).control) ??
    document.getElementById(idsOf(first.path.split('.')[0] ?? '').control);
  const group = control?.closest('details');
  if (group) group.open = true;
  control?.focus();
  announce(first.message);
}
