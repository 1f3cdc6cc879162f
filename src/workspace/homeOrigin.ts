/** What the home of a new workspace begins with, as a form and a page carry it. */
import * as z from 'zod';
import { TargetId, WorkspaceName } from './name.ts';

export const HomeOrigin = z.discriminatedUnion('kind', [
  /** The home of another workspace, on the same target or on another one. */
  z.object({ kind: z.literal('workspace'), target: TargetId, name: WorkspaceName }),
  /** A backup in a file of this machine. */
  z.object({ kind: z.literal('backup'), path: z.string().max(4096) }),
]);
export type HomeOrigin = z.infer<typeof HomeOrigin>;
