/** Who may enter: the keys in the record. A courtesy between people, not a wall: whoever may exec on the engine can enter. */
import { keyBody } from '../workspace/keyBody.ts';
import type { Record as WorkspaceRecord } from '../workspace/record.ts';

export type EntryDecision =
  | { readonly kind: 'enter' }
  /** One question adds the key: the workspace is this person's own. */
  | { readonly kind: 'ask' }
  | { readonly kind: 'refuse'; readonly owner: string };

/** Pure. `publicKey` is this machine's line; comments do not count. */
export function entryDecision(
  record: Pick<WorkspaceRecord, 'authorizedKeys' | 'createdBy'> & {
    readonly settings: { readonly publicKeys: readonly string[] };
  },
  publicKey: string,
  identity: string,
): EntryDecision {
  const accepted = [...record.authorizedKeys.map(({ key }) => key), ...record.settings.publicKeys];
  if (accepted.some(key => keyBody(key) === keyBody(publicKey))) return { kind: 'enter' };
  return record.createdBy === identity ? { kind: 'ask' } : { kind: 'refuse', owner: record.createdBy };
}
