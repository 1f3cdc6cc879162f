/** One chart of the last quarter of an hour: lines in a box, the numbers of now in words, and all of it for screen readers. */
import * as l10n from '@vscode/l10n';
import { h, setAttribute, setText } from '../shared/dom.ts';
import { type Dot, dotsOf, height, pathsOf, summaryOf, width } from './chartPath.ts';

export interface Line<T> {
  /** '' where the chart has one line and its title says it. */
  readonly label: string;
  readonly read: (point: T) => number | undefined;
}

export interface ChartKind<T> {
  readonly title: string;
  readonly lines: readonly Line<T>[];
  /** A value as people read it. */
  readonly words: (value: number) => string;
  /** The upper edge, for the highest value that is drawn. */
  readonly top: (most: number) => number;
  /** What stands there where no point has a value. */
  readonly untold: string;
}

/** By then there would be a value if there was one to come. */
const enoughPoints = 4;

export class Chart<T extends { readonly at: number }> {
  readonly element: HTMLElement;
  readonly #kind: ChartKind<T>;
  readonly #picture = svg('svg', {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: 'none',
    role: 'img',
  });
  readonly #parts: readonly {
    readonly line: Line<T>;
    readonly path: SVGElement;
    readonly area: SVGElement;
    readonly value: HTMLElement;
  }[];
  readonly #top = h('span', { class: 'chart-top', 'aria-hidden': 'true' });
  readonly #untold = h('p', { class: 'chart-untold', hidden: true });
  readonly #box: HTMLElement;

  constructor(kind: ChartKind<T>) {
    this.#kind = kind;
    this.#parts = kind.lines.map((line, index) => ({
      line,
      path: svg('path', { class: `line line-${index}` }),
      area: svg('path', { class: `area line-${index}` }),
      value: h('span', { class: 'chart-value' }),
    }));
    this.#picture.append(
      svg('path', { class: 'grid', d: `M0 ${height / 2}H${width}` }),
      // Of one line: several areas would hide each other.
      ...this.#parts.slice(0, 1).map(({ area }) => area),
      ...this.#parts.map(({ path }) => path),
    );
    setText(this.#untold, kind.untold);
    this.#box = h('div', { class: 'chart-box' }, this.#top, this.#picture);
    const values = this.#parts.map(({ line, value }, index) =>
      h(
        'span',
        { class: 'chart-number' },
        line.label && swatch(index),
        line.label && h('span', { class: 'chart-label' }, line.label),
        value,
      ),
    );
    this.element = h(
      'figure',
      { class: 'chart' },
      h('figcaption', {}, h('h3', {}, kind.title), h('span', { class: 'chart-numbers' }, ...values)),
      this.#box,
      this.#untold,
    );
  }

  /** `now` is the right edge. */
  draw(series: readonly T[], now: number): void {
    const { words, title } = this.#kind;
    const lines = this.#parts.map(part => ({ ...part, dots: dotsOf(series, part.line.read) }));
    const isUntold = series.length >= enoughPoints && lines.every(({ dots }) => dots.length === 0);
    this.#untold.hidden = !isUntold;
    this.#box.hidden = isUntold;
    const top = this.#kind.top(Math.max(0, ...lines.flatMap(({ dots }) => dots.map(({ value }) => value))));
    setText(this.#top, words(top));
    for (const { dots, path, area, value, line } of lines) {
      const paths = pathsOf(dots, { now, top });
      setAttribute(path, 'd', paths.line);
      setAttribute(area, 'd', paths.area);
      const last = series.at(-1);
      const newest = last && line.read(last);
      setText(value, isUntold ? '' : newest === undefined ? '–' : words(newest));
    }
    const said = lines.flatMap(({ line, dots }) => lineWords(line.label, dots, words));
    setAttribute(this.#picture, 'aria-label', [l10n.t('{0}, last 15 minutes', title), ...said].join('; '));
  }
}

function lineWords(label: string, dots: readonly Dot[], words: (value: number) => string): string[] {
  const summary = summaryOf(dots);
  if (!summary) return [];
  const { now, mean, most } = summary;
  const text = l10n.t('now {0}, on average {1}, at most {2}', words(now), words(mean), words(most));
  return [label ? `${label}: ${text}` : text];
}

function swatch(index: number): SVGElement {
  const picture = svg('svg', { class: 'swatch', viewBox: '0 0 16 8', 'aria-hidden': 'true' });
  picture.append(svg('path', { class: `line line-${index}`, d: 'M0 4H16' }));
  return picture;
}

function svg(tag: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
