/** Changes of a JSON file that leave everything else in it as its author wrote it, and places in it. Pure. */
import { type Edit, findNodeAtLocation, modify, type Node, parseTree } from 'jsonc-parser';
import type { JsonPath } from '../problem.ts';

/** Offset and length in characters; the new text takes their place. */
export type TextEdit = Readonly<Edit>;

/** As the files of the builders are written. */
const formattingOptions = { insertSpaces: true, tabSize: 2, insertFinalNewline: true };

/** `value` undefined takes the property, or the item, out. Throws where the path leads through something else. */
export function editsFor(text: string, path: JsonPath, value: unknown): readonly TextEdit[] {
  const root = text.trim() === '' ? '{}' : text;
  const edits = modify(root, [...path], value, { formattingOptions });
  return root === text ? edits : [{ offset: 0, length: text.length, content: applied(root, edits) }];
}

/** The text with these edits in it. */
export function applied(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => b.offset - a.offset)
    .reduce(
      (all, { offset, length, content }) => all.slice(0, offset) + content + all.slice(offset + length),
      text,
    );
}

/** Where the value at the path stands, or what comes nearest to it: of a missing property, the object that lacks it. */
export function placeOf(text: string, path: JsonPath): { readonly offset: number; readonly length: number } {
  const root = parseTree(text, [], { allowTrailingComma: true });
  for (let depth = path.length; root && depth > 0; depth--) {
    const node = findNodeAtLocation(root, path.slice(0, depth));
    if (node) return placeOfNode(node);
  }
  return root ? { offset: root.offset, length: 1 } : { offset: 0, length: Math.min(1, text.length) };
}

/** Of a property its name, too; of what is long only its beginning. */
function placeOfNode(node: Node): { readonly offset: number; readonly length: number } {
  const { type, parent } = node;
  const isLong = type === 'object' || type === 'array';
  const [name] = parent?.type === 'property' ? (parent.children ?? []) : [];
  if (name && isLong) return { offset: name.offset, length: name.length };
  return { offset: node.offset, length: isLong ? 1 : node.length };
}
