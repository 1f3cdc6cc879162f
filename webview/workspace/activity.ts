/** The activity that is going on, or the last one: its steps, the pull, the stages of boot, how it ended. */
import * as l10n from '@vscode/l10n';
import type { ActivityInfo } from '../../src/panels/messages.ts';
import { stageWords } from '../../src/workspace/stageWords.ts';
import { binarySize } from '../../src/workspace/words.ts';
import { announce } from '../shared/announce.ts';
import { h, setText } from '../shared/dom.ts';
import { type IconName, icon } from '../shared/icons.ts';
import { button, progressRing } from '../shared/toolkit.ts';
import { type ActivityProgress, isFinished, type Layer, pullTotals, type StageState } from './progress.ts';

export interface ActivityDoors {
  readonly cancel: (id: string) => void;
  readonly fix: (id: string) => void;
}

export class ActivityView {
  readonly element = h('section', { class: 'activity', 'aria-label': l10n.t('Activity'), hidden: true });
  readonly #title = h('h2', { class: 'activity-title' });
  readonly #mark = h('span', { class: 'mark' });
  readonly #elapsed = h('span', { class: 'elapsed' });
  readonly #problem = h('p', { class: 'problem', role: 'alert' });
  readonly #tools = h('div', { class: 'tools' });
  readonly #step = h('p', { class: 'step' });
  readonly #pull = h('div', { class: 'pull', hidden: true });
  readonly #stages = h('ol', { class: 'stages', 'aria-label': l10n.t('Stages of the boot') });
  readonly #doors: ActivityDoors;
  #activity: ActivityInfo | undefined;
  #words = '';
  #timer: ReturnType<typeof setInterval> | undefined;
  #bars = new Map<string, { readonly row: HTMLElement; readonly draw: (layer: Layer) => void }>();

