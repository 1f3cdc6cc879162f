/** What pages and their hosts say to each other: one table a page, zod on both sides, a missing handler is a type error. */
import type * as z from 'zod';

/** Requests go from the page to its host and are answered; events go from the host to the page. */
export interface Protocol {
  readonly requests: Readonly<Record<string, { readonly params: z.ZodType; readonly result: z.ZodType }>>;
  readonly events: Readonly<Record<string, z.ZodType>>;
}
