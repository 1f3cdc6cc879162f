/** As much of a Dockerfile as a build is asked about beforehand: its stages, arguments and base images. */
import { readFile } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';

export interface Instruction {
  /** From 1. */
  readonly line: number;
  /** In upper case, such as 'FROM'. */
  readonly keyword: string;
  readonly rest: string;
}

export interface Dockerfile {
  /** In order; one without a name has none that a person could choose. */
  readonly stages: readonly { readonly name: string | undefined; readonly base: string }[];
  /** Each once, with the default that stands first. */
  readonly args: readonly { readonly name: string; readonly value: string | undefined }[];
}

/** Its text; throws 'not-found', in words, where it cannot be read. */
export async function dockerfileText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BerthError(l10n.t('Cannot read {0}: {1}', path, why), { code: 'not-found', cause });
  }
}

/** The instructions with continued lines joined and comments left out; the text of here-documents is passed over. */
export function instructionsOf(text: string): Instruction[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const continuation = escapeOf(lines);
  const instructions: Instruction[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    if (isEmptyOrComment(lines[at])) continue;
    let whole = '';
    for (; at < lines.length; at++) {
      const part = lines[at] ?? '';
      if (whole !== '' && isEmptyOrComment(part)) continue;
      const isContinued = part.trimEnd().endsWith(continuation);
      whole += isContinued ? `${part.trimEnd().slice(0, -1)} ` : part;
      if (!isContinued) break;
    }
    const [, keyword = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(whole) ?? [];
    for (const end of hereDocuments(keyword, rest)) {
      do at++;
      while (at < lines.length && lines[at]?.trim() !== end);
    }
    instructions.push({ line, keyword: keyword.toUpperCase(), rest: rest.trim() });
  }
  return instructions;
}

export function readDockerfile(text: string): Dockerfile {
  const stages: Dockerfile['stages'][number][] = [];
  const args = new Map<string, string | undefined>();
  for (const { keyword, rest } of instructionsOf(text)) {
    if (keyword === 'FROM') {
      const [, base = '', name] = /^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?/i.exec(rest) ?? [];
      stages.push({ name: name?.toLowerCase(), base });
    }
    if (keyword === 'ARG') {
      for (const [name, value] of declarations(rest)) {
        if (!args.has(name) || args.get(name) === undefined) args.set(name, value);
      }
    }
  }
  return { stages, args: [...args].map(([name, value]) => ({ name, value })) };
}

/** The images that the stages begin with, variables filled in; those whose variables say nothing are left out. */
export function baseImages({ stages, args }: Dockerfile, given: Readonly<Record<string, string>>): string[] {
  const values = new Map(args.map(({ name, value }) => [name, given[name] ?? value]));
  const names = new Set<string | undefined>(['scratch']);
  return stages.flatMap(({ name, base }) => {
    const image = filledIn(base, values);
    const isStage = names.has(image.toLowerCase());
    names.add(name);
    return isStage || image === '' || image.includes('$') ? [] : [image];
  });
}

/** The directive `# escape=` stands before everything else (Dockerfile reference, Parser directives). */
function escapeOf(lines: readonly string[]): string {
  for (const line of lines) {
    const directive = /^\s*#\s*([a-z]+)\s*=\s*(\S+)\s*$/i.exec(line);
    if (!directive) return '\\';
    if (directive[1]?.toLowerCase() === 'escape' && directive[2] === '`') return '`';
  }
  return '\\';
}

function isEmptyOrComment(line: string | undefined): boolean {
  return line === undefined || /^\s*(?:#|$)/.test(line);
}

/** What ends each of the here-documents that the instruction begins. */
function hereDocuments(keyword: string, rest: string): string[] {
  if (!/^(?:run|copy|add)$/i.test(keyword)) return [];
  return [...rest.matchAll(/(?:^|\s)<<-?(["']?)([A-Za-z_]\w*)\1/g)].map(([, , end = '']) => end);
}

function declarations(rest: string): [string, string | undefined][] {
  return [...rest.matchAll(/([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|[^\s]*))?/g)].map(([, name = '', value]) => [
    name,
    value?.replace(/^(["'])(.*)\1$/s, '$2'),
  ]);
}

/** `$NAME`, `${NAME}` and `${NAME:-else}`; what is unknown stays as it is. */
function filledIn(text: string, values: ReadonlyMap<string, string | undefined>): string {
  return text.replace(
    /\$(?:\{([A-Za-z_]\w*)(?::-([^}]*))?\}|([A-Za-z_]\w*))/g,
    (whole, braced: string | undefined, otherwise: string | undefined, plain: string | undefined) =>
      values.get(braced ?? plain ?? '') || (otherwise ?? whole),
  );
}
