/** The log of a workspace's page: of what goes on, of the workspace, its boot or one of its apps; followed and searched. */
import * as l10n from '@vscode/l10n';
import type { LogSource, WorkspaceInfo } from '../../src/panels/messages.ts';
import { announce } from '../shared/announce.ts';
import { h } from '../shared/dom.ts';
import { LogSearch } from '../shared/logSearch.ts';
import { LogView } from '../shared/logView.ts';
import { button, checkbox } from '../shared/toolkit.ts';
import { keep, keptState } from './kept.ts';

export interface LogDoors {
  readonly follow: (source: LogSource | undefined) => void;
  readonly copy: (text: string) => void;
}

/** The progress of what goes on, which the page has already. */
const activity = 'activity';

export class LogPart {
  readonly element: HTMLElement;
  readonly #log: LogView;
  readonly #choice = h('select', {
    class: 'input select log-source',
    'aria-label': l10n.t('Log of'),
    onchange: () => this.#chosen(),
  });
  #sources: ReadonlyMap<string, LogSource> = new Map();
  readonly #doors: LogDoors;
  /** To come back to from another log. Bounded. */
  #activityText: string[] = [];
  #hasActivity = false;
  #source = '';

  constructor(doors: LogDoors) {
    this.#doors = doors;
    const follow = checkbox(l10n.t('Follow'), true, checked => {
      this.#log.isFollowing = checked;
    });
    this.#log = new LogView(l10n.t('Log'), isFollowing => {
      follow.checked = isFollowing;
    });
    const search = new LogSearch(this.#log, keptState().search, query => keep({ search: query }));
    const copy = button('secondary', l10n.t('Copy all'), () => {
      doors.copy(this.#log.text);
      announce(l10n.t('Copied'));
    });
    this.element = h(
      'section',
      { class: 'part log-part' },
      h(
        'div',
        { class: 'log-head' },
        h('div', { class: 'log-title' }, h('h2', {}, l10n.t('Log')), this.#choice),
        h('div', { class: 'tools' }, follow, copy),
        search.element,
      ),
      this.#log.element,
    );
  }

  /** What there is to choose from; what is shown stays. */
  offer({ logs, settings }: WorkspaceInfo): void {
    const names = new Map((settings?.apps ?? []).map(({ id, label }) => [id, label]));
    this.#sources = new Map(logs.map(source => [keyOf(source), source]));
    this.#choice.replaceChildren(
      ...(this.#hasActivity ? [activityOption()] : []),
      ...logs.map(source => h('option', { value: keyOf(source) }, sourceWords(source, names))),
    );
    this.#choice.value = this.#source;
  }

  /** The log that a person chose before, or the workspace's own. */
  begin(): void {
    this.#show(this.#sources.has(keptState().log ?? '') ? (keptState().log ?? '') : 'workspace');
  }

  /** Another activity began: its log is what is looked at. */
  beginActivity(): void {
    if (!this.#hasActivity) {
      this.#hasActivity = true;
      this.#choice.prepend(activityOption());
    }
    this.#activityText = [];
    this.#show(activity);
  }

  addActivity(text: string): void {
    this.#activityText.push(text);
    if (this.#activityText.length > 4000) this.#activityText.splice(0, 1000);
    if (this.#source === activity) this.#log.append(text);
  }

  add(text: string, reset: boolean): void {
    if (this.#source === activity) return;
    if (reset) this.#log.clear();
    this.#log.append(text);
  }

  /** The workspace runs again: a log that had ended goes on. */
  resume(): void {
    if (this.#source !== activity) this.#doors.follow(this.#sources.get(this.#source));
  }

  #chosen(): void {
    keep({ log: this.#choice.value });
    this.#show(this.#choice.value);
  }

  #show(source: string): void {
    this.#source = source;
    this.#choice.value = source;
    this.#log.clear();
    if (source === activity) this.#log.append(this.#activityText.join(''));
    this.#doors.follow(this.#sources.get(source));
  }
}

function activityOption(): HTMLElement {
  return h('option', { value: activity }, l10n.t('What goes on'));
}

function keyOf(source: LogSource): string {
  return source.kind === 'app' ? `app:${source.id}` : source.kind;
}

function sourceWords(source: LogSource, appNames: ReadonlyMap<string, string>): string {
  switch (source.kind) {
    case 'workspace':
      return l10n.t('The workspace');
    case 'boot':
      return l10n.t('Its boot');
    case 'watchdog':
      return l10n.t('Its watchdog');
    case 'init':
      return l10n.t('Its init script');
    case 'app':
      return appNames.get(source.id) || source.id;
  }
}
