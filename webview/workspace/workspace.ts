/** The page of one workspace: what it is, what it does now, and its log from the first byte. */
import '../shared/noEval.ts';
import * as l10n from '@vscode/l10n';
import '../shared/base.css';
import './workspace.css';
import {
  type ActivityInfo,
  type ConnectionsInfo,
  type LiveInfo,
  type ProgressItem,
  type Result,
  type WorkspaceInfo,
  workspaceProtocol,
} from '../../src/panels/messages.ts';
import { announce } from '../shared/announce.ts';
import { type Child, h } from '../shared/dom.ts';
import { Host } from '../shared/rpc.ts';
import { ActivityView } from './activity.ts';
import { keep, keepFor, keptState } from './kept.ts';
import { LogPart } from './logPart.ts';
import { connectionsOf, type FoldersState, historyOf, storageOf } from './parts.ts';
import { advance, logTextOf, noProgress } from './progress.ts';
import { detailsOf, headerOf, type SummaryDoors } from './summary.ts';
import { UsageView } from './usage.ts';

const page = document.getElementById('page') ?? document.body;
let view: WorkspaceView | undefined;

const host = new Host(workspaceProtocol, {
  workspace: workspace => view?.showWorkspace(workspace),
  activity: activity => view?.showActivity(activity),
  progress: ({ activity, items }) => view?.addProgress(activity, items),
  log: ({ text, reset }) => view?.log.add(text, reset),
  usage: point => view?.usage.addUsage(point),
  gpus: point => view?.usage.addGpus(point),
  connections: connections => view?.showConnections(connections),
  liveProblem: ({ part, problem }) => view?.showProblem(part, problem),
});

host.request('open', {}).then(
  ({ translations, workspace, activity, progress, live }) => {
    l10n.config({ contents: translations ?? {} });
    keepFor(workspace);
    view = new WorkspaceView(workspace, live);
    page.replaceChildren(...view.elements);
    if (activity && (activity.state === 'running' || keptState().log === undefined)) {
      view.showActivity(activity);
      view.addProgress(activity.id, progress);
    } else view.log.begin();
    look();
    document.addEventListener('visibilitychange', look);
  },
  (error: unknown) => page.replaceChildren(h('p', { class: 'problem', role: 'alert' }, String(error))),
);

/** Nothing is measured for a window that nobody sees. */
function look(): void {
  ask(host.request('look', { isVisible: document.visibilityState === 'visible' }));
}

class WorkspaceView {
  readonly elements: readonly HTMLElement[];
  readonly usage: UsageView;
  readonly log: LogPart;
  readonly #header = h('header', { class: 'summary' });
  readonly #connected = h('div');
  readonly #details = h('div', { class: 'details' });
  readonly #storage = h('div');
  readonly #history = h('div');
  readonly #activity: ActivityView;
  #workspace: WorkspaceInfo;
  #drawn = '';
  #current: ActivityInfo | undefined;
  #progress = noProgress;
  #connections: ConnectionsInfo | undefined;
  #connectionsProblem: string;
  #folders: FoldersState = { folders: [], problem: '', isMeasuring: false };

