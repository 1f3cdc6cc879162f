/** The folder of a build as a tar that is read while it is sent: what .dockerignore leaves of it, links as links. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import dockerIgnore from '@balena/dockerignore';
import * as l10n from '@vscode/l10n';
import tar from 'tar-stream';
import { hasCode } from '../../ssh/ioError.ts';
import { BerthError } from '../../workspace/error.ts';

export interface BuildContext {
  /** Fails with a BerthError where a file cannot be read. */
  readonly stream: Readable;
  /** Where the Dockerfile is in it. */
  readonly dockerfile: string;
}

export interface ContextSource {
  readonly context: string;
  readonly dockerfile: string;
}

/** The Dockerfile comes along though it be ignored or lie elsewhere. Read no further than the stream is. */
export function packContext(source: ContextSource, signal: AbortSignal): BuildContext {
  const inside = relative(source.context, source.dockerfile).split(sep).join('/');
  const isInside =
    inside !== '' && !inside.startsWith('../') && inside !== '..' && !/^([A-Za-z]:|\/)/.test(inside);
  const name = isInside ? inside : `.dockerfile.${randomUUID()}`;
  const pack = tar.pack();
  const fill = async () => {
    const isIgnored = await ignoreRules(source, isInside ? inside : undefined);
    for await (const file of filesOf(source.context, isIgnored)) {
      signal.throwIfAborted();
      await add(pack, file);
    }
    if (!isInside) await add(pack, { path: source.dockerfile, name });
    pack.finalize();
  };
  fill().catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    pack.destroy(new BerthError(l10n.t('Cannot send the folder {0}: {1}', source.context, why), { cause }));
  });
  return { stream: pack, dockerfile: name };
}

interface ContextFile {
  readonly path: string;
  /** In the tar, with slashes. */
  readonly name: string;
}
interface IgnoreRules {
  ignores(name: string): boolean;
  /** Whether something in an ignored folder may be taken in again. */
  readonly hasExceptions: boolean;
}

/** `Dockerfile.dockerignore` counts before `.dockerignore`, as in BuildKit. */
async function ignoreRules(
  { context, dockerfile }: ContextSource,
  inside: string | undefined,
): Promise<IgnoreRules> {
  const own = await textOf(`${dockerfile}.dockerignore`);
  const text = own ?? (await textOf(join(context, '.dockerignore'))) ?? '';
  const rules = dockerIgnore.default({ ignorecase: false }).add(text.replace(/^\uFEFF/, ''));
  return {
    // Both are read by the builder itself.
    ignores: name => name !== inside && name !== '.dockerignore' && rules.ignores(name),
    hasExceptions: /^\s*!/m.test(text) || (inside?.includes('/') ?? false),
  };
}

async function* filesOf(folder: string, rules: IgnoreRules, prefix = ''): AsyncIterable<ContextFile> {
  for (const entry of (await readdir(folder)).sort()) {
    const name = prefix + entry;
    const path = join(folder, entry);
    const isFolder = (await lstat(path)).isDirectory();
    const isIgnored = rules.ignores(name);
    if (!isIgnored) yield { path, name };
    if (isFolder && (!isIgnored || rules.hasExceptions)) yield* filesOf(path, rules, `${name}/`);
  }
}

/** As docker does: owned by root, with the file's own mode and time. Sockets and pipes have no content to send. */
async function add(pack: tar.Pack, { path, name }: ContextFile): Promise<void> {
  const { mode, mtime, size, ...stats } = await describe(path);
  const header = { name, mode: mode & 0o7777, mtime, uid: 0, gid: 0 };
  if (stats.kind === 'folder') pack.entry({ ...header, type: 'directory' });
  if (stats.kind === 'link') pack.entry({ ...header, type: 'symlink', linkname: stats.target });
  if (stats.kind !== 'file') return;
  if (size === 0) {
    pack.entry({ ...header, size: 0 }, '');
    return;
  }
  // What is written to it meanwhile is left out; what is taken away fails the entry.
  await pipeline(createReadStream(path, { end: size - 1 }), pack.entry({ ...header, size }));
}

async function describe(path: string) {
  const stats = await lstat(path);
  const { mode, mtime, size } = stats;
  const common = { mode: process.platform === 'win32' ? 0o755 : mode, mtime, size };
  if (stats.isSymbolicLink()) return { ...common, kind: 'link' as const, target: await readlink(path) };
  if (stats.isDirectory()) return { ...common, kind: 'folder' as const };
  return { ...common, kind: stats.isFile() ? ('file' as const) : ('other' as const) };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
