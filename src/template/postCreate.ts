/** `postCreateCommand` as an init script: once for each new container, as the person who works there, in the repository. Pure. */
import { shellQuote, shellWord } from '../workspace/shell.ts';

/** A line for a shell, words without one, or some of these by name. */
export type PostCreate = string | readonly string[] | Readonly<Record<string, string | readonly string[]>>;

/**
 * `fill`: what variables stand for. The mark is kept outside the home: what such a command installs is there, too, and gone with
 * the container. Boot runs the script as root in the home (BERTH_USER, BERTH_HOME), after the clone.
 */
export function postCreateScript(
  command: PostCreate,
  repositoryFolder: string,
  fill: (word: string) => string,
): string | undefined {
  const lines = linesOf(command, fill).filter(line => line.trim() !== '');
  if (lines.length === 0) return undefined;
  const folder = repositoryFolder === '' ? '"$BERTH_HOME"' : `"$BERTH_HOME"/${shellWord(repositoryFolder)}`;
  return [
    '# postCreateCommand of devcontainer.json: once for each new container',
    'mark=/var/lib/berth-post-create',
    '[ ! -e "$mark" ] || exit 0',
    `cd ${folder} || cd "$BERTH_HOME" || exit`,
    ...lines.map(line => `su -s /bin/sh -c ${shellQuote(line)} "$BERTH_USER" || exit`),
    'mkdir -p /var/lib && : >"$mark"',
    '',
  ].join('\n');
}

/** Those with names run one after the other. */
function linesOf(command: PostCreate, fill: (word: string) => string): string[] {
  if (typeof command === 'string') return [fill(command)];
  if (isWords(command)) return [command.map(word => shellWord(fill(word))).join(' ')];
  return Object.values(command).flatMap(one => linesOf(one, fill));
}

function isWords(command: PostCreate): command is readonly string[] {
  return Array.isArray(command);
}
