/**
 * The proxy's files, copied out of the extension so that they work with no editor open and outlive its updates. Each
 * build gets a folder of its own, named by content; the launcher is changed last, so that a connection never meets a
 * mixture.
 */
import { createHash } from 'node:crypto';
import {
  access,
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAtomically } from './atomicWrite.ts';
import type { BerthFolder } from './folder.ts';
import { hasCode } from './ioError.ts';
import { parseLauncher, posixLauncher, windowsLauncher } from './launcher.ts';

/** The fast path, and what it loads beside itself where that is not enough. */
export const programs = [
  'proxy.cjs',
  'proxyCluster.cjs',
  'proxySlow.cjs',
  'proxyPolicy.cjs',
  'docker.cjs',
  'kubernetes.cjs',
  'l10n.cjs',
  'boot.sh',
] as const;
const entry = 'proxy.cjs';
const mostNodes = 5;
/** A connection may be waiting for a slow start inside an old folder. */
const keepMs = 24 * 60 * 60_000;

/** Called under the folder's lock. `nodeCandidates` are absolute paths, best first. */
export async function installPrograms(
  folder: BerthFolder,
  distFolder: string,
  nodeCandidates: readonly string[],
  platform: NodeJS.Platform,
): Promise<void> {
  const version = await versionOf(distFolder);
  const launcher = folder.launcher(platform);
  const previous = await readFile(launcher, 'utf8').catch(error => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
  const standing = parseLauncher(previous);
  // Two editors with two versions of Berth share the folder: the newer one stays.
  if (isNewer(standing.version, version)) return;
  const contents = await Promise.all(
    programs.map(async name => ({ name, content: await readFile(join(distFolder, name)) })),
  );
  const hash = createHash('sha256');
  for (const { name, content } of contents) hash.update(`${name} ${content.length}\n`).update(content);
  const build = hash.digest('hex').slice(0, 16);
  await copyBuild(join(folder.programs, build), contents);
  const nodes = await mergedNodes(nodeCandidates, standing.nodes);
  const parts = { version, nodes, program: `bin/${build}/${entry}` };
  const text = platform === 'win32' ? windowsLauncher(parts) : posixLauncher(parts);
  if (text !== previous) {
    await writeAtomically(launcher, text, { mode: 0o700 });
    await chmod(launcher, 0o700);
  }
  await removeOld(folder.programs, build);
}

async function copyBuild(
  place: string,
  contents: readonly { name: string; content: Buffer }[],
): Promise<void> {
  try {
    // Also tells removeOld that it is in use.
    await utimes(place, new Date(), new Date());
    return;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  const draft = `${place}.${process.pid}.tmp`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  for (const { name, content } of contents) await writeFile(join(draft, name), content, { mode: 0o600 });
  await rename(draft, place);
}

/** This editor's first; then those of other editors that are still there. */
async function mergedNodes(own: readonly string[], others: readonly string[]): Promise<string[]> {
  const merged = [...new Set([...own, ...others])];
  const there = await Promise.all(
    merged.map(path =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return merged.filter((_, index) => there[index]).slice(0, mostNodes);
}

async function removeOld(place: string, current: string): Promise<void> {
  for (const name of await readdir(place)) {
    if (name === current) continue;
    const path = join(place, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > keepMs) await rm(path, { recursive: true, force: true });
  }
}

async function versionOf(distFolder: string): Promise<string> {
  const text = await readFile(join(dirname(distFolder), 'package.json'), 'utf8').catch(() => '{}');
  const { version } = JSON.parse(text) as { version?: unknown };
  return typeof version === 'string' && /^[\w.+-]+$/.test(version) ? version : '0.0.0';
}

/** Whether version `a` is above `b`, by its three numbers. */
export function isNewer(a: string, b: string): boolean {
  const numbers = (version: string) => version.split(/[.+-]/).slice(0, 3).map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] || 0) - (right[index] || 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
