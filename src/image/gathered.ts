/** From one after the other to as many at once as are there: for what is shown, and drawn anew each time. */

/** What comes without a pause in one list. */
export async function* gathered<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (let next = iterator.next(), isDone = false; !isDone; ) {
      const batch: T[] = [];
      let result: IteratorResult<T> | undefined = await next;
      while (result && !result.done) {
        batch.push(result.value);
        next = iterator.next();
        // A failure is for the next round: what is there comes before it.
        result = await Promise.race([next.catch(() => undefined), pause()]);
      }
      isDone = result?.done === true;
      if (batch.length > 0) yield batch;
    }
  } finally {
    // Nobody waits for what may still be asked.
    iterator.return?.()?.catch(() => undefined);
  }
}

function pause(): Promise<undefined> {
  return new Promise(resolve => setImmediate(() => resolve(undefined)));
}
