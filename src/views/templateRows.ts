/** Templates in the Images view: all that there are for this window. */
import type { FoundTemplate } from '../template/found.ts';
import type { ImagesPart } from './imagesPart.ts';
import type { GroupNode, TreeNode } from './nodes.ts';

/** Where they come from. */
interface Library {
  list(): Promise<readonly FoundTemplate[]>;
  /** Has those read that take a while; whoever listens hears of it. */
  load(): void;
  onDidChange(listener: () => void): Disposable;
}

export class TemplateRows implements ImagesPart, Disposable {
  readonly #library: Library;
  readonly #watch: Disposable;

  constructor(library: Library, redraw: () => void) {
    this.#library = library;
    this.#watch = library.onDidChange(redraw);
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }

  async top(): Promise<GroupNode> {
    return { kind: 'group', group: 'templates' };
  }

  children(node: TreeNode): Promise<TreeNode[]> | undefined {
    return node.kind === 'group' && node.group === 'templates' ? this.#templates() : undefined;
  }

  async #templates(): Promise<TreeNode[]> {
    this.#library.load();
    const all = await this.#library.list();
    if (all.length === 0) return [{ kind: 'templateNote' }];
    return all.map(of => ({ kind: 'template', template: of.id, of }));
  }
}
