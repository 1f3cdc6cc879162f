/** The rows of templates in the Images view, as plain data. */
import * as z from 'zod';
import type { FoundTemplate } from '../template/found.ts';

export type TemplateTreeNode = TemplateNode | TemplateNoteNode;

export interface TemplateNode {
  readonly kind: 'template';
  /** Its id. */
  readonly template: string;
  readonly of: FoundTemplate;
}
/** In the place of rows. */
export interface TemplateNoteNode {
  readonly kind: 'templateNote';
  /** The name of a folder whose templates are not read, because nobody trusts it; else there are none. */
  readonly untrusted?: string;
}

/** What commands take from a row. */
export const TemplateArgument = z.object({ template: z.string().min(1).max(4_000) });

export function templateNodeId(node: TemplateTreeNode): string {
  return node.kind === 'template' ? `template:${node.template}` : `templateNote:${node.untrusted ?? ''}`;
}
