import type { GroupNode, TreeNode } from './nodes.ts';

/** One of the top rows, with everything below it. */
export interface ImagesPart {
  /** Undefined where there is nothing to show. */
  top(): Promise<GroupNode | undefined>;
  /** The rows below one of its own; undefined for those of another part. */
  children(node: TreeNode): Promise<TreeNode[]> | undefined;
  /** Nobody sees what is below the node any more, or below all of them. */
  hidden?(node?: TreeNode): void;
}
