/** The Images view: its parts one below the other, each a row at the top with its own rows below it. */
import type * as vscode from 'vscode';
import type { Fleet } from '../engine/fleet.ts';
import type { FleetTarget } from '../engine/fleetMember.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import type { TargetId } from '../workspace/name.ts';
import type { ImagesPart } from './imagesPart.ts';
import { itemOf } from './items.ts';
import type { LazyTree, Rows } from './lazyTree.ts';
import type { LocalImages } from './localImages.ts';
import type { TreeNode } from './nodes.ts';
import { toTreeItem } from './treeItem.ts';

export class ImagesTree implements Rows, vscode.Disposable {
  readonly #fleet: Fleet;
  readonly #local: LocalImages;
  readonly #parts: readonly ImagesPart[];
  readonly #owned = new DisposableStore();
  readonly #tree: LazyTree;
  readonly #view: vscode.TreeView<TreeNode>;
  #shape = '';
  #look: Disposable | undefined;

  /** `parts` in their order; the local images are one of them. */
  constructor(tree: LazyTree, fleet: Fleet, local: LocalImages, parts: readonly ImagesPart[]) {
    this.#tree = tree;
    this.#view = tree.view;
    this.#fleet = fleet;
    this.#local = local;
    this.#parts = parts;
    this.#owned.add(this.#view.onDidChangeVisibility(() => this.#followVisibility()));
    this.#owned.add(
      this.#view.onDidCollapseElement(({ element }) => {
        for (const part of this.#parts) part.hidden?.(element);
      }),
    );
    this.#owned.add(fleet.onDidChange(() => this.#followTargets()));
    this.#followVisibility();
  }

  /** Asks the target for its images again, or all of them; nothing happens while nobody sees it. */
  refresh(target?: TargetId): void {
    this.#local.forget(target);
    this.#tree.redraw();
  }

  /** Draws all rows anew; nobody is asked for what is known. */
  redraw(): void {
    this.#tree.redraw();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return toTreeItem(itemOf(node, Date.now()));
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (!node) return (await Promise.all(this.#parts.map(part => part.top()))).filter(isThere);
    for (const part of this.#parts) {
      const children = part.children(node);
      if (children) return await children;
    }
    return [];
  }

  dispose(): void {
    this.#look?.[Symbol.dispose]();
    this.#owned.dispose();
  }

  #followVisibility(): void {
    if (this.#view.visible) {
      this.#look ??= this.#fleet.look();
      this.refresh();
    } else {
      for (const part of this.#parts) part.hidden?.();
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

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function shapeOf(targets: readonly FleetTarget[]): string {
  return targets.map(({ target, health }) => `${target.id} ${target.title} ${health}`).join('\n');
}
