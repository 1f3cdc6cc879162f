/** The Workspaces view: targets, their workspaces, and what is in each. Looks at the fleet only while it is seen. */
import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import type { Activities } from '../engine/activities.ts';
import type { Fleet } from '../engine/fleet.ts';
import type { ImageUpdates } from '../engine/imageUpdates.ts';
import type { KeptHomes } from '../engine/keptHomes.ts';
import { connectedNow } from '../engine/sessions.ts';
import type { ContextKeys } from '../vscode/contextKeys.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import { connectedWords } from '../workspace/connections.ts';
import type { AdoptedNow } from './adoptedItems.ts';
import type { Arrangement } from './arrange.ts';
import { itemOf } from './items.ts';
import type { LazyTree, Rows } from './lazyTree.ts';
import type { TreeNode, WorkspaceNode } from './nodes.ts';
import {
  keptHomeNodes,
  rootNodes,
  runningCount,
  type TreeInput,
  targetNodes,
  workspaceNodes,
} from './tree.ts';
import { toTreeItem } from './treeItem.ts';
import { TreeMemory } from './treeMemory.ts';

/** Changes that come within this time are drawn at once. */
const settleMs = 60;
/** The same for the words of an operation under way. */
const progressMs = 400;
/** How often 'up 3 min' is drawn anew while it is seen. */
const clockMs = 60_000;
/** How long a tooltip waits to say who is connected. */
const connectedMs = 2_000;

/** What decides the order and choice of rows; personal to whoever sits here. */
export interface ArrangementSource {
  arrangement(): Arrangement;
  onDidChange(listener: () => void): Disposable;
}

/** What was adopted on this machine. */
export interface AdoptedSource {
  list(): readonly AdoptedNow[];
  /** Keeps the states fresh until disposed. */
  look(): Disposable;
  onDidChange(listener: () => void): Disposable;
}

/** Who sits here, as far as rows tell. */
export interface Reader {
  /** Who made it, where that is somebody else. */
  other(workspace: { readonly createdBy: string }): string | undefined;
  onDidChange(listener: () => void): Disposable;
}

export class WorkspacesTree implements Rows, vscode.Disposable {
  readonly #fleet: Fleet;
  readonly #activities: Activities;
  readonly #source: ArrangementSource;
  readonly #keys: ContextKeys;
  readonly #updates: ImageUpdates;
  readonly #adopted: AdoptedSource;
  readonly #kept: KeptHomes;
  readonly #reader: Reader;
  readonly #owned = new DisposableStore();
  readonly #tree: LazyTree;
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #memory = new TreeMemory();
  #look: DisposableStack | undefined;
  #clock: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;

  constructor(
    tree: LazyTree,
    fleet: Fleet,
    activities: Activities,
    source: ArrangementSource,
    keys: ContextKeys,
    updates: ImageUpdates,
    adopted: AdoptedSource,
    kept: KeptHomes,
    reader: Reader,
  ) {
    this.#tree = tree;
    this.#view = tree.view;
    this.#fleet = fleet;
    this.#activities = activities;
    this.#source = source;
    this.#keys = keys;
    this.#updates = updates;
    this.#adopted = adopted;
    this.#kept = kept;
    this.#reader = reader;
    this.#owned.add(this.#view.onDidChangeVisibility(() => this.#followVisibility()));
    this.#owned.add(fleet.onDidChange(() => this.#redraw()));
    this.#owned.add(activities.onDidChange(() => this.#redraw()));
    this.#owned.add(activities.onProgress(() => this.#redraw(progressMs)));
    this.#owned.add(source.onDidChange(() => this.#redraw()));
    this.#owned.add(updates.onDidChange(() => this.#redraw()));
    this.#owned.add(adopted.onDidChange(() => this.#redraw()));
    this.#owned.add(kept.onDidChange(() => this.#redraw()));
    this.#owned.add(reader.onDidChange(() => this.#redraw()));
    this.#followVisibility();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const item = toTreeItem(itemOf(node, Date.now()));
    // What it runs is asked who is connected, once somebody wants to know.
    if (node.kind === 'workspace' && node.of.state.kind === 'Running') item.tooltip = undefined;
    return item;
  }

