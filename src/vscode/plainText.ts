/**
 * Text from outside (boot's words, labels, what a program says on stderr) as the editor's messages may show it: they
 * turn `[words](command:…)` into a link that runs the command, and offer no way to say that a text is only text.
 */

/** Without links: the two marks no longer stand together. The words stay readable. */
export function plainText(text: string): string {
  return text.replaceAll('](', '] (');
}
