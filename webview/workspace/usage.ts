/** What the workspace uses, as charts: CPU, memory, network, disk, and its GPUs where it has some. */
import * as l10n from '@vscode/l10n';
import type { GpuPoint, LiveInfo, WorkspaceInfo } from '../../src/panels/messages.ts';
import { type UsagePoint, withPoint } from '../../src/workspace/usage.ts';
import { binarySize } from '../../src/workspace/words.ts';
import { h, setText } from '../shared/dom.ts';
import { Chart } from './chart.ts';
import { roundTop } from './chartPath.ts';

/** More lines than that nobody can tell apart. */
const maxGpuLines = 4;

export class UsageView {
  readonly element: HTMLElement;
  readonly #grid = h('div', { class: 'charts' });
  readonly #note = h('p', { class: 'note' });
  readonly #charts: readonly Chart<UsagePoint>[];
  #gpuCharts: readonly Chart<GpuPoint>[] = [];
  #gpuNames = '';
  #usage: readonly UsagePoint[];
  #gpus: readonly GpuPoint[];
  #problem: string;
  #isRunning = false;
  #isScheduled = false;

  constructor(workspace: WorkspaceInfo, live: LiveInfo) {
    this.#usage = live.usage;
    this.#gpus = live.gpus;
    this.#problem = live.usageProblem;
    this.#charts = chartsFor(workspace);
    this.#grid.append(...this.#charts.map(({ element }) => element));
    this.element = h(
      'section',
      { class: 'part usage', 'aria-label': l10n.t('Use') },
      h('h2', {}, l10n.t('The last 15 minutes')),
      this.#note,
      this.#grid,
    );
    this.show(workspace);
  }

  show({ state }: WorkspaceInfo): void {
    this.#isRunning = state.kind === 'Running';
    this.#schedule();
  }

  addUsage(point: UsagePoint): void {
    this.#usage = withPoint(this.#usage, point);
    this.#schedule();
  }

  addGpus(point: GpuPoint): void {
    this.#gpus = withPoint(this.#gpus, point);
    this.#schedule();
  }

  set problem(problem: string) {
    this.#problem = problem;
    this.#schedule();
  }

  /** However much comes in, it is drawn once a frame. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#draw();
    });
  }

  #draw(): void {
    const hasPast = this.#usage.length > 0;
    this.element.hidden = !hasPast && !this.#isRunning;
    this.#grid.hidden = !hasPast;
    setText(this.#note, this.#noteWords(hasPast));
    this.#note.hidden = this.#note.textContent === '';
    if (!hasPast) return;
    const now = this.#isRunning ? (this.#usage.at(-1)?.at ?? Date.now()) : Date.now();
    for (const chart of this.#charts) chart.draw(this.#usage, now);
    this.#makeGpuCharts();
    const newest = Math.max(now, this.#gpus.at(-1)?.at ?? 0);
    for (const chart of this.#gpuCharts) chart.draw(this.#gpus, newest);
  }

  #noteWords(hasPast: boolean): string {
    if (!this.#isRunning) return l10n.t('It is not running: nothing is measured.');
    if (this.#problem !== '') return this.#problem;
    return hasPast ? '' : l10n.t('Measuring …');
  }

  /** Which cards there are shows with the first answer. */
  #makeGpuCharts(): void {
    const cards = this.#gpus.at(-1)?.gpus.slice(0, maxGpuLines) ?? [];
    const names = cards.map(({ name }) => name).join('\n');
    if (names === this.#gpuNames) return;
    this.#gpuNames = names;
    for (const { element } of this.#gpuCharts) element.remove();
    this.#gpuCharts = cards.length === 0 ? [] : gpuCharts(cards.map(({ name }) => name));
    this.#grid.append(...this.#gpuCharts.map(({ element }) => element));
  }
}

function chartsFor({ engine, settings }: WorkspaceInfo): Chart<UsagePoint>[] {
  const untold =
    engine === 'kubernetes' ? l10n.t('not told by this cluster') : l10n.t('not told by this engine');
  const cores = settings?.cpus;
  const memoryBytes = settings && settings.memoryMiB * 1024 ** 2;
  const bytesTop = (most: number) => roundTop(most, 'bytes');
  return [
    new Chart<UsagePoint>({
      title: l10n.t('CPU'),
      lines: [{ label: '', read: ({ cpus }) => cpus }],
      words: coresWords,
      top: most => Math.max(cores ?? 0, roundTop(most, 'cores')),
      untold,
    }),
    new Chart<UsagePoint>({
      title: l10n.t('Memory'),
      lines: [{ label: '', read: ({ memoryBytes }) => memoryBytes }],
      words: binarySize,
      top: most => (memoryBytes && most <= memoryBytes * 1.05 ? memoryBytes : bytesTop(most)),
      untold,
    }),
    new Chart<UsagePoint>({
      title: l10n.t('Network'),
      lines: [
        { label: l10n.t('received'), read: ({ receivedPerSecond }) => receivedPerSecond },
        { label: l10n.t('sent'), read: ({ sentPerSecond }) => sentPerSecond },
      ],
      words: rateWords,
      top: bytesTop,
      untold,
    }),
    new Chart<UsagePoint>({
      title: l10n.t('Disk'),
      lines: [
        { label: l10n.t('read'), read: ({ readPerSecond }) => readPerSecond },
        { label: l10n.t('written'), read: ({ writtenPerSecond }) => writtenPerSecond },
      ],
      words: rateWords,
      top: bytesTop,
      untold,
    }),
  ];
}

function gpuCharts(names: readonly string[]): Chart<GpuPoint>[] {
  const [first = ''] = names;
  const title = names.length === 1 ? first : l10n.t('{0} cards', String(names.length));
  const label = (index: number) => (names.length === 1 ? '' : `#${index}`);
  const untold = l10n.t('not told by the card');
  return [
    new Chart<GpuPoint>({
      title: l10n.t('GPU: {0}', title),
      lines: names.map((_, index) => ({ label: label(index), read: ({ gpus }) => gpus[index]?.busy })),
      words: share => `${Math.round(share * 100)} %`,
      top: () => 1,
      untold,
    }),
    new Chart<GpuPoint>({
      title: l10n.t('GPU memory'),
      lines: names.map((_, index) => ({
        label: label(index),
        read: ({ gpus }) => gpus[index]?.memoryBytes,
      })),
      words: binarySize,
      top: most => roundTop(most, 'bytes'),
      untold,
    }),
  ];
}

function coresWords(cpus: number): string {
  const number = cpus.toLocaleString(undefined, { maximumFractionDigits: 2 });
  return cpus === 1 ? l10n.t('1 core') : l10n.t('{0} cores', number);
}

function rateWords(bytes: number): string {
  return l10n.t('{0}/s', binarySize(bytes));
}
