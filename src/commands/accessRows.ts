/** Who may enter a workspace, as a list that people read. Pure. */
import { fingerprintOf, readPublicKeys } from '../ssh/publicKey.ts';
import { keyBody } from '../workspace/keyBody.ts';
import { type Keys, keyNames } from '../workspace/keyNames.ts';

export interface AccessRow {
  /** As keyBody has it. */
  readonly key: string;
  readonly name: string;
  /** A machine of whoever made it, or a person it was shared with. */
  readonly by: 'machine' | 'person';
  readonly isThisMachine: boolean;
  /** Such as 'ED25519'; '' where it cannot be told. */
  readonly kind: string;
  readonly fingerprint: string;
  /** Open now. */
  readonly sessions: number;
  /** Open now, and nobody can tell whose: they may be this one's. */
  readonly untold: number;
}

/** Each key once: the machines first, then the people by name. `ownKey`: this machine's line. */
export function accessRows(
  keys: Keys,
  ownKey: string,
  sessions: readonly { readonly key?: string | undefined }[],
): AccessRow[] {
  const names = keyNames(keys);
  const rows = new Map<string, AccessRow>();
  const add = (line: string, by: AccessRow['by']) => {
    const key = keyBody(line);
    if (rows.has(key)) return;
    rows.set(key, {
      key,
      name: names.get(key) ?? '',
      by,
      isThisMachine: key === keyBody(ownKey),
      kind: readPublicKeys(key).keys[0]?.kind ?? '',
      fingerprint: fingerprintOf(line),
      sessions: sessions.filter(session => session.key === key).length,
      untold: sessions.filter(session => session.key === undefined).length,
    });
  };
  for (const { key } of keys.authorizedKeys) add(key, 'machine');
  const people = [...keys.settings.publicKeys].sort((a, b) =>
    (names.get(keyBody(a)) ?? '').localeCompare(names.get(keyBody(b)) ?? ''),
  );
  for (const key of people) add(key, 'person');
  return [...rows.values()];
}

/** The lists without a key, wherever it stands; undefined where it does not. */
export function withoutKey(
  { authorizedKeys, settings: { publicKeys } }: Keys,
  key: string,
): { authorizedKeys: Keys['authorizedKeys']; publicKeys: string[] } | undefined {
  const rest = {
    authorizedKeys: authorizedKeys.filter(entry => keyBody(entry.key) !== key),
    publicKeys: publicKeys.filter(line => keyBody(line) !== key),
  };
  const isThere =
    rest.authorizedKeys.length < authorizedKeys.length || rest.publicKeys.length < publicKeys.length;
  return isThere ? rest : undefined;
}

/** The lines with new ones, of which those that may enter already are left out; undefined where none is new. */
export function withKeys(keys: Keys, lines: readonly string[]): { publicKeys: string[] } | undefined {
  const { authorizedKeys, settings } = keys;
  const known = new Set([...authorizedKeys.map(({ key }) => key), ...settings.publicKeys].map(keyBody));
  const fresh = lines.filter(line => !known.has(keyBody(line)));
  return fresh.length === 0 ? undefined : { publicKeys: [...settings.publicKeys, ...fresh] };
}
