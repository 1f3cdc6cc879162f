/**
 * What a view was given last, so that a change draws only the rows that look another way: a menu that is open on a row,
 * its selection and its expansion outlive every refresh of the others. One object stands for a row as long as it is there.
 */
import { itemOf } from './items.ts';
import { nodeId, type TreeNode } from './nodes.ts';

/** The rows below a node, or the top ones. */
export type ChildrenOf = (node: TreeNode | undefined) => TreeNode[];

/** 'all' where the top rows are others than before. */
export type Changes = 'all' | readonly TreeNode[];

const top = '';

export class TreeMemory {
  readonly #nodes = new Map<string, TreeNode>();
  /** Ids of the rows below a node that was opened. */
  readonly #children = new Map<string, readonly string[]>();
  /** How each row that was handed out looked, with what it says of its children. */
  readonly #looks = new Map<string, string>();

  /** The rows below a node for the view, the same objects as before. */
  hand(parent: TreeNode | undefined, fresh: readonly TreeNode[], childrenOf: ChildrenOf): TreeNode[] {
    const ids = fresh.map(nodeId);
    const key = parent ? nodeId(parent) : top;
    for (const gone of this.#children.get(key) ?? []) if (!ids.includes(gone)) this.#forget(gone);
    this.#children.set(key, ids);
    return fresh.map(node => {
      this.#looks.set(nodeId(node), lookOf(node, childrenOf));
      return this.#stable(node);
    });
  }

  /** Which rows to draw anew, the same objects as before with the new values in them. */
  changes(childrenOf: ChildrenOf): Changes {
    const changed: TreeNode[] = [];
    return this.#compare(top, childrenOf(undefined), childrenOf, changed) ? changed : 'all';
  }

  /** False where the rows below are others than before, so that their parent must be drawn with them. */
  #compare(key: string, fresh: readonly TreeNode[], childrenOf: ChildrenOf, changed: TreeNode[]): boolean {
    const known = this.#children.get(key);
    if (!known) return true;
    const isSame = known.length === fresh.length && fresh.every((node, at) => nodeId(node) === known[at]);
    if (!isSame) return false;
    for (const node of fresh) {
      const id = nodeId(node);
      const look = lookOf(node, childrenOf);
      const isUnchanged = this.#looks.get(id) === look;
      this.#looks.set(id, look);
      const stable = this.#stable(node);
      const isOpen = node.kind !== 'workspace' && this.#children.has(id);
      const hasSameRows = !isOpen || this.#compare(id, childrenOf(node), childrenOf, changed);
      if (!isUnchanged || !hasSameRows) changed.push(stable);
    }
    return true;
  }

  #stable(fresh: TreeNode): TreeNode {
    const id = nodeId(fresh);
    const node = this.#nodes.get(id);
    if (node) return Object.assign(node, fresh);
    this.#nodes.set(id, fresh);
    return fresh;
  }

  #forget(id: string): void {
    for (const child of this.#children.get(id) ?? []) this.#forget(child);
    this.#children.delete(id);
    this.#nodes.delete(id);
    this.#looks.delete(id);
  }
}

/** Everything of a row that can be seen; a workspace's few children count as part of it. */
function lookOf(node: TreeNode, childrenOf: ChildrenOf): string {
  const below = node.kind === 'workspace' ? childrenOf(node) : [];
  const now = Date.now();
  return JSON.stringify([node, ...below].map(row => itemOf(row, now)));
}
