/** The packaged extension, as it would be published. */
import { createHash } from 'node:crypto';
import { glob, mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { cached } from './cache.ts';
import { run } from './command.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');
/** Ignored by git: screenshots, logs and the built package. */
export const outputFolder = join(projectRoot, 'test', 'output');

/** Builds and packages once for every state of the sources; the path of the .vsix. */
export async function packageExtension(): Promise<string> {
  await mkdir(outputFolder, { recursive: true });
  return cached(`vsix/${await sourcesHash()}.vsix`, async path => {
    await run(
      process.execPath,
      [join('node_modules', '@vscode', 'vsce', 'vsce'), 'package', ...flags, '-o', path],
      {
        cwd: projectRoot,
        timeoutMs: 180_000,
      },
    );
  });
}
const flags = [
  '--no-dependencies',
  '--allow-missing-repository',
  '--skip-license',
  '--no-rewrite-relative-links',
];

/** Packages the extension in that folder as it is; the path of its .vsix. */
export async function packFolder(folder: string, name: string): Promise<string> {
  const vsix = join(folder, `${name}.vsix`);
  const vsce = join(projectRoot, 'node_modules', '@vscode', 'vsce', 'vsce');
  await run(process.execPath, [vsce, 'package', '--allow-missing-repository', '--skip-license', '-o', vsix], {
    cwd: folder,
  });
  return vsix;
}

async function sourcesHash(): Promise<string> {
  const patterns = [
    'src/**',
    'webview/**',
    'media/**',
    'package.json',
    'package.nls.json',
    'package-lock.json',
    'esbuild.mjs',
    '.vscodeignore',
    '*.md',
  ];
  const hash = createHash('sha256');
  const paths: string[] = [];
  for await (const entry of glob(patterns, { cwd: projectRoot, withFileTypes: true })) {
    if (entry.isFile()) paths.push(relative(projectRoot, join(entry.parentPath, entry.name)));
  }
  for (const path of paths.sort()) hash.update(`${path}\0`).update(await readFile(join(projectRoot, path)));
  return hash.digest('hex').slice(0, 16);
}
