/** Whether this machine's key is among those that may enter a workspace of a local engine. */
import type { BerthFolder } from '../ssh/folder.ts';
import { ask } from './inspect.ts';
import { readText } from './readText.ts';

const timeoutMs = 3_000;

/** Base64 of the key that ssh comes with, as far as its public half is known here. */
export function ownKey(folder: BerthFolder): string | undefined {
  return (readText(folder.chosenIdentity) ?? readText(folder.publicIdentity))?.split(' ')[1]?.trim();
}

/**
 * Looks for our public key in the file that sshd goes by, as the engine hands it out (a tar, text inside). Undefined
 * where that cannot be told.
 */
export async function isKeyWelcome(
  folder: BerthFolder,
  name: string,
  socketPath: string,
): Promise<boolean | undefined> {
  const key = ownKey(folder);
  if (!key) return undefined;
  const path = `/containers/berth-${name}/archive?path=%2Fberth%2Fauthorized_keys`;
  return await ask(socketPath, path, timeoutMs).then(
    answer => (answer.status === 200 ? answer.body.includes(key) : undefined),
    () => undefined,
  );
}
