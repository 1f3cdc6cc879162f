/** Catalogues in the Images view: each with its entries, those that cannot be used among them with the reason. */
import type { Shelf, ShelvedCatalogue } from '../image/catalogue/shelf.ts';
import type { CatalogueEntryNode, CatalogueNode } from './catalogueNodes.ts';
import type { ImagesPart } from './imagesPart.ts';
import type { GroupNode, TreeNode } from './nodes.ts';

export class CatalogueRows implements ImagesPart, Disposable {
  readonly #shelf: Shelf;
  readonly #watch: Disposable;

  constructor(shelf: Shelf, redraw: () => void) {
    this.#shelf = shelf;
    this.#watch = shelf.onDidChange(redraw);
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }

  async top(): Promise<GroupNode> {
    return { kind: 'group', group: 'catalogues' };
  }

  children(node: TreeNode): Promise<TreeNode[]> | undefined {
    switch (node.kind) {
      case 'group':
        return node.group === 'catalogues' ? this.#catalogues() : undefined;
      case 'catalogue':
        return Promise.resolve(this.#entries(node.of));
      default:
        return undefined;
    }
  }

  /** Those that were not read yet are drawn again once they are. */
  async #catalogues(): Promise<TreeNode[]> {
    void this.#shelf.load();
    const all = this.#shelf.list();
    if (all.length === 0) return [{ kind: 'catalogueNote', catalogue: '', what: 'no-catalogues' }];
    const allowed = new Set(this.#shelf.approvals().map(({ catalogue }) => catalogue));
    return all.map(
      (of): CatalogueNode => ({
        kind: 'catalogue',
        catalogue: of.address,
        of,
        isAllowed: allowed.has(of.address),
      }),
    );
  }

  #entries({ address, copy, problem }: ShelvedCatalogue): TreeNode[] {
    const { entries, unusable } = copy?.catalogue ?? { entries: [], unusable: [] };
    const standing = this.#shelf.standing(address);
    const note = (what: 'reading' | 'no-entries' | NonNullable<typeof problem>): TreeNode => ({
      kind: 'catalogueNote',
      catalogue: address,
      what,
    });
    return [
      ...(problem ? [note(problem)] : []),
      ...(!copy && !problem ? [note('reading')] : []),
      ...(copy && entries.length + unusable.length === 0 ? [note('no-entries')] : []),
      ...entries.map(
        (of): CatalogueEntryNode => ({
          kind: 'catalogueEntry',
          catalogue: address,
          entry: of.id,
          of,
          standing: standing(of),
        }),
      ),
      ...unusable.map((of): TreeNode => ({ kind: 'unusable', catalogue: address, of })),
    ];
  }
}
