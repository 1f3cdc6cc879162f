/** What bounds there are to what a person may allow an entry: the one place where they come in. Pure. */
import type { Grant } from '../../workspace/grants.ts';

/** What an organisation forbids, whatever a person would allow. */
export interface TrustPolicy {
  /** Levels ('blocked'), keys of overrides ('privileged'), or ids of grants ('capAdd:SYS_ADMIN'), with who says so. */
  readonly forbidden?: readonly { readonly value: string; readonly by: string }[];
}

/** Who forbids it, as a level, a key or the grant itself. */
export function forbidderOf(
  { id, key, level }: Pick<Grant, 'id' | 'key' | 'level'>,
  { forbidden = [] }: TrustPolicy,
): string | undefined {
  return forbidden.find(({ value }) => value === level || value === key || value === id)?.by;
}
