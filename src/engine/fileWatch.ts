/** Tells when a file that several programs share was changed. */
import { type FSWatcher, watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Writers replace the file in several steps. */
const settleMs = 30;

/** Calls shortly after the file was changed, by whomever. Makes its folder where it is not there yet. */
export function watchFile(path: string, listener: () => void): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const name = basename(path);
  const watching = watchFolder(dirname(path), changed => {
    if (changed !== null && changed !== name) return;
    clearTimeout(timer);
    timer = setTimeout(listener, settleMs).unref();
  });
  return {
    [Symbol.dispose]: () => {
      watching[Symbol.dispose]();
      clearTimeout(timer);
    },
  };
}

/** Calls for each step in which one of its files is changed; null where the system does not say which. Makes the folder where it is not there yet. */
export function watchFolder(folder: string, listener: (file: string | null) => void): Disposable {
  const end = new AbortController();
  let watcher: FSWatcher | undefined;
  mkdir(folder, { recursive: true, mode: 0o700 })
    .then(() => {
      if (end.signal.aborted) return;
      watcher = watch(folder, { persistent: false }, (_event, changed) => listener(changed));
      // The folder was removed: whoever makes it again is seen at the next start.
      watcher.on('error', () => watcher?.close());
    })
    // It is not to be had, or the system watches no more: nobody is told.
    .catch(() => {});
  return {
    [Symbol.dispose]: () => {
      end.abort();
      watcher?.close();
    },
  };
}
