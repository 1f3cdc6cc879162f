/** A place in a file system, as settings name it. */
import * as z from 'zod';

/** One line that begins at the root. */
export const absolutePath = z
  .string()
  .max(4096)
  .regex(/^\/[^\0\n\r]*$/);
