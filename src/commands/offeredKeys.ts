/** Public keys that a person is given access by: pasted, from a file, or from a forge; chosen and named. */
import { open } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forgeKeys, forgeTitle, isForgeUser } from '../ssh/forgeKeys.ts';
import { type OfferedKey, type OfferedKeys, readPublicKeys, withComment } from '../ssh/publicKey.ts';
import { askText, pickSeveral } from '../vscode/ask.ts';
import { withNotification } from '../vscode/progress.ts';
import { BerthError } from '../workspace/error.ts';

/** A file of keys is no longer. */
const mostBytes = 262_144;

/** The lines to add, each with its name; undefined when the person left. */
export async function pasteKeys(title: string): Promise<readonly string[] | undefined> {
  const text = await askText({
    title,
    prompt: l10n.t('The public key, as it stands in a file that ends in .pub'),
    placeHolder: 'ssh-ed25519 AAAAC3Nz… anna@laptop',
    validateInput: whyNot,
  });
  return text === undefined ? undefined : await chooseAndName(title, readPublicKeys(text), '');
}

export async function fileKeys(title: string): Promise<readonly string[] | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: l10n.t('Use These Keys'),
      filters: { [l10n.t('Public keys')]: ['pub', 'keys', 'txt'], [l10n.t('All files')]: ['*'] },
    })) ?? [];
  if (!file) return undefined;
  return await chooseAndName(title, readPublicKeys(await boundedText(file.fsPath)), '');
}

export async function keysAtForge(title: string, forge: URL): Promise<readonly string[] | undefined> {
  const host = forgeTitle(forge);
  const typed = await askText({
    title,
    prompt: l10n.t('Whose keys? The user name at {0}', host),
    placeHolder: l10n.t('A user name'),
    validateInput: text =>
      text === '' || isForgeUser(text.trim()) ? undefined : l10n.t('That cannot be the name of a user.'),
  });
  const user = typed?.trim();
  if (!user) return undefined;
  const found = await withNotification(l10n.t('Asking {0} for the keys of {1}', host, user), (_, signal) =>
    forgeKeys(forge, user, signal),
  );
  return await chooseAndName(title, found, `${user}@${host}`);
}

/** What is wrong with a pasted text, while it is typed. */
function whyNot(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    const { keys, refused } = readPublicKeys(text);
    if (keys.length > 0 && refused.length === 0) return undefined;
    return l10n.t('This cannot be taken: {0}', refused[0]?.why ?? '');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function boundedText(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(mostBytes + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > mostBytes) {
      throw new BerthError(l10n.t('{0} is too long to be a file of public keys.', path), { code: 'invalid' });
    }
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

/** `name`: for those that have none of their own, or of a forge, which gives none. */
async function chooseAndName(
  title: string,
  { keys, refused }: OfferedKeys,
  name: string,
): Promise<readonly string[] | undefined> {
  const [first] = keys;
  if (!first) {
    const why = refused[0]?.why ?? l10n.t('there is none in it.');
    throw new BerthError(l10n.t('No key can be taken: {0}', why), { code: 'invalid' });
  }
  const chosen = keys.length === 1 && refused.length === 0 ? [first] : await chooseSome(title, keys, refused);
  if (!chosen || chosen.length === 0) return undefined;
  const named = await askText({
    title,
    prompt:
      chosen.length === 1
        ? l10n.t('Whose key is it? {0} {1}', chosen[0]?.kind ?? '', chosen[0]?.fingerprint ?? '')
        : l10n.t('Whose keys are they?'),
    value: name || chosen.find(({ comment }) => comment !== '')?.comment || '',
    placeHolder: 'anna@example.org',
    validateInput: text => (text.trim() === '' ? l10n.t('A name, by which you know them again') : undefined),
  });
  return named === undefined ? undefined : chosen.map(({ line }) => withComment(line, named));
}

/** All of them are chosen at first; those that cannot be taken are said, with the reason. */
async function chooseSome(
  title: string,
  keys: readonly OfferedKey[],
  refused: OfferedKeys['refused'],
): Promise<readonly OfferedKey[] | undefined> {
  const items = keys.map(key => ({
    label: key.kind,
    description: key.comment,
    detail: key.fingerprint,
    picked: true,
    value: key,
  }));
  const left =
    refused.length === 0
      ? l10n.t('Which of these keys may enter?')
      : l10n.t(
          'Which of these may enter? Not taken: line {0}, {1}',
          refused[0]?.line ?? 0,
          refused[0]?.why ?? '',
        );
  return await pickSeveral(items, title, left);
}
