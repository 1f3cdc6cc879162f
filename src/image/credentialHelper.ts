/** Runs `docker-credential-*` programs (docker-credential-helpers, protocol of `get`) as the docker command does. */
import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { hasCode } from '../ssh/ioError.ts';
import { BerthError } from '../workspace/error.ts';
import type { RegistryCredentials } from './credentials.ts';

export interface HelperOptions {
  /** The registry as people know it, for error texts. */
  readonly registry: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

const mostCharacters = 1024 * 1024;

/** What it knows of a server, or undefined. Its answer is kept nowhere and shown nowhere. */
export async function askHelper(
  helper: string,
  server: string,
  options: HelperOptions,
): Promise<RegistryCredentials | undefined> {
  const program = `docker-credential-${helper}`;
  const refuse = (why: string, cause?: unknown): never => {
    const message = l10n.t('Cannot get the login for {0}: {1}', options.registry, why);
    throw new BerthError(message, cause === undefined ? {} : { cause });
  };
  if (!/^[\w.-]+$/.test(helper)) return refuse(l10n.t('the name of its credential helper is not valid.'));
  // Where no more processes or files may be opened, it throws.
  const end = await run(program, server, options).catch(
    (cause: unknown): End => ({ kind: 'missing', cause }),
  );
  switch (end.kind) {
    case 'missing':
      return refuse(
        hasCode(end.cause, 'ENOENT')
          ? l10n.t(
              '{0} is not installed, or not on the PATH. Install it, or log in anew without it.',
              program,
            )
          : l10n.t('{0} cannot be run.', program),
        end.cause,
      );
    case 'late':
      return refuse(
        l10n.t(
          '{0} did not answer within {1} s. Is the store locked, or waiting for you?',
          program,
          Math.round(options.timeoutMs / 100) / 10,
        ),
      );
    case 'endless':
      return refuse(l10n.t('the answer of {0} does not end.', program));
    case 'ended':
      break;
  }
  if (/credentials not found/i.test(end.output)) return undefined;
  if (end.code !== 0) {
    const words = safeWords(end.output) || safeWords(end.errors);
    return refuse(
      words === ''
        ? l10n.t('{0} failed ({1}). Log in to {2} anew.', program, end.code, options.registry)
        : l10n.t('{0} says: {1}. Log in to {2} anew.', program, words, options.registry),
    );
  }
  const answer = parseAnswer(end.output);
  return answer === 'garbage'
    ? refuse(l10n.t('the answer of {0} cannot be read. Log in to {1} anew.', program, options.registry))
    : answer;
}

type End =
  | { readonly kind: 'ended'; readonly code: number; readonly output: string; readonly errors: string }
  | { readonly kind: 'missing'; readonly cause: unknown }
  | { readonly kind: 'late' | 'endless' };

function run(program: string, server: string, { env, timeoutMs }: HelperOptions): Promise<End> {
  return new Promise(resolve => {
    const child = spawn(program, ['get'], {
      env: { ...env, PATH: searchPath(env) },
      stdio: 'pipe',
      windowsHide: true,
    });
    const texts = { output: '', errors: '' };
    const settle = (end: End) => {
      clearTimeout(timer);
      // A grandchild may hold the pipes open for as long as it likes.
      child.kill('SIGKILL');
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      resolve(end);
    };
    const timer = setTimeout(() => settle({ kind: 'late' }), timeoutMs);
    for (const [stream, key] of [
      [child.stdout, 'output'],
      [child.stderr, 'errors'],
    ] as const) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        texts[key] += text;
        if (texts[key].length > mostCharacters) settle({ kind: 'endless' });
      });
    }
    child.once('error', cause => settle({ kind: 'missing', cause }));
    child.once('close', code => settle({ kind: 'ended', code: code ?? 128, ...texts }));
    child.stdin.on('error', () => {});
    child.stdin.end(`${server}\n`);
  });
}

/** An editor that was started from a desktop often lacks where Docker Desktop and Homebrew put their programs. */
function searchPath(env: NodeJS.ProcessEnv): string {
  const path = env.PATH ?? env.Path ?? '';
  if (process.platform === 'win32') return path;
  const more = [join(userInfo().homedir, '.docker/bin'), '/usr/local/bin', '/opt/homebrew/bin'];
  const desktop = '/Applications/Docker.app/Contents/Resources/bin';
  return [path, ...more, ...(process.platform === 'darwin' ? [desktop] : [])].join(delimiter);
}

const Answer = z.object({ Username: z.string().default(''), Secret: z.string().default('') });

/** Pure. By Docker's convention the user `<token>` means that the secret is an identity token. */
export function parseAnswer(output: string): RegistryCredentials | undefined | 'garbage' {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    return 'garbage';
  }
  const answer = Answer.safeParse(value);
  if (!answer.success) return 'garbage';
  const { Username: username, Secret: secret } = answer.data;
  if (secret === '') return undefined;
  return username === '<token>' ? { identitytoken: secret } : { username, password: secret };
}

/** The first line of what a failing helper says; nothing where a secret could stand in it. */
function safeWords(text: string): string {
  if (/secret|password|token|[{}]/i.test(text)) return '';
  const [line = ''] = text.trim().split('\n');
  return [...line]
    .filter(character => character >= ' ' && character !== '\u007f')
    .join('')
    .replace(/\.+$/, '')
    .slice(0, 200);
}
