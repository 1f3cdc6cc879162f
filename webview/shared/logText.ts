/** Turns what programs print into plain lines: no escape sequences, of overwritten lines what was left in the end. */

/** ECMA-48 control sequences, OSC strings (titles, links) and two-byte escapes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_=>78])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\x00-\x08\x0b-\x1f\x7f]/g;

/** A line longer than this is cut into several. */
const maxLineLength = 4096;

/** Takes chunks as they come, cut anywhere; gives whole lines. */
export class LineReader {
  #rest = '';

  /** The lines that the chunk completes. */
  push(chunk: string): string[] {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    // A program that never ends its line must not fill the memory.
    if (this.#rest.length > maxLineLength * 16) {
      lines.push(this.#rest);
      this.#rest = '';
    }
    return lines.flatMap(plainLines);
  }

  /** The line that is not complete yet. */
  get rest(): string {
    return plainLines(this.#rest).join('');
  }
}

function plainLines(line: string): string[] {
  const text = line.replace(escapes, '').replace(/\r+$/, '');
  const kept = text.slice(text.lastIndexOf('\r') + 1).replace(controls, '');
  if (kept.length <= maxLineLength) return [kept];
  const pieces: string[] = [];
  for (let at = 0; at < kept.length; at += maxLineLength) pieces.push(kept.slice(at, at + maxLineLength));
  return pieces;
}
