/** A workspace's log for people: boot's own lines in words, everything else as it is. */
import { stageLine } from '../workspace/stageWords.ts';
import { parseBootLine } from './bootLine.ts';

const mark = '@berth ';

/** Takes pieces of a log as they come. Only what may become a line of boot's is held back until its line is whole. */
export async function* readableLog(log: AsyncIterable<string>): AsyncIterable<string> {
  let rest = '';
  /** Whether `rest` begins a line, rather than going on with one of which a part is out already. */
  let isLineStart = true;
  for await (const piece of log) {
    const lines = (rest + piece).split('\n');
    const last = lines.pop() ?? '';
    let text = '';
    for (const line of lines) {
      text += `${isLineStart ? inWords(line) : line}\n`;
      isLineStart = true;
    }
    const mayBeBoots = isLineStart && (last.startsWith(mark) || mark.startsWith(last));
    rest = mayBeBoots ? last : '';
    if (!mayBeBoots) {
      text += last;
      isLineStart = false;
    }
    if (text !== '') yield text;
  }
  if (rest !== '') yield inWords(rest);
}

function inWords(line: string): string {
  const event = parseBootLine(line);
  return event ? stageLine(event) : line;
}
