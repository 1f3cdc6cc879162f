/** The page of one workspace: what it is, what it does now, and its log from the first byte. */
import '../shared/noEval.ts';
import * as l10n from '@vscode/l10n';
import '../shared/base.css';
import './workspace.css';
import {
  type ActivityInfo,
  type ProgressItem,
  type WorkspaceInfo,
  workspaceProtocol,
} from '../../src/panels/messages.ts';
import { announce } from '../shared/announce.ts';
import { h, setText } from '../shared/dom.ts';
import { editor } from '../shared/editor.ts';
import { LogView } from '../shared/logView.ts';
import { Host } from '../shared/rpc.ts';
import { button, checkbox } from '../shared/toolkit.ts';
import { ActivityView } from './activity.ts';
import { advance, logTextOf, noProgress } from './progress.ts';
import { detailsOf, headerOf, type SummaryDoors } from './summary.ts';

const page = document.getElementById('page') ?? document.body;
let view: WorkspaceView | undefined;

const host = new Host(workspaceProtocol, {
  workspace: workspace => view?.showWorkspace(workspace),
  activity: activity => view?.showActivity(activity),
  progress: ({ activity, items }) => view?.addProgress(activity, items),
  log: ({ text, reset, ended }) => view?.addLog(text, reset, ended),
});

host.request('open', {}).then(
  ({ translations, workspace, activity, progress }) => {
    l10n.config({ contents: translations ?? {} });
    editor.setState({ target: workspace.target, name: workspace.name });
    view = new WorkspaceView(workspace);
    page.replaceChildren(...view.elements);
    if (activity) {
      view.showActivity(activity);
      view.addProgress(activity.id, progress);
    } else view.followOwnLog();
  },
  (error: unknown) => page.replaceChildren(h('p', { class: 'problem', role: 'alert' }, String(error))),
);

type LogSource = 'activity' | 'workspace';

class WorkspaceView {
  readonly elements: readonly HTMLElement[];
  readonly #header = h('header', { class: 'header' });
  readonly #details = h('div', { class: 'details' });
  readonly #activity: ActivityView;
  readonly #log: LogView;
  readonly #logTitle = h('h2', {}, l10n.t('Log'));
  readonly #sourceButton = button('secondary', '', () => this.#switchSource());
  #workspace: WorkspaceInfo;
  #drawn = '';
  #current: ActivityInfo | undefined;
  #progress = noProgress;
  /** The activity's log as text, to come back to from the workspace's own. Bounded. */
  #activityText: string[] = [];
  #source: LogSource = 'workspace';

  constructor(workspace: WorkspaceInfo) {
    this.#workspace = workspace;
    this.#activity = new ActivityView({
      cancel: id => ask(host.request('cancelActivity', { id })),
      fix: id => ask(host.request('fix', { id })),
    });
    const follow = checkbox(l10n.t('Follow'), true, checked => {
      this.#log.isFollowing = checked;
    });
    this.#log = new LogView(l10n.t('Log'), isFollowing => {
      follow.checked = isFollowing;
    });
    const copy = button('secondary', l10n.t('Copy all'), () => {
      ask(host.request('copy', { text: this.#log.text }));
      announce(l10n.t('Copied'));
    });
    const tools = h('div', { class: 'tools' }, follow, this.#sourceButton, copy);
    this.elements = [
      this.#header,
      this.#activity.element,
      h(
        'section',
        { class: 'part log-part' },
        h('div', { class: 'log-head' }, this.#logTitle, tools),
        this.#log.element,
      ),
      this.#details,
    ];
    this.showWorkspace(workspace);
    this.#drawSource();
    // The time it is up is the one thing that changes by itself; hidden pages are gone.
    setInterval(() => this.showWorkspace(this.#workspace, true), 30_000);
  }

  showWorkspace(workspace: WorkspaceInfo, always = false): void {
    const state = JSON.stringify(workspace);
    if (state === this.#drawn && !always) return;
    const wasRunning = this.#workspace.state.kind === 'Running';
    const isNews = workspace.state.kind !== this.#workspace.state.kind;
    if (state !== this.#drawn) redraw(this.#details, detailsOf(workspace, doors));
    redraw(this.#header, headerOf(workspace, doors));
    this.#drawn = state;
    this.#workspace = workspace;
    if (isNews) announce(`${workspace.name}: ${workspace.state.kind}. ${workspace.state.reason}`);
    if (this.#source === 'workspace' && !wasRunning && workspace.state.kind === 'Running')
      this.followOwnLog();
  }

  showActivity(activity: ActivityInfo): void {
    if (activity.id !== this.#current?.id) {
      this.#progress = noProgress;
      this.#activityText = [];
      this.#show('activity');
      this.#log.clear();
    }
    this.#current = activity;
    this.#activity.show(activity);
    this.#drawSource();
  }

  addProgress(id: string, items: readonly ProgressItem[]): void {
    if (id !== this.#current?.id) return;
    let text = '';
    for (const item of items) {
      text += logTextOf(item, this.#progress);
      this.#progress = advance(this.#progress, item);
    }
    this.#activity.drawProgress(this.#progress);
    this.#activityText.push(text);
    if (this.#activityText.length > 4000) this.#activityText.splice(0, 1000);
    if (this.#source === 'activity') this.#log.append(text);
  }

  addLog(text: string, reset: boolean, _ended: boolean): void {
    if (this.#source !== 'workspace') return;
    if (reset) this.#log.clear();
    this.#log.append(text);
  }

  followOwnLog(): void {
    this.#show('workspace');
    ask(host.request('followLog', { follow: true }));
  }

  #switchSource(): void {
    if (this.#source === 'activity') {
      this.#log.clear();
      this.followOwnLog();
    } else {
      ask(host.request('followLog', { follow: false }));
      this.#show('activity');
      this.#log.clear();
      this.#log.append(this.#activityText.join(''));
    }
  }

  #show(source: LogSource): void {
    this.#source = source;
    this.#drawSource();
  }

  #drawSource(): void {
    const isActivity = this.#source === 'activity';
    setText(this.#logTitle, isActivity ? l10n.t('Log of this activity') : l10n.t('Log of the workspace'));
    setText(
      this.#sourceButton,
      isActivity ? l10n.t('Show the workspace’s log') : l10n.t('Show the activity’s log'),
    );
    this.#sourceButton.hidden = this.#current === undefined;
  }
}

const doors: SummaryDoors = {
  run: action => ask(host.request('run', { action })),
  openPort: port => ask(host.request('openPort', { port })),
  copy: text => ask(host.request('copy', { text })),
  setFavourite: favourite => ask(host.request('setFavourite', { favourite })),
};

function ask(answer: Promise<unknown>): void {
  answer.catch((error: unknown) => announce(error instanceof Error ? error.message : String(error)));
}

/** Draws anew, and puts the focus back on the control of the same words. */
function redraw(element: HTMLElement, children: ReturnType<typeof headerOf>): void {
  const focused = element.contains(document.activeElement) ? document.activeElement : undefined;
  const words = (control: Element) => control.getAttribute('aria-label') ?? control.textContent;
  const wasOpen = element.querySelector('details')?.open;
  element.replaceChildren(
    ...children.filter(child => child !== undefined && child !== null && child !== false),
  );
  const details = element.querySelector('details');
  if (details && wasOpen !== undefined) details.open = wasOpen;
  if (!focused) return;
  const again = [...element.querySelectorAll<HTMLElement>(focused.localName)].find(
    control => words(control) === words(focused),
  );
  again?.focus();
}
