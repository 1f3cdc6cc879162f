/** Waits for what a page or its host comes to, for ten seconds at most. */
import assert from 'node:assert/strict';

/** Fails with the words where it does not come to that. */
export async function until(words: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    if (await isSo()) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  assert.fail(`waited in vain until ${words}`);
}
