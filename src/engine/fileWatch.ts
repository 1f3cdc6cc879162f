/** Tells when a file that several programs share was changed. */
import { type FSWatcher, watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Writers replace the file in several steps. */
const settleMs = 30;

/** Calls shortly after the file was changed, by whomever. Makes its folder where it is not there yet. */
export function watchFile(path: string, listener: () => void): Disposable {
  const end = new AbortController();
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;
  const folder = dirname(path);
  const name = basename(path);
  mkdir(folder, { recursive: true, mode: 0o700 }).then(
    () => {
      if (end.signal.aborted) return;
      watcher = watch(folder, { persistent: false }, (_event, changed) => {
        if (changed !== null && changed !== name) return;
        clearTimeout(timer);
        timer = setTimeout(listener, settleMs).unref();
      });
      // The folder was removed: whoever makes it again is seen at the next start.
      watcher.on('error', () => watcher?.close());
    },
    () => {},
  );
  return {
    [Symbol.dispose]: () => {
      end.abort();
      clearTimeout(timer);
      watcher?.close();
    },
  };
}