  constructor(doors: ActivityDoors) {
    this.#doors = doors;
    this.element.append(
      h('div', { class: 'activity-head' }, this.#mark, this.#title, this.#elapsed, this.#tools),
      this.#problem,
      this.#step,
      this.#pull,
      this.#stages,
    );
  }

  show(activity: ActivityInfo): void {
    const isNew = activity.id !== this.#activity?.id;
    const isEnded = activity.state !== 'running';
    if (isNew) this.#reset();
    if (isNew || activity.state !== this.#activity?.state) {
      const words = isEnded ? `${activity.title}: ${endWords(activity)}` : activity.title;
      setText(this.#title, words);
      announce(words);
      this.#mark.replaceChildren(markOf(activity));
      this.#tools.replaceChildren(...this.#toolsOf(activity));
    }
    this.#activity = activity;
    this.element.hidden = false;
    this.element.dataset.state = activity.state;
    setText(this.#problem, activity.state === 'failed' ? (activity.problem?.message ?? '') : '');
    this.#drawStep();
    if (isEnded) clearInterval(this.#timer);
    else this.#tick();
  }

  drawProgress(progress: ActivityProgress): void {
    const { home } = progress;
    const bytes = home?.total
      ? l10n.t('{0} of {1}', binarySize(Math.min(home.current, home.total)), binarySize(home.total))
      : home && binarySize(home.current);
    this.#words = [progress.steps.at(-1)?.message, bytes].filter(Boolean).join(' · ');
    this.#drawStep();
    this.#drawPull(progress.layers, progress.steps.at(-1)?.step === 'pull');
    const stages = [...progress.stages].map(([stage, { state, message }]) =>
      stageItem(stage, state, message),
    );
    this.#stages.replaceChildren(...stages);
  }

  /** The step that is going on; of a failed activity the one where it failed. */
  #drawStep(): void {
    const isOver = this.#activity?.state === 'done' || this.#activity?.state === 'cancelled';
    setText(this.#step, isOver ? '' : this.#words);
    this.#step.hidden = isOver;
  }

  #reset(): void {
    clearInterval(this.#timer);
    this.#bars = new Map();
    this.#pull.replaceChildren();
    this.#pull.hidden = true;
    this.#stages.replaceChildren();
    this.#words = '';
    setText(this.#elapsed, '');
    this.#timer = setInterval(() => this.#tick(), 1000);
  }

  #tick(): void {
    if (this.#activity) setText(this.#elapsed, secondsWords((Date.now() - this.#activity.startedAt) / 1000));
  }

  #toolsOf(activity: ActivityInfo): HTMLElement[] {
    if (activity.state === 'running')
      return [button('secondary', l10n.t('Cancel'), () => this.#doors.cancel(activity.id))];
    const action = activity.state === 'failed' ? activity.problem?.action : undefined;
    return action ? [button('primary', action, () => this.#doors.fix(activity.id))] : [];
  }

  /** The bars of each layer while it goes on, one line once it is over. */
  #drawPull(layers: ReadonlyMap<string, Layer>, isPulling: boolean): void {
    if (layers.size === 0) return;
    if (this.#pull.hidden) {
      this.#pull.hidden = false;
      this.#pull.replaceChildren(h('p', { class: 'pull-words' }), h('div', { class: 'layers' }));
    }
    const [words, rows] = this.#pull.children;
    if (rows instanceof HTMLElement) rows.hidden = !isPulling;
    const totals = pullTotals(layers);
    const done = [...layers.values()].filter(isFinished).length;
    const count = l10n.t('{0} of {1} layers', String(done), String(layers.size));
    const bytes = totals && l10n.t('{0} of {1}', binarySize(totals.current), binarySize(totals.total));
    if (words) setText(words, [l10n.t('Pull'), count, bytes].filter(Boolean).join(' · '));
    for (const [id, layer] of layers) {
      let bar = this.#bars.get(id);
      if (!bar) {
        bar = layerRow(id);
        this.#bars.set(id, bar);
        rows?.append(bar.row);
      }
      bar.draw(layer);
    }
  }
}

function layerRow(id: string): { row: HTMLElement; draw: (layer: Layer) => void } {
  const bar = h('progress', { class: 'bar', max: 1, 'aria-label': l10n.t('Layer {0}', id) });
  const status = h('span', { class: 'layer-status' });
  const row = h('div', { class: 'layer' }, h('code', {}, id), bar, status);
  const draw = (layer: Layer) => {
    const { current, total } = layer;
    if (isFinished(layer)) bar.value = 1;
    else if (current !== undefined && total) bar.value = Math.min(1, current / total);
    else bar.removeAttribute('value');
    row.classList.toggle('is-done', isFinished(layer));
    const size =
      !isFinished(layer) && current !== undefined && total
        ? ` ${binarySize(current)} / ${binarySize(total)}`
        : '';
    setText(status, `${layer.status}${size}`);
  };
  return { row, draw };
}

const stageIcons: Readonly<Record<StageState, IconName | undefined>> = {
  running: undefined,
  done: 'check',
  failed: 'cross',
  skipped: 'dash',
};

function stageItem(stage: string, state: StageState, message: string): HTMLElement {
  const name = stageIcons[state];
  return h(
    'li',
    { class: `stage stage-${state}${message ? ' has-message' : ''}` },
    name ? icon(name) : h('span', { class: 'dot dot-busy' }),
    h('span', { class: 'stage-name' }, stageWords(stage)),
    h('span', { class: 'visually-hidden' }, stageStateWords(state)),
    message && h('span', { class: 'stage-message' }, message),
  );
}

function stageStateWords(state: StageState): string {
  switch (state) {
    case 'running':
      return l10n.t('going on');
    case 'done':
      return l10n.t('done');
    case 'failed':
      return l10n.t('failed');
    case 'skipped':
      return l10n.t('nothing to do');
  }
}

function markOf({ state }: ActivityInfo): Node {
  switch (state) {
    case 'running':
      return progressRing(l10n.t('Going on'));
    case 'done':
      return icon('check');
    case 'failed':
      return icon('cross');
    case 'cancelled':
      return icon('dash');
  }
}

function endWords({ state }: ActivityInfo): string {
  switch (state) {
    case 'running':
      return '';
    case 'done':
      return l10n.t('done');
    case 'failed':
      return l10n.t('failed');
    case 'cancelled':
      return l10n.t('cancelled');
  }
}

function secondsWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
