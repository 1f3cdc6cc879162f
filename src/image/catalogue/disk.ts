/** A catalogue that is a folder or file of this machine. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as l10n from '@vscode/l10n';
import { hasCode } from '../../ssh/ioError.ts';
import { RegistryProblem } from '../registryProblem.ts';
import { fileAddress, schemaVersions, versionsAddress } from './address.ts';
import { mostIconBytes } from './icon.ts';
import { catalogueLimits } from './schema.ts';

/** The list of a folder, the newest schema first, or the file itself; with its versions.json. Throws RegistryProblem. */
export async function readListFile(
  path: string,
): Promise<{ readonly list: string; readonly text: string; readonly versions?: string }> {
  const found = (await isFolder(path))
    ? [...schemaVersions.map(version => join(path, version, 'list.json')), join(path, 'list.json')]
    : [path];
  for (const file of found) {
    const content = await readFileBounded(file, catalogueLimits.bytes);
    if (!content) continue;
    const list = fileAddress(file);
    const beside = versionsAddress(list);
    const versions = beside && (await readFileBounded(fileURLToPath(beside), catalogueLimits.versionsBytes));
    return { list, text: content.toString('utf8'), ...(versions && { versions: versions.toString('utf8') }) };
  }
  throw new RegistryProblem(l10n.t('there is no list.json at {0}.', path), 'not-found');
}

/** Undefined where there is none, or none of a size that an icon may have. */
export async function readIconFile(url: URL): Promise<Uint8Array | undefined> {
  try {
    return await readFileBounded(fileURLToPath(url), mostIconBytes);
  } catch (error) {
    if (error instanceof RegistryProblem) return undefined;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw new RegistryProblem(l10n.t('{0} cannot be read.', path), 'invalid', error);
  }
}

/** Only plain files: a pipe or a device would never come to its end. */
async function readFileBounded(path: string, most: number): Promise<Buffer | undefined> {
  let file: FileHandle | undefined;
  try {
    const before = await stat(path);
    if (!before.isFile()) return undefined;
    if (before.size > most) {
      throw new RegistryProblem(
        l10n.t('{0} is larger than {1} bytes, which is more than it may be.', path, most),
        'invalid',
      );
    }
    file = await open(path, 'r');
    return (await file.readFile()).subarray(0, most);
  } catch (error) {
    if (error instanceof RegistryProblem) throw error;
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw new RegistryProblem(l10n.t('{0} cannot be read.', path), 'invalid', error);
  } finally {
    await file?.close();
  }
}
