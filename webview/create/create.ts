/** The page that creates, edits and duplicates a workspace, rendered from the schema. */
import '../shared/noEval.ts';
import * as l10n from '@vscode/l10n';
import '../shared/base.css';
import './create.css';
import { type FormSetup, formProtocol } from '../../src/panels/messages.ts';
import { type FormKey, formFields, withoutTypedSecrets } from '../../src/workspace/draft.ts';
import { appliesTo, groups } from '../../src/workspace/field.ts';
import { debounce, h, setText } from '../shared/dom.ts';
import { editor } from '../shared/editor.ts';
import { Host } from '../shared/rpc.ts';
import { button, checkbox } from '../shared/toolkit.ts';
import { Asker } from './asker.ts';
import { controls } from './controls.ts';
import { fieldBlock } from './field.ts';
import { footer } from './footer.ts';
import { groupSection } from './group.ts';
import { FormModel, PageState } from './model.ts';
import { reviewSection } from './review.ts';
import { sizeFields } from './size.ts';

/** Of settings that are named one by one. */
const mostTitles = 6;

const page = document.getElementById('page') ?? document.body;
let model: FormModel | undefined;
let asker: Asker | undefined;

const host = new Host(formProtocol, {
  targets: targets => {
    if (!model) return;
    model.targets = targets;
    model.changed();
  },
  imagesFound: found => asker?.imagesFound(found),
  workspacesChanged: () => asker?.checkName(true),
  attempt: attempt => {
    if (!model) return;
    model.attempt = attempt;
    model.changed();
    if (attempt.kind !== 'failed') return;
    asker?.checkName(true);
    window.scrollTo(0, 0);
  },
});

host.request('open', {}).then(draw, (error: unknown) => {
  page.replaceChildren(h('p', { class: 'problem', role: 'alert' }, String(error)));
});

function draw(setup: FormSetup): void {
  l10n.config({ contents: setup.translations ?? {} });
  if (setup.problem) {
    page.replaceChildren(problemPage(setup));
    return;
  }
  const kept = PageState.safeParse(editor.getState());
  const state = kept.success && kept.data.mode === setup.mode ? kept.data : undefined;
  const form = new FormModel(setup, state);
  model = form;
  asker = new Asker(host, form);
  if (state)
    for (const { path } of form.checked.issues) if (/^env\.\d+\.value$/.test(path)) form.touched.add(path);
  const sections = formSections(form, asker);
  const top = header(form);
  page.replaceChildren(top, attemptProblem(form), ...sections, footer(form, asker));
  form.watch(() => {
    for (const part of [top, ...sections]) part.toggleAttribute('inert', form.attempt.kind === 'running');
  });
  for (const id of state?.open ?? []) {
    const section = document.getElementById(id);
    if (section instanceof HTMLDetailsElement) section.open = true;
  }
  if (state) window.scrollTo(0, state.scroll);
  else document.getElementById(setup.mode === 'edit' ? 'f-image' : 'f-name')?.focus();
  keepState(form);
  form.changed();
  asker.start();
}

function header(form: FormModel): HTMLElement {
  const { mode, source, home } = form.setup;
  const title = {
    create: home ? l10n.t('Restore a backup') : l10n.t('New workspace'),
    edit: l10n.t('Edit {0}', source?.name ?? ''),
    duplicate: home ? l10n.t('Clone {0}', source?.name ?? '') : l10n.t('Duplicate {0}', source?.name ?? ''),
  }[mode];
  const lead = h('p', { class: 'lead' });
  form.watch(() => setText(lead, leadOf(form)));
  const favourite = checkbox(l10n.t('Favourite'), form.draft.favourite, checked => {
    if (checked === form.draft.favourite) return;
    form.draft = { ...form.draft, favourite: checked };
    form.touched.add('favourite');
    form.changed();
  });
  return h('header', { class: 'header' }, h('div', {}, h('h1', {}, title), lead), favourite);
}

/** What it is about, who filled it in, and on a cluster what does not last. */
function leadOf(form: FormModel): string {
  const { setup, engine } = form;
  const filler = setup.mode === 'create' && !setup.home ? fillerWords(form) : '';
  if (filler !== '') return `${filler} ${l10n.t('Each value can be changed.')}`;
  const isCluster = engine === 'kubernetes';
  if (setup.home?.kind === 'backup')
    return l10n.t('A workspace whose home begins with the data of {0}', setup.home.path);
  if (setup.home)
    return l10n.t(
      'The same settings and the data of its home, under a new name. {0} stays as it is.',
      setup.home.name,
    );
  switch (setup.mode) {
    case 'create':
      return isCluster
        ? l10n.t(
            'A persistent home and a pod on it, entered over SSH. Everything outside the home is lost at every stop.',
          )
        : l10n.t('A persistent home and a container on it, entered over SSH.');
    case 'edit':
      return l10n.t('Each change says what it costs. The home is kept by all of them.');
    case 'duplicate':
      return l10n.t('The same settings under a new name. The home begins empty.');
  }
}

