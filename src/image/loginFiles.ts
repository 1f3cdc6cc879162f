/** Finds and reads the files in which `docker login` and `podman login` keep what they know. */
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { hasCode } from '../ssh/ioError.ts';
import { BerthError } from '../workspace/error.ts';
import { type LoginDocument, LoginFile } from './loginDocument.ts';

export interface LoginPlaces {
  readonly env?: NodeJS.ProcessEnv;
  readonly home?: string;
}

/** One of both: what was read, or why it could not be. Files that are not there are left out. */
export interface ReadLogin {
  readonly document?: LoginDocument;
  readonly error?: BerthError;
}

const mostBytes = 4 * 1024 * 1024;

/** Best first: what a variable names, Docker's file, Podman's files. */
export async function readLoginDocuments(places: LoginPlaces = {}): Promise<ReadLogin[]> {
  const { env = process.env, home = userInfo().homedir } = places;
  const files: readonly (readonly [string, LoginDocument['flavour']])[] = [
    ...(env.REGISTRY_AUTH_FILE ? [[env.REGISTRY_AUTH_FILE, 'podman'] as const] : []),
    [join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json'), 'docker'],
    [podmanLogins(env), 'podman'],
    [join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers/auth.json'), 'podman'],
  ];
  const variable = env.DOCKER_AUTH_CONFIG;
  const read = await Promise.all(files.map(([path, flavour]) => readLogin(path, flavour)));
  return [...(variable ? [parseLogin(variable, '$DOCKER_AUTH_CONFIG', 'docker')] : []), ...read.flat()];
}

/** Where `podman login` writes on Linux: it is gone when the machine restarts (containers-auth.json(5)). */
function podmanLogins(env: NodeJS.ProcessEnv): string {
  return env.XDG_RUNTIME_DIR
    ? join(env.XDG_RUNTIME_DIR, 'containers/auth.json')
    : `/run/containers/${process.getuid?.() ?? 0}/auth.json`;
}

async function readLogin(path: string, flavour: LoginDocument['flavour']): Promise<ReadLogin[]> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (cause) {
    if (hasCode(cause, 'ENOENT', 'ENOTDIR')) return [];
    const why = cause instanceof Error ? cause.message : String(cause);
    return [{ error: new BerthError(l10n.t('Cannot read {0}: {1}', path, why), { cause }) }];
  }
  if (content.length > mostBytes) {
    return [
      { error: new BerthError(l10n.t('Cannot read {0}: it is too large.', path), { code: 'invalid' }) },
    ];
  }
  return [parseLogin(content.toString('utf8'), path, flavour)];
}

/** Pure. No cause goes with the error: what a JSON parser says quotes the file, and passwords stand there. */
export function parseLogin(content: string, name: string, flavour: LoginDocument['flavour']): ReadLogin {
  const wrong = (why: string): ReadLogin => ({
    error: new BerthError(l10n.t('Cannot read {0}: {1} Correct it, or log in anew.', name, why), {
      code: 'invalid',
    }),
  });
  let value: unknown;
  try {
    const trimmed = content.replace(/^\uFEFF/, '').trim();
    // Docker takes an empty file as one without logins.
    value = trimmed === '' ? {} : JSON.parse(trimmed);
  } catch {
    return wrong(l10n.t('it is not JSON.'));
  }
  const parsed = LoginFile.safeParse(value);
  if (parsed.success) return { document: { ...parsed.data, name, flavour } };
  const place = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  return wrong(
    place === '' ? l10n.t('it is not an object.') : l10n.t("'{0}' in it is not what it should be.", place),
  );
}
