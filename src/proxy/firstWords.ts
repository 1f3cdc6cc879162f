/** What a connection says before anything is said to it. */
import type { Duplex } from 'node:stream';

/** Taken off the stream, which then pauses; undefined where it ends without a word. Destroys it when the signal aborts. */
export function firstWords(stream: Duplex, signal?: AbortSignal): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      stream.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError);
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    const onData = (words: Buffer) => {
      stream.pause();
      settle(() => resolve(words));
    };
    const onEnd = () => {
      stream.destroy();
      settle(() => resolve(undefined));
    };
    const onError = (error: Error) => settle(() => reject(error));
    const onAbort = () => {
      stream.on('error', () => {});
      stream.destroy();
      settle(() => reject(signal?.reason));
    };
    stream.once('data', onData).once('end', onEnd).once('close', onEnd).once('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
  });
}
