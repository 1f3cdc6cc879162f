/** A view that is there from activation on, while the code for its rows is loaded when it is first seen. */
import * as vscode from 'vscode';
import { DisposableStore } from '../vscode/disposables.ts';
import type { TreeNode } from './nodes.ts';

/** Where the rows come from. */
export interface Rows {
  getTreeItem(node: TreeNode): vscode.TreeItem;
  getChildren(node?: TreeNode): Promise<TreeNode[]>;
  /** For what takes longer than a row may: asked once somebody points at it. */
  resolveTreeItem?(
    item: vscode.TreeItem,
    node: TreeNode,
    cancelled: vscode.CancellationToken,
  ): Promise<vscode.TreeItem>;
}

export class LazyTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #load: () => Promise<Rows>;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<TreeNode[] | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly view: vscode.TreeView<TreeNode>;
  #rows: Rows | undefined;

  constructor(id: string, canSelectMany: boolean, load: () => Promise<Rows>) {
    this.#load = load;
    this.view = this.#owned.add(
      vscode.window.createTreeView(id, { treeDataProvider: this, canSelectMany, showCollapseAll: true }),
    );
  }

  /** Draws these rows and what is below them anew, or all. Ids keep selection and expansion. */
  redraw(nodes?: readonly TreeNode[]): void {
    if (!nodes || nodes.length > 0) this.#changed.fire(nodes && [...nodes]);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    // Nodes exist only after the rows are there.
    return this.#rows?.getTreeItem(node) ?? new vscode.TreeItem('');
  }

  async resolveTreeItem(
    item: vscode.TreeItem,
    node: TreeNode,
    cancelled: vscode.CancellationToken,
  ): Promise<vscode.TreeItem> {
    return (await this.#rows?.resolveTreeItem?.(item, node, cancelled)) ?? item;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    this.#rows ??= await this.#load();
    return await this.#rows.getChildren(node);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
