/** Who enters with which key, by the record of a workspace. */
import { keyBody, keyComment } from './keyBody.ts';
import type { Record as WorkspaceRecord } from './record.ts';

/** What of a record says who may enter. */
export interface Keys {
  readonly authorizedKeys: WorkspaceRecord['authorizedKeys'];
  readonly settings: Pick<WorkspaceRecord['settings'], 'publicKeys'>;
}

/** Names by key (keyBody). One without a comment is called by the end of it. */
export function keyNames({ authorizedKeys, settings }: Keys): ReadonlyMap<string, string> {
  return new Map([
    ...authorizedKeys.map(({ key, owner }) => [keyBody(key), owner || shortName(key)] as const),
    ...settings.publicKeys.map(key => [keyBody(key), keyComment(key) || shortName(key)] as const),
  ]);
}

function shortName(key: string): string {
  return `…${keyBody(key).slice(-12)}`;
}
