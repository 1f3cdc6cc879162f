/** A command line as docker-py takes one apart: Python's shlex.split, in its POSIX mode. Pure. */

/** Throws where a quotation has no end. */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (/[ \t\r\n]/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (letter === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) throw new SyntaxError('no closing quotation');
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (letter === '"') {
      const [inner, end] = doubleQuoted(text, at + 1);
      word = (word ?? '') + inner;
      at = end;
    } else if (letter === '\\') {
      at++;
      if (at >= text.length) throw new SyntaxError('no escaped character');
      word = (word ?? '') + text.charAt(at);
    } else {
      word = (word ?? '') + letter;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** What stands up to the closing quotation mark, and where that is. A backslash counts before " and \ alone. */
function doubleQuoted(text: string, start: number): [string, number] {
  let inner = '';
  for (let at = start; at < text.length; at++) {
    const letter = text.charAt(at);
    if (letter === '"') return [inner, at];
    const next = text.charAt(at + 1);
    if (letter === '\\' && (next === '"' || next === '\\')) {
      inner += next;
      at++;
    } else {
      inner += letter;
    }
  }
  throw new SyntaxError('no closing quotation');
}
