/** What a line of a build's output means: Docker's classic builder, BuildKit's plain progress and Podman. Pure. */

export type BuildLine =
  /** A step begins; BuildKit names it by a number, under which its output comes later. */
  | {
      readonly kind: 'step';
      readonly id?: string;
      readonly at: number;
      readonly of: number;
      readonly instruction: string;
    }
  | { readonly kind: 'output'; readonly id?: string; readonly text: string }
  /** It ends badly. */
  | { readonly kind: 'error'; readonly id?: string; readonly text: string }
  /** What a person has no use for, such as checksums. */
  | { readonly kind: 'noise' };

export function buildLine(line: string): BuildLine {
  // Such as 'Step 2/6 : FROM …', 'STEP 2/6: FROM …', '[1/2] STEP 1/2: FROM …'.
  const step = /^(?:\[\d+\/\d+\] )?step (\d+)\/(\d+) ?: (.*)$/i.exec(line);
  if (step) return { kind: 'step', at: Number(step[1]), of: Number(step[2]), instruction: step[3] ?? '' };
  const [, id, rest = ''] = /^#(\d+) (.*)$/.exec(line) ?? [];
  if (id === undefined) {
    const [, why] = /^(?:error|ERROR|Error): (.*)$/.exec(line) ?? [];
    return why === undefined ? { kind: 'output', text: line } : { kind: 'error', text: why };
  }
  // Such as '[2/3] RUN …', '[one 2/3] RUN …' and '[linux/arm64 one 2/3] RUN …'.
  const vertex = /^\[(?:[^\]]+ )?(\d+)\/(\d+)\] (.*)$/.exec(rest);
  if (vertex) {
    return { kind: 'step', id, at: Number(vertex[1]), of: Number(vertex[2]), instruction: vertex[3] ?? '' };
  }
  if (/^(?:sha256:[0-9a-f]+|DONE [\d.]+s|CACHED|\[internal\].*|\.\.\.|)$/.test(rest))
    return { kind: 'noise' };
  if (rest.startsWith('ERROR: ')) return { kind: 'error', id, text: rest.slice('ERROR: '.length) };
  return { kind: 'output', id, text: rest.replace(/^[\d.]+ /, '') };
}

/** Without the colours of a terminal. */
export function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they begin with
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
}
