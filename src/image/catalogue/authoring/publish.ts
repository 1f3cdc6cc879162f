/** Puts what was built into a folder, which then holds that and nothing else of an earlier build. */
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../../workspace/error.ts';
import type { BuiltFiles } from './build.ts';

/** Where the built catalogue lies in the author's repository; not to be committed. */
const builtFolder = 'public';
/** What of the folder is a build's own. */
const ours = ['1.0', '1.1', 'index.html', '.nojekyll'];

/** Throws 'conflict' for a folder that somebody else filled. */
export async function writeBuilt(root: string, files: BuiltFiles): Promise<string> {
  const folder = join(root, builtFolder);
  const found = await lstat(folder).catch(() => undefined);
  const index = found && (await readFile(join(folder, '1.1', 'list.json'), 'utf8').catch(() => undefined));
  if (found && (!found.isDirectory() || (index === undefined && !(await isEmpty(folder))))) {
    throw new BerthError(
      l10n.t('{0} is there already and holds no catalogue. Move it away, or build elsewhere.', folder),
      { code: 'conflict' },
    );
  }
  for (const name of ours) await rm(join(folder, name), { recursive: true, force: true });
  for (const [path, content] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return folder;
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await readdir(folder)).length === 0;
}
