/** The Images view: what each target keeps itself. Asked for when a target is opened, and again when told to. */
import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import type { LocalImage } from '../engine/engine.ts';
import type { Fleet } from '../engine/fleet.ts';
import type { FleetTarget } from '../engine/fleetMember.ts';
import { keepsImages } from '../engine/target.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import { BerthError, isBerthError } from '../workspace/error.ts';
import type { TargetId } from '../workspace/name.ts';
import { itemOf } from './items.ts';
import type { LazyTree, Rows } from './lazyTree.ts';
import type { ImageNode, TreeNode } from './nodes.ts';
import { toTreeItem } from './treeItem.ts';

/** A store that takes longer is told as a problem. */
const listTimeoutMs = 15_000;

type Listed = { readonly images: readonly LocalImage[] } | { readonly problem: BerthError };

export class ImagesTree implements Rows, vscode.Disposable {
  readonly #fleet: Fleet;
  readonly #owned = new DisposableStore();
  readonly #tree: LazyTree;
  readonly #view: vscode.TreeView<TreeNode>;
  /** One list a target at a time: two that overlap would give the view the same ids twice. */
  readonly #lists = new Map<TargetId, Promise<Listed>>();
  #shape = '';
  #look: Disposable | undefined;

  constructor(tree: LazyTree, fleet: Fleet) {
    this.#tree = tree;
    this.#view = tree.view;
    this.#fleet = fleet;
    this.#owned.add(this.#view.onDidChangeVisibility(() => this.#followVisibility()));
    this.#owned.add(fleet.onDidChange(() => this.#followTargets()));
    this.#followVisibility();
  }

  /** Asks the target again, or all of them; nothing happens while nobody sees it. */
  refresh(target?: TargetId): void {
    if (target === undefined) this.#lists.clear();
    else this.#lists.delete(target);
    this.#tree.redraw();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return toTreeItem(itemOf(node, Date.now()));
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node?.kind === 'target') return await this.#imagesOf(node.target);
    if (node) return [];
    await this.#fleet.load();
    return this.#fleet
      .targets()
      .filter(({ target }) => keepsImages(target))
      .map(of => ({ kind: 'target', target: of.target.id, of }));
  }

  dispose(): void {
    this.#look?.[Symbol.dispose]();
    this.#owned.dispose();
  }

  async #imagesOf(target: TargetId): Promise<TreeNode[]> {
    const list = this.#lists.get(target) ?? this.#list(target);
    this.#lists.set(target, list);
    const listed = await list;
    if ('problem' in listed) return [{ kind: 'problem', target, error: listed.problem }];
    if (listed.images.length === 0) return [{ kind: 'hint', target, what: 'no-images' }];
    return listed.images.map((image): ImageNode => ({ kind: 'image', target, image }));
  }

  async #list(target: TargetId): Promise<Listed> {
    try {
      const { images } = await this.#fleet.engine(target);
      return { images: (await images?.list(AbortSignal.timeout(listTimeoutMs))) ?? [] };
    } catch (cause) {
      const problem = isBerthError(cause)
        ? cause
        : new BerthError(l10n.t('Cannot list the images of “{0}”', target), { cause });
      return { problem };
    }
  }

  #followVisibility(): void {
    if (this.#view.visible) {
      this.#look ??= this.#fleet.look();
      this.refresh();
    } else {
      this.#look?.[Symbol.dispose]();
      this.#look = undefined;
    }
  }

  /** Draws anew when a target comes, goes, falls or rises; workspaces are of no interest here. */
  #followTargets(): void {
    const shape = shapeOf(this.#fleet.targets());
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.refresh();
  }
}

function shapeOf(targets: readonly FleetTarget[]): string {
  return targets.map(({ target, health }) => `${target.id} ${target.title} ${health}`).join('\n');
}