/** Who filled it in beside the person: a template, a link with what still stands there of it. */
function fillerWords({ from, draft: { origins } }: FormModel): string {
  const byLink = [...formFields].filter(([key]) => origins[key] === 'link').map(([, { title }]) => title);
  const [name, place] = [from?.name ?? '', from?.place ?? ''];
  return [
    from && (place ? l10n.t('Filled in by “{0}” ({1}).', name, place) : l10n.t('Filled in by “{0}”.', name)),
    byLink.length > mostTitles
      ? l10n.t('A link gave {0} settings.', byLink.length)
      : byLink.length > 0 && l10n.t('A link gave: {0}.', byLink.map(title => l10n.t(title)).join(', ')),
  ]
    .filter(Boolean)
    .join(' ');
}

/** Why what the form was sent for came to nothing. Everything typed is still there. */
function attemptProblem(form: FormModel): HTMLElement {
  const problem = h('p', { class: 'problem attempt-problem', role: 'alert' });
  form.watch(() => setText(problem, form.attempt.kind === 'failed' ? form.attempt.message : ''));
  return problem;
}

function formSections(form: FormModel, ask: Asker): HTMLElement[] {
  const context = { model: form, asker: ask };
  const block = (key: FormKey) => {
    const meta = formFields.get(key);
    if (!meta) throw new Error(`no field ${key}`);
    return fieldBlock(form, key, meta, controls[meta.control]({ ...context, key, meta }));
  };
  const isSize = (key: FormKey) => key === 'cpus' || key === 'memoryMiB';
  const common = [...formFields].filter(([key, { common }]) => common && !isSize(key)).map(([key]) => key);
  const openBlocks = common.map(block);
  const imageAt = common.indexOf('image') + 1;
  openBlocks.splice(imageAt, 0, sizeFields(context));
  const folded = groups.flatMap(group => {
    const keys = [...formFields]
      .filter(([, meta]) => meta.group === group && !meta.common && meta.control !== 'hidden')
      .map(([key]) => key);
    if (keys.length === 0) return [];
    const section = groupSection(form, group, keys, keys.map(block));
    form.watch(() => showRelevant(form, section));
    return [section];
  });
  const open = h('section', { class: 'common', 'aria-label': l10n.t('The common settings') }, ...openBlocks);
  form.watch(() => {
    for (const element of open.querySelectorAll<HTMLElement>('.field[data-key]'))
      element.hidden = isHidden(form, element.dataset.key as FormKey);
  });
  return [open, h('div', { class: 'groups' }, ...folded, reviewSection(form, ask))];
}

/** Fields that the target's kind of engine, or another choice, makes meaningless are not shown. */
function showRelevant(form: FormModel, section: HTMLElement): void {
  const fields = [...section.querySelectorAll<HTMLElement>('.field[data-key]')];
  for (const element of fields) {
    const isIdle = element.dataset.key === 'gitToken' && form.value('gitAccess') !== 'token';
    element.hidden = isIdle || isHidden(form, element.dataset.key as FormKey);
  }
  section.hidden = fields.every(({ hidden }) => hidden);
}

/** What a policy hides is shown all the same where something is wrong with it. */
function isHidden(form: FormModel, key: FormKey): boolean {
  const meta = formFields.get(key);
  if (meta && !appliesTo(meta, form.engine)) return true;
  return (
    form.limits(key)?.hidden !== undefined && !form.problems.some(({ path }) => path.split('.')[0] === key)
  );
}

function problemPage(setup: FormSetup): HTMLElement {
  return h(
    'section',
    { class: 'common' },
    h('h1', {}, setup.source?.name ?? ''),
    h('p', { class: 'problem', role: 'alert' }, setup.problem?.message ?? ''),
    button('secondary', l10n.t('Close'), () => {
      host.request('cancel', {}).catch(() => undefined);
    }),
  );
}

/** Keeps the draft over hiding and reload: all but secrets. */
function keepState(form: FormModel): void {
  const keep = () => {
    const { mode, source, home } = form.setup;
    const { from } = form;
    const state: PageState = {
      mode,
      ...(source ? { source } : {}),
      ...(home ? { home } : {}),
      ...(from ? { from } : {}),
      draft: withoutTypedSecrets(form.draft),
      touched: [...form.touched],
      open: [...document.querySelectorAll('details[open]')].map(({ id }) => id),
      scroll: window.scrollY,
    };
    editor.setState(state);
  };
  const later = debounce(150, keep);
  form.watch(later);
  window.addEventListener('scroll', later, { passive: true });
  document.addEventListener('toggle', later, { capture: true });
  document.addEventListener('visibilitychange', keep);
  window.addEventListener('pagehide', keep);
}