  constructor(workspace: WorkspaceInfo, live: LiveInfo) {
    this.#workspace = workspace;
    this.#connections = live.connections;
    this.#connectionsProblem = live.connectionsProblem;
    this.#activity = new ActivityView({
      cancel: id => ask(host.request('cancelActivity', { id })),
      fix: id => ask(host.request('fix', { id })),
    });
    this.usage = new UsageView(workspace, live);
    this.log = new LogPart({
      follow: source => ask(host.request('followLog', source ? { source } : {})),
      copy: text => ask(host.request('copy', { text })),
    });
    this.elements = [
      this.#header,
      this.#activity.element,
      this.usage.element,
      this.log.element,
      this.#connected,
      this.#details,
      this.#storage,
      this.#history,
    ];
    this.showWorkspace(workspace);
    this.#refresh();
    // The time it is up is the one thing that changes by itself; hidden pages are gone.
    setInterval(() => this.showWorkspace(this.#workspace, true), 30_000);
  }

  showWorkspace(workspace: WorkspaceInfo, always = false): void {
    const state = JSON.stringify(workspace);
    if (state === this.#drawn && !always) return;
    const wasRunning = this.#workspace.state.kind === 'Running';
    const isNews = workspace.state.kind !== this.#workspace.state.kind;
    if (state !== this.#drawn) {
      redraw(this.#details, detailsOf(workspace, doors));
      this.log.offer(workspace);
    }
    redraw(this.#header, headerOf(workspace, doors));
    this.#drawn = state;
    this.#workspace = workspace;
    this.usage.show(workspace);
    this.#drawConnections();
    if (!isNews) return;
    announce(`${workspace.name}: ${workspace.state.kind}. ${workspace.state.reason}`);
    if (!wasRunning && workspace.state.kind === 'Running') this.log.resume();
    this.#refresh();
  }

  showActivity(activity: ActivityInfo): void {
    if (activity.id !== this.#current?.id) {
      this.#progress = noProgress;
      this.log.beginActivity();
    }
    this.#current = activity;
    this.#activity.show(activity);
  }

  addProgress(id: string, items: readonly ProgressItem[]): void {
    if (id !== this.#current?.id) return;
    let text = '';
    for (const item of items) {
      text += logTextOf(item, this.#progress);
      this.#progress = advance(this.#progress, item);
    }
    this.#activity.drawProgress(this.#progress);
    this.log.addActivity(text);
  }

  showConnections(connections: ConnectionsInfo): void {
    this.#connections = connections;
    this.#drawConnections();
  }

  showProblem(part: 'usage' | 'connections', problem: string): void {
    if (part === 'usage') this.usage.problem = problem;
    else {
      this.#connectionsProblem = problem;
      this.#drawConnections();
    }
  }

  #drawConnections(): void {
    redraw(this.#connected, [connectionsOf(this.#workspace, this.#connections, this.#connectionsProblem)]);
  }

  /** What changes with a start or a stop. */
  #refresh(): void {
    if (!this.#workspace.exists) return;
    this.#measure(false);
    host.request('history', {}).then(
      entries => redraw(this.#history, [historyOf(entries, '')]),
      (error: unknown) => redraw(this.#history, [historyOf([], wordsOf(error))]),
    );
  }

  #measure(again: boolean): void {
    this.#drawFolders({ ...this.#folders, isMeasuring: true });
    host.request('folders', { again }).then(
      (answer: Result<typeof workspaceProtocol, 'folders'>) =>
        this.#drawFolders({ ...answer, isMeasuring: false }),
      (error: unknown) =>
        this.#drawFolders({ ...this.#folders, problem: wordsOf(error), isMeasuring: false }),
    );
  }

  #drawFolders(state: FoldersState): void {
    this.#folders = state;
    redraw(this.#storage, [storageOf(this.#workspace, state, () => this.#measure(true))]);
  }
}

const doors: SummaryDoors = {
  run: action => ask(host.request('run', { action })),
  openPort: port => ask(host.request('openPort', { port })),
  copy: text => ask(host.request('copy', { text })),
  setFavourite: favourite => ask(host.request('setFavourite', { favourite })),
};

function ask(answer: Promise<unknown>): void {
  answer.catch((error: unknown) => announce(wordsOf(error)));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Draws anew, puts the focus back on the control of the same words, and leaves open what was. */
function redraw(element: HTMLElement, children: readonly Child[]): void {
  const focused = element.contains(document.activeElement) ? document.activeElement : undefined;
  const words = (control: Element) => control.getAttribute('aria-label') ?? control.textContent;
  element.replaceChildren(
    ...children.filter(child => child !== undefined && child !== null && child !== false),
  );
  for (const details of element.querySelectorAll('details')) {
    const name = details.classList.item(details.classList.length - 1) ?? '';
    details.open = keptState().unfolded.includes(name);
    details.addEventListener('toggle', () => {
      const others = keptState().unfolded.filter(each => each !== name);
      keep({ unfolded: details.open ? [...others, name] : others });
    });
  }
  if (!focused) return;
  const again = [...element.querySelectorAll<HTMLElement>(focused.localName)].find(
    control => words(control) === words(focused),
  );
  again?.focus();
}
