/** Whether a path leads out of a folder, links in it followed: what comes with somebody's repository may be one. */
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { hasCode } from '../ssh/ioError.ts';

/** True for the folder itself. What is not there leads where its name says. */
export async function isWithin(folder: string, path: string): Promise<boolean> {
  return isBelow(folder, path) && isBelow(await realPathOf(folder), await realPathOf(path));
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !/^\.\.[\\/]/.test(way) && !isAbsolute(way);
}

async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return path;
    throw error;
  }
}
