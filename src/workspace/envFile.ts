/** Reads `.env` files: the common ground of Docker Compose, dotenv and a shell that sources the file. */
import * as l10n from '@vscode/l10n';

export interface EnvFileEntry {
  readonly name: string;
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}
export interface EnvFileProblem {
  readonly line: number;
  readonly message: string;
}
export interface EnvFile {
  /** In the order of the file; of a name that stands twice only the last, as a shell would have it. */
  readonly entries: readonly EnvFileEntry[];
  /** Lines that were passed over. */
  readonly problems: readonly EnvFileProblem[];
}

const assignment = /^[ \t]*(?:export[ \t]+)?([^=\s]*)[ \t]*=[ \t]*/;
const variable = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * `NAME=value`, `export NAME=value`, `#` comments, 'single' (as it is) and "double" quotes (with \n \r \t \" \\ \$ \`),
 * both over several lines. Nothing is expanded: `$NAME` stays as it is written.
 */
export function parseEnvFile(text: string): EnvFile {
  const entries = new Map<string, EnvFileEntry>();
  const problems: EnvFileProblem[] = [];
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  let at = 0;
  let line = 1;
  while (at < source.length) {
    const rest = restOfLine(source, at);
    const { problem, name, value, end } = readLine(source, at, rest);
    if (problem !== undefined) problems.push({ line, message: problem });
    if (name !== undefined && value !== undefined) {
      entries.delete(name);
      entries.set(name, { name, value, line });
    }
    line += source.slice(at, end).split('\n').length;
    at = end + 1;
  }
  return { entries: [...entries.values()], problems };
}

interface Line {
  readonly name?: string;
  readonly value?: string;
  readonly problem?: string;
  /** Where the last line of it ends, at its newline or the end of the text. */
  readonly end: number;
}

function readLine(source: string, at: number, rest: string): Line {
  const end = at + rest.length;
  if (/^[ \t]*(?:#|$)/.test(rest)) return { end };
  const [head, name = ''] = assignment.exec(rest) ?? [];
  if (head === undefined) return { end, problem: l10n.t('There is no = on this line.') };
  if (!variable.test(name)) return { end, problem: l10n.t('“{0}” is not a name of a variable.', name) };
  const start = at + head.length;
  const quote = source[start];
  if (quote !== '"' && quote !== "'") {
    const value = source.slice(start, end).replace(/(?:^|[ \t]+)#.*$/, '');
    return value.includes('\0')
      ? { end, problem: l10n.t('The value holds a NUL character.') }
      : { end, name, value: value.trim() };
  }
  return { ...readQuoted(source, start, quote, end), name };
}

function readQuoted(source: string, start: number, quote: string, lineEnd: number): Omit<Line, 'name'> {
  let value = '';
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at] ?? '';
    if (character === quote) {
      const after = restOfLine(source, at + 1);
      const end = at + 1 + after.length;
      if (!/^[ \t]*(?:#.*)?$/.test(after))
        return { end, problem: l10n.t('There is text after the closing quote.') };
      return value.includes('\0')
        ? { end, problem: l10n.t('The value holds a NUL character.') }
        : { end, value };
    }
    if (quote === '"' && character === '\\' && at + 1 < source.length) {
      const next = source[++at] ?? '';
      value += escapes[next] ?? ('"\\$`'.includes(next) ? next : next === '\n' ? '' : `\\${next}`);
    } else value += character;
  }
  return { end: lineEnd, problem: l10n.t('The quote that begins here is never closed.') };
}

function restOfLine(source: string, at: number): string {
  const newline = source.indexOf('\n', at);
  return source.slice(at, newline < 0 ? source.length : newline);
}
