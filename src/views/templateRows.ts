/** Templates in the Images view: all that there are for this window. */
import type { FoundTemplate } from '../template/found.ts';
import type { ImagesPart } from './imagesPart.ts';
import type { GroupNode, TreeNode } from './nodes.ts';

/** Where they come from. */
interface Library {
  list(): Promise<readonly FoundTemplate[]>;
  /** The names of folders whose templates are not read, because nobody trusts them. */
  unread(): Promise<readonly string[]>;
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
    const [all, unread] = await Promise.all([this.#library.list(), this.#library.unread()]);
    const rows: TreeNode[] = [
      ...all.map(of => ({ kind: 'template' as const, template: of.id, of })),
      ...unread.map(untrusted => ({ kind: 'templateNote' as const, untrusted })),
    ];
    return rows.length > 0 ? rows : [{ kind: 'templateNote' }];
  }
}
