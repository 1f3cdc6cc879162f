/** What bounds there are to what a person may allow an entry: the one place where they come in. Pure. */
import type { Grant } from '../../workspace/grants.ts';

/** What is forbidden, whatever a person would allow. */
export interface TrustPolicy {
  /** Levels ('blocked'), keys of overrides ('privileged'), or ids of grants ('capAdd:SYS_ADMIN'). */
  readonly forbidden?: readonly string[];
}

/** The bounds of several at once: what one of them forbids is forbidden. */
export function trustPolicy(bounds: readonly TrustPolicy[]): TrustPolicy {
  return { forbidden: [...new Set(bounds.flatMap(({ forbidden = [] }) => forbidden))] };
}

export function forbids(
  { forbidden = [] }: TrustPolicy,
  { level, key, id }: Pick<Grant, 'level' | 'key' | 'id'>,
): boolean {
  return forbidden.some(what => what === level || what === key || what === id);
}
