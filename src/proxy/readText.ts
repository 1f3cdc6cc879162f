/** Small files, read at once: on the fast path waiting in line for a thread costs more than the reading. */
import { readFileSync } from 'node:fs';

/** Undefined where the file is missing or cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
