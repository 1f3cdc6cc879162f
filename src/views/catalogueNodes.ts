/** The rows of catalogues in the Images view, as plain data. Ids are stable, so that selection and expansion stay. */
import type { Entry, UnusableEntry } from '../image/catalogue/entry.ts';
import type { ShelvedCatalogue, Standing } from '../image/catalogue/shelf.ts';
import type { BerthError } from '../workspace/error.ts';

export type CatalogueTreeNode = CatalogueNode | CatalogueEntryNode | UnusableNode | CatalogueNoteNode;

export interface CatalogueNode {
  readonly kind: 'catalogue';
  /** Its address. */
  readonly catalogue: string;
  readonly of: ShelvedCatalogue;
  /** Something is allowed to an entry of it. */
  readonly isAllowed: boolean;
}
export interface CatalogueEntryNode {
  readonly kind: 'catalogueEntry';
  readonly catalogue: string;
  /** Its id. */
  readonly entry: string;
  readonly of: Entry;
  readonly standing: Standing;
}
/** An entry that cannot be used. */
export interface UnusableNode {
  readonly kind: 'unusable';
  readonly catalogue: string;
  readonly of: UnusableEntry;
}
/** A line in the place of rows: why there are none, or what went wrong. */
export interface CatalogueNoteNode {
  readonly kind: 'catalogueNote';
  readonly catalogue: string;
  readonly what: 'reading' | 'no-entries' | 'no-catalogues' | BerthError;
}

export function catalogueNodeId(node: CatalogueTreeNode): string {
  switch (node.kind) {
    case 'catalogue':
      return `catalogue:${node.catalogue}`;
    case 'catalogueEntry':
      return `entry:${node.catalogue}\n${node.entry}`;
    case 'unusable':
      return `unusable:${node.catalogue}\n${node.of.index}`;
    case 'catalogueNote':
      return `note:${node.catalogue}\n${typeof node.what === 'string' ? node.what : 'problem'}`;
  }
}
