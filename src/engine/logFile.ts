/** A file of a workspace as text, and as it grows: printed by one program that stays for as long as its input is open. */

/** Of a log that is asked for whole. */
const allLines = 1_000_000;

/** Nothing of it stays behind: the end of its input ends it, and so does the workspace. */
export function logFileArgv(
  path: string,
  { follow, tail = allLines }: { readonly follow: boolean; readonly tail?: number },
): string[] {
  const script = follow
    ? 'tail -n "$2" -F -- "$1" 2>/dev/null & cat >/dev/null; kill $!'
    : 'tail -n "$2" -- "$1" 2>/dev/null';
  return ['/bin/sh', '-c', script, 'log', path, String(tail)];
}

/** Bytes as text; a character is never cut in two. */
export async function* decoded(stream: AsyncIterable<unknown>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) yield decoder.decode(chunk as Uint8Array, { stream: true });
}
