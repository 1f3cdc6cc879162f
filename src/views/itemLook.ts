/** A tree item before it becomes the editor's. */
export interface ItemLook {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly icon: string;
  /** A theme colour's id. */
  readonly color?: string;
  /** Paragraphs; the first is the heading. */
  readonly tooltip: readonly string[];
  /** Words that the `when` clauses of menus look for, such as 'workspace startable'. */
  readonly context: string;
  readonly expansion: 'none' | 'collapsed' | 'expanded';
  /** What a screen reader says: everything that icon and colour say otherwise. */
  readonly spoken: string;
  /** Run by a click or Enter. */
  readonly command?: { readonly id: string; readonly title: string; readonly args: readonly unknown[] };
}
