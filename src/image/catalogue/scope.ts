import * as z from 'zod';

/** What a person’s word counts for. */
export const Scope = z.enum([
  /** The entry as it was reviewed. */
  'entry',
  /** Its catalogue's other entries, too, where they want the same; what has changed since it was allowed is asked again. */
  'catalogue',
  /** All of the catalogue, whatever changes, as long as it wants the same. */
  'changes',
]);
export type Scope = z.infer<typeof Scope>;