  async resolveTreeItem(
    item: vscode.TreeItem,
    node: TreeNode,
    cancelled: vscode.CancellationToken,
  ): Promise<vscode.TreeItem> {
    if (node.kind !== 'workspace' || item.tooltip !== undefined) return item;
    const look = itemOf(node, Date.now());
    const words = await this.#connected(node, cancelled);
    item.tooltip = toTreeItem({ ...look, tooltip: [...look.tooltip, ...(words ? [words] : [])] }).tooltip;
    return item;
  }

  /** '' where it cannot be told in time: the rest of the tooltip must not wait for it. */
  async #connected({ target, name }: WorkspaceNode, cancelled: vscode.CancellationToken): Promise<string> {
    const abort = new AbortController();
    const cancelling = cancelled.onCancellationRequested(() => abort.abort());
    try {
      const engine = await this.#fleet.engine(target);
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(connectedMs)]);
      const sessions = await connectedNow(engine, name, signal);
      return sessions.length === 0
        ? l10n.t('Nobody is connected.')
        : l10n.t('Connected now: {0}', connectedWords(sessions));
    } catch {
      return '';
    } finally {
      cancelling.dispose();
    }
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    // The first time the view shows its own progress until the targets are read.
    if (!node) await this.#fleet.load();
    // How large they are is asked once somebody sees them.
    if (node?.kind === 'keptHomes') void this.#kept.measure(node.target);
    const input = this.#input();
    return this.#memory.hand(node, this.#children(input, node), child => this.#children(input, child));
  }

  dispose(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#settling);
    this.#look?.dispose();
    this.#owned.dispose();
  }

  #children(input: TreeInput, node: TreeNode | undefined): TreeNode[] {
    if (!node) return rootNodes(input);
    if (node.kind === 'keptHomes') return keptHomeNodes(input, node);
    if (node.kind === 'target') return targetNodes(input, this.#fleet.target(node.target) ?? node.of);
    return node.kind === 'workspace' ? workspaceNodes(node) : [];
  }

  #input(): TreeInput {
    return {
      targets: this.#fleet.targets(),
      loadError: this.#fleet.loadError,
      running: this.#activities.running,
      arrangement: this.#source.arrangement(),
      updateOf: workspace => this.#updates.of(workspace),
      adopted: this.#adopted.list(),
      keptHomes: target => this.#kept.of(target),
      keptBytes: (target, name) => this.#kept.bytesOf(target, name),
      madeBy: workspace => this.#reader.other(workspace),
    };
  }

  #followVisibility(): void {
    clearInterval(this.#clock);
    if (!this.#view.visible) {
      this.#look?.dispose();
      this.#look = undefined;
      this.#redraw();
      return;
    }
    this.#look ??= this.#lookAtAll();
    this.#clock = setInterval(() => this.#redraw(), clockMs);
  }

  #lookAtAll(): DisposableStack {
    const look = new DisposableStack();
    look.use(this.#fleet.look());
    look.use(this.#updates.look());
    look.use(this.#adopted.look());
    look.use(this.#kept.look());
    return look;
  }

  #redraw(waitMs = settleMs): void {
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      const targets = this.#fleet.targets();
      const { filter } = this.#source.arrangement();
      this.#keys.set('berth.loaded', this.#fleet.isLoaded);
      this.#keys.set('berth.hasTarget', targets.length > 0);
      this.#keys.set(
        'berth.hasCluster',
        targets.some(({ target }) => target.kind === 'kubernetes'),
      );
      const hasWorkspace = targets.some(({ workspaces }) => workspaces.length > 0);
      this.#keys.set('berth.hasWorkspace', hasWorkspace);
      // What nobody looks at may have changed: commands stay enabled then.
      const isCertain = this.#view.visible && targets.every(({ health }) => health === 'up');
      this.#keys.set('berth.noWorkspace', isCertain && !hasWorkspace);
      this.#keys.set('berth.hasAdopted', this.#adopted.list().length > 0);
      this.#keys.set('berth.filtered', filter !== '');
      const running = runningCount(targets);
      this.#view.badge =
        running === 0
          ? undefined
          : {
              value: running,
              tooltip:
                running === 1 ? l10n.t('1 workspace running') : l10n.t('{0} workspaces running', running),
            };
      this.#view.message = filter === '' ? '' : l10n.t('Only workspaces with “{0}”', filter);
      const input = this.#input();
      const changes = this.#memory.changes(node => this.#children(input, node));
      this.#tree.redraw(changes === 'all' ? undefined : changes);
    }, waitMs);
  }
}
